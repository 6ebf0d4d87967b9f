import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from tests.providers.conversation import ask, collect, text_of
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
from vivek.providers.resilience import PatientProvider
from vivek.providers.spec import PatienceSpec
from vivek.providers.validation import check_request
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

DOWN = ProviderUnavailableError("S does not answer.")
LOADING = ProviderUnavailableError("S answered 503: Loading model.", loading=True)
Step = VivekError | Chunk


@dataclass
class FakeProvider:
    """Fails and answers as told: one list of steps for each try."""

    tries: list[Sequence[Step]]
    name: str = "fake"
    base_url: str = "http://fake"
    asked: int = 0
    open: int = 0

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        steps = self.tries[self.asked]
        self.asked += 1
        self.open += 1
        try:
            for step in steps:
                if isinstance(step, VivekError):
                    raise step
                yield step
                await asyncio.sleep(0)
        finally:
            self.open -= 1

    async def describe(self, model: str) -> ModelInfo:
        return self._answer(ModelInfo(model))

    async def models(self) -> Sequence[ModelInfo]:
        return self._answer([ModelInfo("m")])

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        return self._answer(7)

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        return None

    async def health(self) -> Health:
        return Health(ok=False, detail="asked once")

    async def close(self) -> None:
        self.tries.clear()

    def _answer(self, value):  # type: ignore[no-untyped-def]
        steps = self.tries[self.asked]
        self.asked += 1
        for step in steps:
            if isinstance(step, VivekError):
                raise step
        return value


@dataclass
class Clock:
    """Time that passes only by waiting."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def patient(
    *tries: Sequence[Step], clock: Clock | None = None, jitter: Callable[[float, float], float] = lambda low, high: high
) -> tuple[PatientProvider, FakeProvider, Clock]:
    inner, time = FakeProvider(list(tries)), clock or Clock()
    spec = PatienceSpec(tries=3, base=0.25, cap=30.0, load=10.0, poll=0.5)
    return (
        PatientProvider(inner, spec=spec, clock=lambda: time.now, sleep=time.sleep, jitter=jitter),
        inner,
        time,
    )


GOOD = (Chunk(phase="decode"), Chunk(text="yes"), Chunk(finish="stop"))


async def test_a_server_that_comes_back_is_asked_again_and_that_is_told() -> None:
    provider, inner, clock = patient((DOWN,), (Chunk(phase="load"), DOWN), GOOD)

    chunks = await collect(provider)

    assert text_of(chunks) == "yes"
    assert [chunk.note for chunk in chunks if chunk.note] == [
        "S does not answer. Trying again in 0.2 s (2 of 3).",
        "S does not answer. Trying again in 0.5 s (3 of 3).",
    ]
    assert clock.waits == [0.25, 0.5]
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

    assert drawn == [(0.0, 0.25), (0.0, 2.0)]


@pytest.mark.parametrize("piece", [Chunk(text="so far"), Chunk(thinking="hm"), Chunk(finish="stop")])
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


async def test_a_wait_over_the_cap_is_left_to_the_user() -> None:
    provider, inner, _ = patient((RateLimitError("monthly limit", retry_after=1e9),), GOOD)
    with pytest.raises(RateLimitError):
        await collect(provider)
    assert inner.asked == 1


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

    task = asyncio.create_task(collect(PatientProvider(inner, sleep=sleep)))  # type: ignore[arg-type]
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
    await stream.aclose()  # type: ignore[attr-defined]
    assert inner.open == 0


async def test_a_bad_request_is_not_sent() -> None:
    inner = FakeProvider([GOOD])
    provider = PatientProvider(inner, check=check_request)
    with pytest.raises(RequestInvalidError):
        await collect(provider, Request("m", (), 5))
    assert inner.asked == 0


async def test_questions_are_asked_again_too() -> None:
    provider, _, clock = patient((DOWN,), (), (LOADING,), (), (DOWN,), ())

    assert await provider.describe("m") == ModelInfo("m")
    assert await provider.models() == [ModelInfo("m")]
    assert await provider.count_tokens([]) == 7
    assert clock.waits == [0.25, 0.5, 0.25]


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


def test_the_waits_before_a_missing_server_is_told_stay_under_a_second() -> None:
    spec = PatienceSpec()
    assert sum(spec.base * 2**failure for failure in range(spec.tries - 1)) < 1.0
