"""Patience and the breaker together: which failures count, who is let through, what a user sees of it."""

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
from vivek.providers.spec import PatienceSpec
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health

DEAD = [(DOWN,)] * 3


async def fail(provider: PatientProvider, times: int) -> None:
    for _ in range(times):
        with pytest.raises(VivekError):
            await collect(provider)


async def test_after_three_calls_that_failed_nothing_is_sent_for_thirty_seconds() -> None:
    provider, inner, clock = patient(*DEAD * 3, GOOD)
    await fail(provider, 3)
    assert inner.asked == 9

    with pytest.raises(ProviderUnavailableError, match="left alone for another 30 s"):
        await collect(provider)
    with pytest.raises(ProviderUnavailableError, match="left alone"):
        await provider.describe("m")
    assert inner.asked == 9

    clock.now += 30
    assert text_of(await collect(provider)) == "yes"


async def test_an_answer_begins_the_count_anew() -> None:
    provider, inner, clock = patient(*DEAD * 2, GOOD, *DEAD * 3, GOOD, *DEAD * 2, GOOD)
    await fail(provider, 2)
    await collect(provider)
    await fail(provider, 3)
    clock.now += 30
    await collect(provider)
    await fail(provider, 2)
    assert text_of(await collect(provider)) == "yes"
    assert inner.asked == 24


@pytest.mark.parametrize(
    "error",
    [ProviderUnavailableError("x"), ProviderTimeoutError("x"), StreamInterruptedError("x")],
    ids=lambda error: type(error).__name__,
)
async def test_what_a_server_fails_in_counts(error: VivekError) -> None:
    provider, inner, _ = patient(*[(error,)] * 12)
    await fail(provider, 3)
    asked = inner.asked
    await fail(provider, 1)
    assert inner.asked == asked


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("x"),
        ModelNotFoundError("x"),
        RequestInvalidError("x"),
        RateLimitError("x", retry_after=1e9),
        ContextWindowExceededError("x"),
        ModelAPIError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_a_user_has_to_mend_does_not_count(error: VivekError) -> None:
    provider, inner, _ = patient(*[(error,)] * 5, GOOD)
    await fail(provider, 5)
    assert inner.asked == 5
    assert text_of(await collect(provider)) == "yes"


async def test_a_refusal_shows_that_the_server_answers() -> None:
    provider, inner, _ = patient(*DEAD * 2, (AuthenticationError("x"),), *DEAD * 2, GOOD)
    await fail(provider, 5)
    assert inner.asked == 13
    assert text_of(await collect(provider)) == "yes"


async def test_a_server_that_loads_its_model_is_never_left_alone() -> None:
    provider, inner, _ = patient(*[(LOADING,)] * 200)
    for _ in range(5):
        with pytest.raises(ProviderTimeoutError, match="for 10 s"):
            await collect(provider)
    assert inner.asked == 5 * 22


async def test_a_failure_after_the_first_token_does_not_count() -> None:
    provider, inner, _ = patient(*[(Chunk(text="so far"), DOWN)] * 5)
    await fail(provider, 5)
    assert inner.asked == 5


async def test_providers_of_one_endpoint_share_what_is_known_of_it() -> None:
    time = Clock()
    shared = Breakers(lambda: time.now)
    first, _, _ = patient(*DEAD * 3, clock=time, breakers=shared)
    second, inner, _ = patient(GOOD, clock=time, breakers=shared)
    await fail(first, 3)

    with pytest.raises(ProviderUnavailableError, match="left alone"):
        await collect(second)
    assert inner.asked == 0


async def test_an_engine_of_ours_is_never_left_alone() -> None:
    inner = FakeProvider([(DOWN,)] * 9, base_url="file:///models/a.gguf")
    provider = PatientProvider(inner, spec=PatienceSpec(tries=1), breakers=Breakers())
    await fail(provider, 9)
    assert inner.asked == 9


async def test_of_many_calls_at_once_one_tries_it() -> None:
    provider, inner, clock = patient(*DEAD * 3, GOOD)
    await fail(provider, 3)
    clock.now += 30

    told = await asyncio.gather(*(collect(provider) for _ in range(8)), return_exceptions=True)

    assert inner.asked == 10
    answers = [each for each in told if isinstance(each, list)]
    refused = [each for each in told if isinstance(each, ProviderUnavailableError)]
    assert (len(answers), len(refused)) == (1, 7)
    assert all("another call tries it" in each.message for each in refused)


async def test_a_cancelled_trial_lets_the_next_call_try() -> None:
    provider, inner, clock = patient(*DEAD * 3, GOOD, GOOD)
    await fail(provider, 3)
    clock.now += 30

    stream = provider.stream(ask())
    await anext(stream)  # the phase, no token yet
    assert isinstance(stream, AsyncGenerator)
    await stream.aclose()

    assert text_of(await collect(provider)) == "yes"
    assert inner.asked == 11


async def test_good_health_ends_the_wait() -> None:
    provider, inner, _ = patient(*DEAD * 3, GOOD)
    await fail(provider, 3)
    await provider.health()  # asks, and the fake is not well
    await fail(provider, 1)

    inner.state = Health(ok=True)
    await provider.health()
    assert text_of(await collect(provider)) == "yes"
