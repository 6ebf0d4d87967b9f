import pytest

from vivek.providers.wire.model_lists import entries, from_openai, from_openrouter
from vivek.schema.models import ModelInfo
from vivek.schema.request import Sampling

ROUTED = {
    "id": "qwen/qwen-2.5-coder-7b-instruct",
    "canonical_slug": "qwen/qwen-2.5-coder-7b-instruct-20241101",
    "context_length": 131072,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"], "tokenizer": "Qwen"},
    "pricing": {"prompt": "0.00000003"},
    "top_provider": {"context_length": 32768, "max_completion_tokens": 8192},
    "supported_parameters": ["tools", "tool_choice", "structured_outputs", "reasoning", "temperature"],
    "default_parameters": {"temperature": 0.7, "top_p": 0.8, "top_k": None, "repetition_penalty": 1.05},
}


def test_a_list_that_is_none_is_empty() -> None:
    assert entries({}, "data") == entries({"data": None}, "data") == entries({"data": ["x"]}, "data") == []
    assert entries({"data": [{"id": "x"}]}, "data") == [{"id": "x"}]


def test_the_window_is_read_in_each_servers_place() -> None:
    vllm = from_openai({"id": "a", "max_model_len": 8192})
    llama = from_openai({"id": "b", "meta": {"n_ctx": 4096, "n_ctx_train": 32768, "n_params": 5, "size": 7}})
    other = from_openai({"id": "c", "context_length": 131072})
    groq = from_openai({"id": "d", "context_window": 65536})
    bare = from_openai({"id": "e"})

    windows = [info.window_loaded for info in (vllm, llama, other, groq, bare)]
    assert windows == [8192, 4096, 131072, 65536, None]
    assert (llama.window_maximum, llama.parameters, llama.size_bytes) == (32768, 5, 7)
    assert (vllm.sources, bare.sources) == ({"window_loaded": "/v1/models"}, {})


def test_a_name_alone_says_nothing_of_abilities() -> None:
    assert from_openai({"id": "qwen2.5-vl-7b-instruct-tools", "owned_by": "me"}) == ModelInfo(
        "qwen2.5-vl-7b-instruct-tools"
    )


@pytest.mark.parametrize(
    ("owner", "abilities"), [("vllm", {"structured_output"}), ("llamacpp", {"structured_output"}), (None, set())]
)
def test_only_servers_that_hold_a_reply_to_a_schema_are_said_to(owner: object, abilities: set[str]) -> None:
    info = from_openai({"id": "m", "owned_by": owner})
    assert info.abilities == abilities
    assert info.sources == dict.fromkeys(abilities, "/v1/models")


def test_llama_cpp_says_quantisation_and_whether_it_sees() -> None:
    architecture = {"input_modalities": ["text", "image"]}
    info = from_openai({"id": "m", "meta": {"ftype": "Q8_0"}, "architecture": architecture, "owned_by": "llamacpp"})
    assert info.quantisation == "Q8_0"
    assert info.abilities == {"structured_output", "vision"}


def test_the_weights_behind_a_served_name_are_its_digest() -> None:
    assert from_openai({"id": "coder", "root": "Qwen/Qwen2.5-Coder-7B"}).digest == "Qwen/Qwen2.5-Coder-7B"
    assert from_openai({"id": "coder", "root": "coder"}).digest is None


def test_openrouter_tells_windows_abilities_and_sampling() -> None:
    info = from_openrouter(ROUTED)

    assert (info.name, info.window_loaded, info.window_maximum) == (ROUTED["id"], 32768, 131072)
    assert info.abilities == {"tools", "structured_output", "thinking", "vision"}
    assert info.sampling == Sampling(temperature=0.7, top_p=0.8, repeat_penalty=1.05)
    assert info.digest == ROUTED["canonical_slug"]
    assert set(info.sources) == {"window_loaded", "window_maximum", "digest", "sampling", *info.abilities}


def test_openrouter_may_leave_out_anything_but_the_name() -> None:
    assert from_openrouter({"id": "m"}) == ModelInfo("m")
    odd = {"id": "m", "context_length": 4096, "top_provider": None, "architecture": 7, "supported_parameters": "tools"}
    assert from_openrouter(odd).window_loaded == 4096
    assert from_openrouter(odd).abilities == frozenset()


def test_json_mode_alone_is_no_structured_output() -> None:
    assert from_openrouter({"id": "m", "supported_parameters": ["response_format"]}).abilities == frozenset()


def test_a_model_for_vectors_is_known_by_what_it_gives_out() -> None:
    info = from_openrouter({"id": "m", "architecture": {"output_modalities": ["embeddings"]}})
    assert info.abilities == {"embeddings"}
