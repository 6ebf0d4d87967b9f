import json
from pathlib import Path

import pytest

from tests.providers.engine.mlx.folders import PACKED, PLAIN, weights, write_folder
from vivek.providers.engine.mlx.folder import load_folder
from vivek.schema.request import Sampling


def test_a_folder_says_what_its_model_is(tmp_path: Path) -> None:
    info = load_folder(write_folder(tmp_path / "coder")).info

    assert (info.name, info.architecture, info.window_maximum) == ("coder", "qwen2", 32_768)
    assert (info.parameters, info.quantisation) == (136, "BF16")
    assert info.size_bytes == (tmp_path / "coder" / "model.safetensors").stat().st_size
    assert info.cache_bytes == 28 * 4 * 128 * 2 * 2
    assert info.abilities == {"structured_output"}
    assert not info.loaded
    assert info.sources["cache_bytes"] == "config.json: 28 layers x 4 heads x 128"
    assert info.sources["parameters"] == "the weight files"
    assert info.sources["window_maximum"] == "config.json"


def test_packed_weights_are_named_by_their_bits(tmp_path: Path) -> None:
    bits = {"group_size": 64, "bits": 4, "model.layers.0.v_proj": {"bits": 8}}

    folder = load_folder(write_folder(tmp_path / "m", {"quantization": bits}, shapes=PACKED))

    assert (folder.quantisation, folder.parameters) == ("4-bit", 64 + 2 * 64 * 64)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"quantization": {"bits": 4, "mode": "mxfp4"}}, "MXFP4"),
        ({"quantization": {"bits": 8, "mode": "affine"}}, "8-bit"),
        ({"quantization_config": {"quant_method": "awq"}}, "AWQ"),
    ],
)
def test_other_ways_to_pack_have_their_name(tmp_path: Path, config: dict[str, object], name: str) -> None:
    assert load_folder(write_folder(tmp_path / "m", config)).quantisation == name


@pytest.mark.parametrize(
    ("template", "abilities"),
    [
        ("{% if tools %}{{ tools }}{% endif %}", {"tools", "structured_output"}),
        ("{% if enable_thinking %}<think>{% endif %}", {"thinking", "structured_output"}),
        ("{{ messages }}", {"structured_output"}),
    ],
)
def test_the_template_tells_what_it_has_a_place_for(tmp_path: Path, template: str, abilities: set[str]) -> None:
    assert load_folder(write_folder(tmp_path / "m", template=template)).info.abilities == abilities


def test_a_template_in_a_file_of_its_own_comes_first(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "m", template="{{ messages }}")
    (path / "chat_template.jinja").write_text("{{ tools }}")

    assert "tools" in load_folder(path).abilities


def test_of_several_templates_the_default_counts(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "m")
    named = [{"name": "tool_use", "template": "{{ x }}"}, {"name": "default", "template": "{{ tools }}"}]
    (path / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))

    assert "tools" in load_folder(path).abilities


def test_a_model_without_a_template_is_no_chat_model(tmp_path: Path) -> None:
    folder = load_folder(write_folder(tmp_path / "m", template=""))

    assert (folder.is_chat, folder.reason) == (False, "")


def test_the_makers_sampling_is_read(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "m")
    asked = {"temperature": 0.7, "top_p": 0.8, "top_k": 20, "repetition_penalty": 1.05}
    (path / "generation_config.json").write_text(json.dumps(asked))

    assert load_folder(path).info.sampling == Sampling(0.7, 0.8, 20, 1.05)
    assert load_folder(path).info.sources["sampling"] == "generation_config.json"


@pytest.mark.parametrize(
    "asked", [{"temperature": 0.7, "do_sample": False}, {"temperature": "hot", "top_k": float("inf"), "top_p": -1}]
)
def test_sampling_that_says_nothing_is_left_out(tmp_path: Path, asked: dict[str, object]) -> None:
    path = write_folder(tmp_path / "m")
    (path / "generation_config.json").write_text(json.dumps(asked))

    assert load_folder(path).sampling == Sampling()


