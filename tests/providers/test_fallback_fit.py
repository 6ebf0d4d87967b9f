"""What a fallback is asked before the call, and what it has to be able to hold and see."""

import pytest

from tests.providers.conversation import ask, collect
from tests.providers.fallbacks import Fake, List, notes
from tests.providers.patience import DOWN, GOOD
from vivek.schema.messages import Image, Message
from vivek.schema.models import Ability, Health, ModelInfo
from vivek.schema.request import Request


@pytest.mark.parametrize(
    ("loaded", "count", "asked"),
    [(4096, None, False), (4096, 3000, True), (4096, 4090, False), (8192, None, True), (None, None, True)],
)
async def test_a_model_whose_window_cannot_hold_the_request_is_passed_over(
    loaded: int | None, count: int | None, asked: bool
) -> None:
    small = Fake([GOOD], ModelInfo("b", window_loaded=loaded), count)
    tried = List(a=Fake([(DOWN,)]), b=small, c=Fake([GOOD]))
    chunks = await collect(tried.provider, ask("x" * 6000, window=8192, max_tokens=512))

    assert bool(small.requests) is asked
    if asked:
        assert small.requests[0].window == min(8192, loaded or 8192)
    else:
        assert "llamacpp/b holds 4,096 tokens, too few for the " in notes(chunks)[-1]
        assert notes(chunks)[-1].endswith("of this request. Asking anthropic/c instead.")
        await collect(tried.provider, ask("short", window=8192))
        assert small.requests, "that one fits"


async def test_a_window_that_is_asked_for_is_at_most_what_the_model_was_made_for() -> None:
    first = Fake([GOOD], ModelInfo("a", window_loaded=2048, window_maximum=4096))
    await collect(List(a=first).provider, ask(window=16384))
    assert first.requests[0].window == 4096


PICTURED = Request("a", (Message("user", "what is it?", images=(Image("image/png", b"png"),)),), 64, window=4096)


@pytest.mark.parametrize(
    ("abilities", "asked"), [({"vision"}, True), (set(), True), ({"structured_output"}, False)], ids=str
)
async def test_a_model_that_cannot_see_is_passed_over_for_pictures(abilities: set[Ability], asked: bool) -> None:
    blind = Fake([GOOD], ModelInfo("b", abilities=frozenset(abilities)))
    await collect(List(a=Fake([(DOWN,)]), b=blind, c=Fake([GOOD])).provider, PICTURED)
    assert bool(blind.requests) is asked


async def test_a_question_before_the_call_finds_who_will_answer() -> None:
    first, second = Fake([GOOD]), Fake([GOOD], ModelInfo("b", window_loaded=8192), count=7)
    first.describing = first.counting = DOWN
    tried = List(a=first, b=second)

    assert (await tried.provider.describe("a")).name == "b"
    assert await tried.provider.count_tokens(ask()) == 7
    assert [info.name for info in await tried.provider.models()] == ["b"]
    chunks = await collect(tried.provider)
    assert notes(chunks) == ["S does not answer. Asking llamacpp/b instead."]
    assert not first.requests


async def test_a_count_that_nobody_can_make_is_none() -> None:
    first, second = Fake(), Fake()
    first.counting = second.counting = DOWN
    assert await List(a=first, b=second).provider.count_tokens(ask()) is None


async def test_health_is_that_of_the_first_that_is_well() -> None:
    first, second = Fake(), Fake()
    tried = List(a=first, b=second)
    first.state, second.state = Health(ok=False, detail="S is down."), Health(ok=False, detail="T is down.")
    assert await tried.provider.health() == Health(ok=False, detail="S is down.")

    second.state = Health(ok=True, detail="T 1.0")
    assert await tried.provider.health() == Health(ok=True, detail="S is down. llamacpp/b can answer instead: T 1.0")

    first.state = Health(ok=True, detail="S 1.0")
    assert await tried.provider.health() == Health(ok=True, detail="S 1.0")


async def test_vectors_come_from_the_first_or_not_at_all() -> None:
    tried = List(a=Fake(), b=Fake())
    assert await tried.provider.embed("a", ["x"]) is None
    assert tried.opened == ["a"]
