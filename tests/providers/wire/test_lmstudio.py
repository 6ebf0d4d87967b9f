import pytest

from vivek.providers.wire.lmstudio import Listed, read_list, read_old_list
from vivek.schema.models import ModelInfo

QWEN = {
    "type": "llm",
    "publisher": "qwen",
    "key": "qwen/qwen3-4b",
    "display_name": "Qwen3 4B",
    "architecture": "qwen3",
    "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
    "size_bytes": 2_500_000_000,
    "params_string": "4B",
    "loaded_instances": [
        {"id": "qwen/qwen3-4b", "config": {"context_length": 8192, "parallel": 4}},
        {"id": "qwen/qwen3-4b:2", "config": {"context_length": 4096}},
    ],
    "max_context_length": 40960,
    "format": "gguf",
    "capabilities": {
        "vision": False,
        "trained_for_tool_use": True,
        "reasoning": {"allowed_options": ["off", "on"], "default": "on"},
    },
    "variants": ["qwen/qwen3-4b@q4_k_m"],
    "selected_variant": "qwen/qwen3-4b@q4_k_m",
}


def one(**fields: object) -> Listed:
    return read_list({"models": [{"key": "m", "type": "llm", **fields}]})[0]


def test_the_list_tells_everything_of_a_loaded_model() -> None:
    (listed,) = read_list({"models": [QWEN]})
    info = listed.info

    assert (info.name, info.window_loaded, info.window_maximum, info.loaded) == ("qwen/qwen3-4b", 8192, 40960, True)
    assert (info.parameters, info.quantisation, info.size_bytes) == (4_000_000_000, "Q4_K_M", 2_500_000_000)
    assert (info.architecture, info.digest) == ("qwen3", "qwen/qwen3-4b@q4_k_m 2500000000")
    assert info.abilities == {"structured_output", "tools", "thinking"}
    assert info.sources.pop("structured_output") == "LM Studio's documentation"  # type: ignore[attr-defined]
    assert set(info.sources.values()) == {"/api/v1/models"}
    assert listed.loadable


def test_a_loaded_instance_is_asked_by_its_own_id_and_has_its_own_window() -> None:
    (listed,) = read_list({"models": [QWEN]})

    assert listed.instance("qwen/qwen3-4b") == "qwen/qwen3-4b"
    assert listed.instance("qwen/qwen3-4b:2") == "qwen/qwen3-4b:2"
    assert listed.described("qwen/qwen3-4b:2").window_loaded == 4096
    assert listed.answers_to("qwen/qwen3-4b:2")
    assert not listed.answers_to("qwen/qwen3-4b:3")


def test_a_model_loaded_under_another_name_is_not_loaded_again() -> None:
    listed = one(loaded_instances=[{"id": "mine", "config": {"context_length": 4096}}])
    assert listed.instance("m") == "mine"
    assert listed.described("m").window_loaded == 4096


def test_a_model_that_is_not_loaded_has_no_window_yet() -> None:
    listed = one(loaded_instances=[], max_context_length=32768)
    assert (listed.info.loaded, listed.info.window_loaded, listed.info.window_maximum) == (False, None, 32768)
    assert listed.instance("m") == "m"
    assert "window_loaded" not in listed.info.sources


def test_loaded_models_come_first() -> None:
    loaded = {"key": "b", "loaded_instances": [{"id": "b"}]}
    assert [each.info.name for each in read_list({"models": [{"key": "a"}, loaded, {"type": "llm"}]})] == ["b", "a"]


def test_a_model_for_embeddings_does_nothing_else() -> None:
    (listed,) = read_list({"models": [{"type": "embedding", "key": "nomic", "params_string": None}]})
    assert listed.info.abilities == {"embeddings"}
    assert (listed.info.parameters, listed.info.quantisation, listed.info.architecture) == (None, None, None)
    assert not listed.loadable


@pytest.mark.parametrize(
    ("capabilities", "abilities"),
    [
        (None, set()),
        ({"vision": True}, {"vision"}),
        ({"vision": "yes", "trained_for_tool_use": 1}, set()),
        ({"reasoning": True}, {"thinking"}),
        ({"reasoning": False}, set()),
        ({"reasoning": {"allowed_options": ["off"]}}, set()),
        ({"reasoning": {"allowed_options": ["low", "high"]}}, {"thinking"}),
        ({"reasoning": {}}, set()),
        ({"reasoning": {"allowed_options": [["off"], None]}}, set()),
    ],
)
def test_an_ability_is_what_the_server_says(capabilities: object, abilities: set[str]) -> None:
    assert one(capabilities=capabilities).info.abilities == abilities | {"structured_output"}


@pytest.mark.parametrize(
    ("told", "count"),
    [("7B", 7_000_000_000), ("1.5B", 1_500_000_000), ("270M", 270_000_000), ("35B-A3B", 35_000_000_000), ("?", None)],
)
def test_the_count_of_weights_is_read_from_words(told: str, count: int | None) -> None:
    assert one(params_string=told).info.parameters == count


@pytest.mark.parametrize("odd", [{}, {"models": None}, {"models": ["x"]}, {"models": [{"key": 7}]}, {"data": [QWEN]}])
def test_a_list_that_is_none_is_empty(odd: dict[str, object]) -> None:
    assert read_list(odd) == []


def test_an_instance_without_an_id_is_asked_by_the_models_name() -> None:
    listed = one(type=["llm"], loaded_instances=[{"config": {"context_length": 4096}}])
    assert (listed.instance("m"), listed.info.window_loaded, listed.info.loaded) == ("m", 4096, True)


def test_odd_facts_are_unknown() -> None:
    listed = one(
        loaded_instances=[{"id": "m", "config": None}], quantization="Q4", size_bytes="big", max_context_length=0
    )
    assert listed.info == ModelInfo(
        "m",
        loaded=True,
        abilities=frozenset({"structured_output"}),
        sources={"structured_output": "LM Studio's documentation"},
    )


def test_an_older_server_tells_less() -> None:
    models = [
        {"id": "b", "type": "embeddings", "state": "not-loaded", "max_context_length": 2048},
        {
            "id": "a",
            "type": "vlm",
            "arch": "qwen2_vl",
            "quantization": "Q4_0",
            "state": "loaded",
            "loaded_context_length": 4096,
            "max_context_length": 32768,
            "capabilities": ["tool_use"],
        },
    ]
    loaded, embeds = read_old_list({"data": models})

    assert (loaded.info.window_loaded, loaded.info.window_maximum, loaded.info.loaded) == (4096, 32768, True)
    assert loaded.info.abilities == {"structured_output", "vision", "tools"}
    assert loaded.info.sources["window_loaded"] == "/api/v0/models"
    assert not loaded.loadable
    assert embeds.info.abilities == {"embeddings"}
    assert not embeds.info.loaded