def test_of_a_model_that_sees_the_part_for_text_is_described(tmp_path: Path) -> None:
    text = {"hidden_size": 2_048, "num_hidden_layers": 10, "num_attention_heads": 8, "max_position_embeddings": 8_192}
    emptied = dict.fromkeys(("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads"))

    folder = load_folder(
        write_folder(
            tmp_path / "m", {**emptied, "model_type": "gemma3", "text_config": text, "vision_config": {"depth": 3}}
        )
    )

    assert (folder.context_length, folder.architecture) == (8_192, "gemma3")
    assert folder.cache is not None
    assert folder.cache.bytes == 10 * 8 * 256 * 2 * 2
    assert "vision" not in folder.info.abilities, "mlx-lm leaves that part out"


def test_layers_that_keep_little_count_little(tmp_path: Path) -> None:
    kinds = ["linear_attention", "linear_attention", "linear_attention", "full_attention"] * 7
    short = ["sliding_attention", "full_attention"] * 14

    linear = load_folder(write_folder(tmp_path / "a", {"layer_types": kinds})).cache
    sliding = load_folder(write_folder(tmp_path / "b", {"layer_types": short, "sliding_window": 512})).cache

    assert linear is not None
    assert linear.bytes == 7 * 4 * 128 * 2 * 2
    assert sliding is not None
    assert sliding.bytes == int((14 + 14 * (512 + 512) / 4096) * 4 * 128 * 2 * 2)


def test_the_weights_can_be_told_from_others_of_the_same_shape(tmp_path: Path) -> None:
    one, same, other = (load_folder(write_folder(tmp_path / name / "m")) for name in ("one", "same", "other"))
    path = other.path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")

    assert one.digest == same.digest
    assert load_folder(other.path).digest != one.digest


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("config.json", "config.json: No such file"),
        ("model.safetensors", "no model*.safetensors"),
        ("tokenizer.json", "no tokenizer.json"),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, missing: str, reason: str) -> None:
    path = write_folder(tmp_path / "m")
    (path / missing).unlink()

    assert reason in load_folder(path).reason


def test_a_missing_part_of_the_weights_is_named(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "m")
    (path / "model.safetensors").rename(path / "model-00001-of-00003.safetensors")
    listed = {f"t{part}": f"model-0000{part}-of-00003.safetensors" for part in (1, 2, 3)}
    (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": listed}))

    assert load_folder(path).reason == (
        "model-00002-of-00003.safetensors is missing (2 of 3 weight files): an incomplete download?"
    )
    for part in (2, 3):
        (path / f"model-0000{part}-of-00003.safetensors").write_bytes(weights(PLAIN))
    assert load_folder(path).reason == ""


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": None}, "does not name the architecture"),
        ({"model_file": "own_model.py"}, "needs program code"),
        ({"model_type": "bert"}, "makes embeddings"),
    ],
)
def test_what_cannot_answer_says_why(tmp_path: Path, config: dict[str, object], reason: str) -> None:
    assert reason in load_folder(write_folder(tmp_path / "m", config)).reason


@pytest.mark.parametrize("written", ["", "[]", "{", '"qwen2"', "[" * 100_000])
def test_a_description_that_is_no_object_is_told(tmp_path: Path, written: str) -> None:
    path = write_folder(tmp_path / "m")
    (path / "config.json").write_text(written)

    assert load_folder(path).reason == "config.json is no JSON object."


def test_facts_of_a_wrong_kind_are_unknown(tmp_path: Path) -> None:
    wrong = dict.fromkeys(("num_hidden_layers", "max_position_embeddings", "vocab_size", "quantization"), "many")

    folder = load_folder(write_folder(tmp_path / "m", wrong | {"layer_types": "full"}))

    assert (folder.reason, folder.cache, folder.context_length, folder.vocabulary) == ("", None, None, 0)
