"""What `/props` of llama.cpp's server means, for builds that tell more or less."""

import pytest

from vivek.providers.wire.llamacpp import Props, quantisation_in, read_props
from vivek.schema.request import Sampling

TOLD = {
    "default_generation_settings": {
        "n_ctx": 8192,
        "params": {"temperature": 0.33, "top_k": 40, "top_p": 0.949999988079071, "repeat_penalty": 1.0},
    },
    "total_slots": 1,
    "model_alias": "house",
    "model_ftype": "Q4_K - Medium",
    "model_path": "C:\\models\\a.gguf",
    "modalities": {"vision": True, "audio": False},
    "chat_template": "{% if tools %}{% endif %}{{ enable_thinking }}",
    "chat_template_caps": {"supports_tools": True, "supports_tool_calls": True},
}


def test_everything_that_is_told_is_read() -> None:
    props = read_props(TOLD)

    assert props == Props(
        window=8192,
        model_path="C:\\models\\a.gguf",
        alias="house",
        slots=1,
        quantisation="Q4_K_M",
        abilities=frozenset({"tools", "thinking", "vision"}),
        sampling=Sampling(temperature=0.33),
    )
    assert props.file_name == "a.gguf"


@pytest.mark.parametrize("answer", [{}, {"default_generation_settings": [], "modalities": None, "total_slots": "2"}])
def test_what_is_not_told_is_unknown(answer: dict[str, object]) -> None:
    assert read_props(answer) == Props(None, "", "", None)


@pytest.mark.parametrize(
    ("caps", "able"),
    [
        (None, True),
        ({"supports_tools": False, "supports_tool_calls": False}, False),
        ({"supports_tools": False, "supports_tool_calls": True}, True),
        ({}, False),
    ],
    ids=["older builds leave the template", "it only looks so", "calls alone", "nothing said"],
)
def test_what_the_template_does_counts_more_than_what_it_looks_like(caps: object, able: bool) -> None:
    assert ("tools" in read_props(TOLD | {"chat_template_caps": caps}).abilities) == able


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Q8_0", "Q8_0"),
        ("Q4_K - Medium", "Q4_K_M"),
        ("Q3_K - Large", "Q3_K_L"),
        ("Q2_K - Medium", "Q2_K"),
        ("Q2_K - Small", "Q2_K_S"),
        ("IQ2_XXS - 2.0625 bpw", "IQ2_XXS"),
        ("IQ3_S mix - 3.66 bpw", "IQ3_M"),
        ("all F32", "F32"),
        ("Q4_K - Medium (guessed)", "Q4_K_M"),
        ("MXFP4 MoE", None),
        ("", None),
    ],
)
def test_types_of_files_have_the_short_names_people_know(name: str, short: str | None) -> None:
    assert quantisation_in(name) == short
