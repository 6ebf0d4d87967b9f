"""What a model file is, and which files of a disk are offered."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.engine.tiny_model import PARAMETERS, TinyModel
from tests.providers.engine.files import CHAT, Written, gguf, write
from vivek.providers.engine.gguf import find_models, load_gguf, model_folders
from vivek.providers.wire.cache_size import CacheSize
from vivek.schema.request import Sampling

OLLAMA_LAYER = "application/vnd.ollama.image.model"


def names(folder: Path) -> list[str]:
    return [file.name for file in find_models([folder])]


def add_to_ollama(store: Path, name: str, data: bytes, *, digest: str = "") -> Path:
    """Keep a model the way Ollama does."""
    digest = digest or f"sha256:{hashlib.sha256(data).hexdigest()}"
    blob = store / "blobs" / digest.replace(":", "-")
    blob.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(data)
    manifest = store / "manifests" / name
    manifest.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "0" * 64},
        {"mediaType": OLLAMA_LAYER, "digest": digest, "size": len(data)},
    ]
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return blob


def test_tiny_model_is_described_by_its_own_head(tiny_model: TinyModel) -> None:
    file = load_gguf(tiny_model.q8_0)

    assert (file.architecture, file.parameters, file.quantisation) == ("qwen2", PARAMETERS, "Q8_0")
    assert (file.context_length, file.is_chat, file.reason) == (32_768, True, "")
    assert file.size_bytes == tiny_model.q8_0.stat().st_size
    assert load_gguf(tiny_model.f32).quantisation == "F32"


def test_cache_of_one_token_counts_layers_heads_and_both_vectors(tmp_path: Path) -> None:
    cache = load_gguf(write(tmp_path / "seven-billion.gguf")).cache
    assert cache == CacheSize(28 * 4 * (128 + 128) * 2, "28 layers x 4 heads x 128")
    wide = write(tmp_path / "wide.gguf", qwen2__attention__key_length=256, qwen2__attention__value_length=64)
    assert load_gguf(wide).info.cache_bytes == 28 * 4 * (256 + 64) * 2
    uneven = write(tmp_path / "uneven.gguf", qwen2__block_count=4, qwen2__attention__head_count_kv=[0, 4, 0, 2])
    assert load_gguf(uneven).cache == CacheSize(6 * (128 + 128) * 2, "6 heads of 2 layers x 128")


def test_file_says_how_its_maker_samples_and_what_its_template_knows(tmp_path: Path) -> None:
    values: dict[str, Written] = {
        "general.sampling.temp": 0.7,
        "general.sampling.top_p": 0.8,
        "general.sampling.top_k": 20,
        "general.sampling.penalty_repeat": 1.05,
        "tokenizer.chat_template": "{% if tools %}{% endif %}{% if enable_thinking %}<think>{% endif %}",
    }
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf(CHAT | values))

    info = load_gguf(path).info

    assert info.sampling == Sampling(temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.05)
    assert info.abilities == {"structured_output", "tools", "thinking"}
    assert info.sources["sampling"] == info.sources["tools"] == "the model file"
    assert info.sources["cache_bytes"] == "the model file: 28 layers x 4 heads x 128"


def test_file_that_is_silent_on_sampling_leaves_it_open(tmp_path: Path) -> None:
    info = load_gguf(write(tmp_path / "silent.gguf", general__sampling__temp="warm")).info

    assert (info.sampling, "sampling" in info.sources) == (Sampling(), False)
    assert info.abilities == {"structured_output"}


def test_unknown_shape_leaves_the_cache_unknown(tmp_path: Path) -> None:
    path = tmp_path / "bare.gguf"
    path.write_bytes(gguf({"general.architecture": "strange"}))

    file = load_gguf(path)

    assert (file.cache, file.context_length, file.is_chat, file.reason) == (None, None, False, "")


def test_file_without_weights_or_architecture_says_so(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.gguf"
    path.write_bytes(gguf(CHAT, []))
    assert load_gguf(path).reason == "It holds no weights."
    assert load_gguf(path).quantisation is None

    path.write_bytes(gguf({"general.name": "nobody"}))
    assert load_gguf(path).reason == "It does not name its architecture."


def test_file_that_cannot_be_read_comes_back_with_its_reason(tmp_path: Path) -> None:
    assert load_gguf(tmp_path / "gone.gguf").reason == "No such file or directory"
    (tmp_path / "text.gguf").write_text("hello there")
    assert load_gguf(tmp_path / "text.gguf").reason == "It is no GGUF file."


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("mmproj-model-f16", {}),
        ("vision", {"general__architecture": "clip"}),
        ("vision", {"general__type": "mmproj"}),
        ("style", {"general__type": "adapter"}),
        ("bge-small", {"general__architecture": "bert"}),
        ("nomic", {"general__architecture": "nomic-bert-moe"}),
        ("embeddinggemma", {"general__architecture": "gemma-embedding"}),
        ("qwen3-embedding", {"qwen2__pooling_type": 3}),
        ("qwen2.5-0.5b-draft", {}),
        ("big-00002-of-00003", {}),
    ],
)
def test_files_that_cannot_answer_are_left_out(tmp_path: Path, name: str, more: dict[str, str | int]) -> None:
    write(tmp_path / f"{name}.gguf", **more)
    write(tmp_path / "qwen2.5-coder-7b.gguf", qwen2__pooling_type=0)
    write(tmp_path / "big-00001-of-00003.gguf")

    assert names(tmp_path) == ["big-00001-of-00003", "qwen2.5-coder-7b"]


def test_folders_are_searched_in_order_and_a_file_is_offered_once(tmp_path: Path) -> None:
    own, studio = tmp_path / "own", tmp_path / "studio"
    write(own / "z.gguf")
    write(studio / "publisher" / "repository" / "a.GGUF")
    write(studio / "publisher" / "repository" / ".hidden.gguf")
    write(studio / ".cache" / "b.gguf")
    write(studio / "1" / "2" / "3" / "4" / "5" / "too-deep.gguf")
    (studio / "notes.txt").write_text("no model")
    (studio / "again.gguf").symlink_to(own / "z.gguf")
    (studio / "lost.gguf").symlink_to(own / "gone.gguf")

    found = find_models([own, studio, tmp_path / "nowhere"])

    assert [file.name for file in found] == ["z", "lost", "a"]
    assert [file.reason for file in found] == ["", "No such file or directory", ""]


def test_broken_file_is_listed_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "half.gguf").write_bytes(gguf()[:100])

    [file] = find_models([tmp_path])

    assert file.reason == "It ends before its head does."


def test_models_of_ollama_are_found_under_their_names(tmp_path: Path) -> None:
    blob = add_to_ollama(tmp_path, "registry.ollama.ai/library/qwen2.5-coder/7b", gguf())
    other = gguf(CHAT | {"general.name": "other"})
    add_to_ollama(tmp_path, "registry.ollama.ai/someone/tuned/latest", other)
    add_to_ollama(tmp_path, "hf.co/someone/Model-GGUF/Q4_K_M", gguf(CHAT | {"general.name": "third"}))
    add_to_ollama(tmp_path, "registry.ollama.ai/library/same/latest", other)
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))

    found = find_models([tmp_path])

    assert [file.name for file in found] == ["hf.co/someone/Model-GGUF:Q4_K_M", "qwen2.5-coder:7b", "same:latest"]
    assert found[1].path == blob
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "manifest",
    [
        "no json",
        "[" * 100_000,
        "[1]",
        '{"layers": 3}',
        '{"layers": ["x"]}',
        json.dumps({"layers": [{"mediaType": OLLAMA_LAYER}]}),
        json.dumps({"layers": [{"mediaType": OLLAMA_LAYER, "digest": "sha256:../../../etc/passwd"}]}),
        '{"layers": []}',
    ],
)
def test_odd_manifests_are_passed_over(tmp_path: Path, manifest: str) -> None:
    add_to_ollama(tmp_path, "registry.ollama.ai/library/good/1b", gguf())
    odd = tmp_path / "manifests" / "registry.ollama.ai" / "library" / "odd" / "latest"
    odd.parent.mkdir()
    odd.write_text(manifest)

    assert names(tmp_path) == ["good:1b"]


def test_blob_that_ollama_has_not_finished_is_named_broken(tmp_path: Path) -> None:
    add_to_ollama(tmp_path, "registry.ollama.ai/library/good/1b", gguf()).unlink()

    [file] = find_models([tmp_path])

    assert (file.name, file.reason) == ("good:1b", "No such file or directory")


def test_own_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = model_folders(tmp_path / "home", tmp_path / "data")

    assert folders[0] == tmp_path / "data" / "models"
    assert tmp_path / "home" / ".lmstudio" / "models" in folders
    assert tmp_path / "home" / ".ollama" / "models" in folders

    monkeypatch.setattr(sys, "platform", "darwin")
    assert model_folders(tmp_path, tmp_path)[-1] == tmp_path / "Library" / "Caches" / "llama.cpp"
