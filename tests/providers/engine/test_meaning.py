"""What numbers and names in the head of a model file mean."""

import pytest

from vivek.providers.engine.meaning import QUANTISATIONS, quantisation_of, role_of


def test_quantisation_names_are_those_of_the_format() -> None:
    from gguf import LlamaFileType

    known = {kind.value: kind.name for kind in LlamaFileType}
    for number, name in QUANTISATIONS.items():
        assert known[number] in {f"MOSTLY_{name}", f"ALL_{name}", f"MOSTLY_{name}_MOE"}
    assert quantisation_of({"general.file_type": 15}) == "Q4_K_M"
    assert quantisation_of({"general.file_type": 9_999}) is None


@pytest.mark.parametrize(
    ("name", "architecture", "values", "role"),
    [
        ("qwen2.5-coder-7b", "qwen2", {}, "text"),
        ("model", "clip", {}, "projector"),
        ("mmproj-gemma", "gemma3", {}, "projector"),
        ("lora", "llama", {"general.type": "adapter"}, "adapter"),
        ("nomic", "nomic-bert", {}, "embedding"),
        ("qwen3-embed", "qwen3", {"qwen3.pooling_type": 3}, "embedding"),
        ("big-00002-of-00003", "llama", {}, "part"),
        ("big-00001-of-00003", "llama", {}, "text"),
        ("qwen-draft", "qwen2", {}, "draft"),
    ],
)
def test_role_is_told_by_values_or_name(name: str, architecture: str, values: dict[str, str | int], role: str) -> None:
    assert role_of(name, architecture, values) == role
