import pytest

from vivek.providers.wire.openai_families import AS_OF, documented
from vivek.schema.models import ModelInfo


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("gpt-4o", 128_000),
        ("gpt-4o-mini-2024-07-18", 128_000),
        ("gpt-4.1", 1_047_576),
        ("gpt-4-0613", 8_192),
        ("gpt-3.5-turbo", 16_385),
        ("o3-mini-2025-01-31", 200_000),
        ("gpt-5-mini", 272_000),
        ("text-embedding-3-small", 8_192),
    ],
)
def test_the_window_of_a_published_model_is_known_dated_versions_included(name: str, window: int) -> None:
    info = documented(name)
    assert (info.name, info.window_loaded) == (name, window)
    assert set(info.sources.values()) == {f"OpenAI's documentation as of {AS_OF}"}
    assert set(info.sources) == {"window_loaded", "window_maximum", *info.abilities}


def test_abilities_differ_within_one_letter() -> None:
    assert documented("o3").abilities == {"tools", "vision", "structured_output", "thinking"}
    assert documented("o3-mini").abilities == {"tools", "structured_output", "thinking"}
    assert documented("gpt-4o").abilities == {"tools", "vision", "structured_output"}
    assert documented("gpt-3.5-turbo").abilities == {"tools"}
    assert documented("text-embedding-3-large").abilities == {"embeddings"}


@pytest.mark.parametrize(
    "name",
    ["gpt-4o-transcribe", "gpt-4o-realtime-preview", "gpt-6", "o3-pro", "whisper-1", "ft:gpt-4o:me::1", "gpt-4-32k"],
)
def test_a_model_that_only_sounds_alike_is_unknown(name: str) -> None:
    assert documented(name) == ModelInfo(name)
