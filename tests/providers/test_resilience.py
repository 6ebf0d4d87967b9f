import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.patience import DOWN, GOOD, LOADING, Clock, FakeProvider, patient
from vivek.errors import (
    AuthenticationError,
    ContextWindowExceededError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    RequestInvalidError,
    StreamInterruptedError,
    VivekError,
)
from vivek.providers.breaker import Breakers
from vivek.providers.resilience import PatientProvider
from vivek.providers.validation import check_request
from vivek.schema.chunk import Chunk
from vivek.schema.models import ModelInfo
from vivek.schema.request import Request
from vivek.schema.tools import ToolCallPiece


async def test_a_server_that_comes_back_is_asked_again_and_that_is_told() -> None:
    provider, inner, clock = patient((DOWN,), (Chunk(phase="load"), DOWN), GOOD)

    chunks = await collect(provider)

    assert text_of(chunks) == "yes"
    assert [chunk.note for chunk in chunks if chunk.note] == [
        "S does not answer. Trying again in 0.5 s (2 of 3).",
        "S does not answer. Trying again in 1.0 s (3 of 3).",
    ]
    assert clock.waits == [0.5, 1.0]
    assert inner.open == 0


async def test_three_tries_are_all() -> None:
    provider, inner, _ = patient((DOWN,), (DOWN,), (DOWN,), GOOD)
    with pytest.raises(ProviderUnavailableError):
        await collect(provider)
    assert inner.asked == 3


async def test_the_wait_is_drawn_from_the_whole_range() -> None:
    drawn: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        drawn.append((low, high))
        return 0.0

    provider, _, _ = patient((DOWN,), (RateLimitError("slow"),), GOOD, jitter=jitter)
    await collect(provider)

    assert drawn == [(0.0, 0.5), (0.0, 4.0)]


async def test_vivek_itself_draws_the_wait_and_does_not_count_it() -> None:
    clock = Clock()
    for _ in range(60):
        down = PatientProvider(FakeProvider([(DOWN,), GOOD]), breakers=Breakers(), sleep=clock.sleep)
        await collect(down)

    # That sixty draws all lie in one half of the range happens once in 2**59 runs.
    assert len(clock.waits) == 60
    assert 0 <= min(clock.waits) < 0.25 < max(clock.waits) <= 0.5


PIECES = (
    Chunk(text="so far"),
    Chunk(thinking="hm"),
    Chunk(tool_calls=(ToolCallPiece(0),)),
    Chunk(finish="stop"),
)


@pytest.mark.parametrize("piece", PIECES)
async def test_nothing_is_tried_again_after_the_first_token(piece: Chunk) -> None:
    provider, inner, _ = patient((piece, DOWN), GOOD)
    with pytest.raises(ProviderUnavailableError):
        await collect(provider)
    assert inner.asked == 1


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("x"),
        ModelNotFoundError("x"),
        RequestInvalidError("x"),
        ModelAPIError("x"),
        StreamInterruptedError("x"),
        ContextWindowExceededError("x"),
        ProviderTimeoutError("x"),
        RateLimitError("no money", final=True),
        RateLimitError("no money", final=True, retry_after=1.0),
    ],
)
async def test_what_another_try_cannot_help_is_not_tried(error: VivekError) -> None:
    provider, inner, clock = patient((error,), GOOD)
    with pytest.raises(type(error)):
        await collect(provider)
    assert (inner.asked, clock.waits) == (1, [])


async def test_the_server_decides_how_long_to_wait() -> None:
    asked = RateLimitError("slow down", retry_after=12.0)
    provider, _, clock = patient((asked,), (ProviderUnavailableError("busy", retry_after=0.0),), GOOD)

    chunks = await collect(provider)

    assert clock.waits == [12.0, 0.0]
    assert "Trying again in 12.0 s" in next(chunk.note for chunk in chunks if chunk.note)


@pytest.mark.parametrize(
    ("wait", "told"),
    [(31.0, "31 seconds"), (600.0, "10 minutes"), (7_200.0, "2 hours"), (1e9, "11574 days")],
)
async def test_a_wait_over_the_cap_is_left_to_the_user(wait: float, told: str) -> None:
    limit = RateLimitError("S answered 429: monthly limit", hint="Wait.", retry_after=wait)
    provider, inner, clock = patient((limit,), GOOD)
    with pytest.raises(RateLimitError) as caught:
        await collect(provider)

    assert (inner.asked, clock.waits) == (1, [])
    assert caught.value.message == str(caught.value) == f"S answered 429: monthly limit. It asks to wait {told}."
    assert (caught.value.hint, caught.value.retry_after) == ("Wait.", wait)
    assert caught.value.__cause__ is limit


async def test_loading_is_a_phase_and_no_try() -> None:
    provider, inner, clock = patient(*[(LOADING,)] * 6, GOOD)

    chunks = await collect(provider)

    assert text_of(chunks) == "yes"
    assert [chunk.phase for chunk in chunks if chunk.phase] == ["load", "decode"]
    assert not any(chunk.note for chunk in chunks)
    assert clock.waits == [0.5] * 6
    assert inner.asked == 7


async def test_loading_for_ever_is_a_timeout() -> None:
    provider, _, clock = patient(*[(LOADING,)] * 30)
    with pytest.raises(ProviderTimeoutError, match="for 10 s"):
        await collect(provider)
    assert clock.now == pytest.approx(10.5)


async def test_stopping_while_it_waits_stops_at_once() -> None:
    inner = FakeProvider([(DOWN,), GOOD])
    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(collect(PatientProvider(inner, breakers=Breakers(), sleep=sleep)))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert inner.asked == 1


async def test_closing_the_iterator_closes_the_one_within() -> None:
    provider, inner, _ = patient(GOOD)
    stream = provider.stream(ask())
    await anext(stream)
    assert inner.open == 1
    assert isinstance(stream, AsyncGenerator)
    await stream.aclose()
    assert inner.open == 0


async def test_a_bad_request_is_not_sent() -> None:
    inner = FakeProvider([GOOD])
    provider = PatientProvider(inner, check=check_request, breakers=Breakers())
    with pytest.raises(RequestInvalidError):
        await collect(provider, Request("m", (), 5))
    assert inner.asked == 0


async def test_questions_are_asked_again_too() -> None:
    provider, _, clock = patient((DOWN,), (), (LOADING,), (), (DOWN,), ())

    assert await provider.describe("m") == ModelInfo("m")
    assert await provider.models() == (ModelInfo("m"),)
    assert await provider.count_tokens(ask()) == 7
    assert clock.waits == [0.5, 0.5, 0.5]


async def test_a_question_that_stays_unanswered_fails() -> None:
    provider, inner, _ = patient((DOWN,), (DOWN,), (DOWN,))
    with pytest.raises(ProviderUnavailableError):
        await provider.describe("m")
    assert inner.asked == 3


async def test_the_rest_is_handed_on() -> None:
    provider, inner, _ = patient(GOOD)
    assert (provider.name, provider.base_url) == ("fake", "http://fake")
    assert (await provider.health()).detail == "asked once"
    await provider.close()
    assert inner.tries == []
