"""All about one model: each value with who says it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.end_to_end.ollama_shelf import OllamaShelf
from vivek.errors import ModelNotFoundError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.spec import ModelSpec
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo
from vivek.schema.request import Sampling
from vivek.session.models.known import KnownModels
from vivek.session.models.serving import Served
from vivek.session.models.showing import facts_of, measured_of, show_model, treatment_of
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice, SessionSpec

INFO = ModelInfo(
    "coder:7b",
    parameters=7_600_000_000,
    window_maximum=32_768,
    abilities=frozenset({"tools"}),
    sampling=Sampling(top_p=0.8, top_k=20),
    sources={"parameters": "/api/show", "sampling": "/api/show"},
)


def served(info: ModelInfo = INFO, known: Known | None = None) -> Served:
    provider = ScriptedProvider([])
    return Served(provider, ModelSpec("ollama", info.name), info, 8_192, "because", known=known or Known("x"))


def values(info: ModelInfo = INFO, known: Known | None = None, user: Sampling | None = None) -> dict[str, object]:
    treated = treatment_of(served(info, known), user or Sampling())
    return {fact.name: (fact.value, fact.source) for fact in treated}


def test_each_value_of_the_sampling_is_told_with_its_source() -> None:
    known = Known("x", probed="2026-11-21", sampling=Sampling(temperature=0.4, top_p=0.5))
    told = values(known=known, user=Sampling(top_p=0.7))

    assert told["temperature"] == (0.4, "measured by a probe")
    assert told["top_p"] == (0.7, "your settings")
    assert told["top_k"] == (20, "/api/show")
    assert told["repeat_penalty"] == (1.1, "usual for a medium model (7.6B)")
    assert told["reply_tokens"] == (1_024, "usual for a medium model (7.6B)")


def test_a_size_that_nobody_tells_is_taken_from_the_name_or_said_to_be_unknown() -> None:
    assert values(ModelInfo("x:7b"))["steps"] == (8, "usual for a medium model (7B by its name)")
    assert values(ModelInfo("x"))["steps"] == (6, "usual for a small model (nobody says its size)")


def test_facts_have_their_sources_and_unknown_ones_are_left_out() -> None:
    told = {fact.name: (fact.value, fact.source) for fact in facts_of(INFO)}

    assert told["parameters"] == (7_600_000_000, "/api/show")
    assert told["window_maximum"] == (32_768, "its server")
    assert told["tools"] == (True, "its server")
    assert told["loaded"] == (False, "its server")
    assert "quantisation" not in told


def test_what_was_measured_is_told_with_its_date() -> None:
    known = Known(
        "x",
        probed="2026-11-21",
        schema=True,
        tools="text",
        thinking="none",
        edits={"whole": (3, 3), "region": (1, 3)},
        needles=(True, False),
        prefill_rate=207.04,
        decode_rate=11.26,
        load_seconds=0.77,
    )
    told = {fact.name: fact.value for fact in measured_of(known)}

    assert told == {
        "schema enforced": True,
        "tool calls": "text",
        "thinking": "none",
        "edits as region": "1 of 3",
        "edits as whole": "3 of 3",
        "needle": "found at the begin, missed at the end of the window",
        "reading, tok/s": 207.0,
        "writing, tok/s": 11.3,
        "loading, s": 0.8,
    }
    assert all("2026-11-21" in fact.source for fact in measured_of(known))
    assert [fact.source for fact in measured_of(Known("x", decode_rate=11.0))] == ["earlier turns"]
    assert list(measured_of(Known("x"))) == []


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaShelf]:
    with OllamaShelf({"coder:7b": 7.6}) as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        yield ollama


async def test_another_model_that_would_answer_in_its_place_is_not_shown(shelf: OllamaShelf) -> None:
    settings = Settings(ModelChoice(fallbacks=("ollama/coder:7b",)), SessionSpec())
    with pytest.raises(ModelNotFoundError):
        await show_model("ollama/codr:7b", settings)


async def test_a_model_is_shown_with_its_window_and_what_is_known_of_it(shelf: OllamaShelf) -> None:
    spec = ModelSpec("ollama", "coder:7b")
    known = replace(Known(str(spec), digest="0" * 64), decode_rate=11.0)
    settings = Settings(ModelChoice(window=8_192), SessionSpec())
    assert (await show_model("ollama/coder:7b", settings)).profile == ""

    KnownModels().save(spec, shelf.url, known)
    details = await show_model("ollama/coder:7b", settings)

    assert (details.name, details.place) == ("ollama/coder:7b", shelf.url)
    assert (details.window, details.window_why, details.size) == (8_192, "as set", "medium")
    assert [fact.value for fact in details.measured] == [11.0]
    assert details.profile.endswith(".json")
