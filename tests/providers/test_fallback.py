"""An ordered list of models: who is asked, who answered, and what is said when nobody can."""

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.fallbacks import Fake, List, notes, signed
from tests.providers.patience import DOWN, GOOD
from vivek.errors import (
    AuthenticationError,
    ConfigError,
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
from vivek.schema.chunk import Chunk
from vivek.schema.tools import ToolCallPiece


async def test_the_first_answers_and_nothing_is_said_of_the_others() -> None:
    tried = List(a=Fake([GOOD]), b=Fake([GOOD]))
    chunks = await collect(tried.provider)

    assert (text_of(chunks), notes(chunks), signed(chunks)) == ("yes", [], [])
    assert tried.opened == ["a"]


@pytest.mark.parametrize(
    "error",
    [
        DOWN,
        ProviderTimeoutError("S sent nothing."),
        RateLimitError("S answered 429."),
        AuthenticationError("S answered 401."),
        ModelNotFoundError("S has no such model."),
        ModelAPIError("S answered 402: no credits."),
        StreamInterruptedError("S broke off."),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_another_answers_when_the_first_cannot(error: VivekError) -> None:
    second = Fake([GOOD])
    chunks = await collect(List(a=Fake([(Chunk(phase="load"), error)]), b=second).provider, ask(model="a"))

    assert text_of(chunks) == "yes"
    assert notes(chunks) == [f"{error.message} Asking llamacpp/b instead."]
    assert [(chunk.text, chunk.answered_by) for chunk in chunks if chunk.text or chunk.finish] == [
        ("yes", "llamacpp/b"),
        ("", "llamacpp/b"),
    ]
    assert second.requests[0].model == "b"


@pytest.mark.parametrize(
    "piece",
    [Chunk(text="so far"), Chunk(thinking="hm"), Chunk(tool_calls=(ToolCallPiece(0, name="read"),))],
    ids=["text", "thinking", "tool call"],
)
async def test_nobody_else_is_asked_once_something_was_shown(piece: Chunk) -> None:
    tried = List(a=Fake([(piece, DOWN)]), b=Fake([GOOD]))
    with pytest.raises(ProviderUnavailableError):
        await collect(tried.provider)
    assert tried.opened == ["a"]


@pytest.mark.parametrize(
    "error", [RequestInvalidError("bad field"), ContextWindowExceededError("too long"), ConfigError("bad address")]
)
async def test_what_no_other_server_could_mend_is_raised(error: VivekError) -> None:
    tried = List(a=Fake([(error,)]), b=Fake([GOOD]))
    with pytest.raises(type(error)):
        await collect(tried.provider)
    assert tried.opened == ["a"]


async def test_a_fallback_that_cannot_be_opened_or_refuses_is_passed_over() -> None:
    tried = List(a=Fake([(DOWN,)]), b=ConfigError("`llamacpp/b` needs an address."), c=Fake([GOOD]))
    chunks = await collect(tried.provider)

    assert signed(chunks) == ["anthropic/c"] * 2
    assert notes(chunks) == [
        "S does not answer. Asking llamacpp/b instead.",
        "`llamacpp/b` needs an address. Asking anthropic/c instead.",
    ]

    tried = List(a=Fake([(DOWN,)]), b=Fake([(RequestInvalidError("bad field"),)]), c=Fake([GOOD]))
    assert signed(await collect(tried.provider)) == ["anthropic/c"] * 2


async def test_when_all_fail_the_first_error_is_raised_with_the_reasons_of_the_others() -> None:
    first = ProviderUnavailableError("S does not answer.", hint="Start S.", retry_after=3.0)
    tried = List(a=Fake([(first,)]), b=Fake([(AuthenticationError("T answered 401."),)]), c=ConfigError("No key."))
    with pytest.raises(ProviderUnavailableError) as caught:
        await collect(tried.provider)

    assert caught.value.message == "S does not answer."
    assert caught.value.hint == (
        "Start S. The others could not answer either. llamacpp/b: T answered 401. anthropic/c: No key."
    )
    assert caught.value.retry_after == 3.0
    assert caught.value.__cause__ is first


async def test_the_calls_of_a_turn_stay_with_who_answered() -> None:
    first, second = Fake([(DOWN,), GOOD]), Fake([GOOD] * 3)
    tried = List(a=first, b=second)
    await collect(tried.provider)

    tried.clock.now += 29
    again = await collect(tried.provider)
    assert (first.asked, second.asked) == (1, 2)
    assert (notes(again), signed(again)) == ([], ["llamacpp/b"] * 2)

    tried.clock.now += 2
    back = await collect(tried.provider)
    assert (first.asked, second.asked) == (2, 2)
    assert (notes(back), signed(back)) == (["Asking ollama/a again."], [])


async def test_one_that_asked_for_a_longer_wait_gets_it() -> None:
    first = Fake([(RateLimitError("slow down", retry_after=120.0),), GOOD])
    tried = List(a=first, b=Fake([GOOD] * 2))
    await collect(tried.provider)
    tried.clock.now += 119
    await collect(tried.provider)
    assert first.asked == 1


async def test_those_that_failed_lately_are_asked_all_the_same_when_nobody_else_can_answer() -> None:
    tried = List(a=Fake([(DOWN,), GOOD]), b=Fake([(DOWN,), (DOWN,)]))
    with pytest.raises(ProviderUnavailableError):
        await collect(tried.provider)
    assert text_of(await collect(tried.provider)) == "yes"


async def test_all_that_were_opened_are_closed_and_no_other() -> None:
    first, second, third = Fake([(DOWN,)]), Fake([GOOD]), Fake()
    tried = List(a=first, b=second, c=third)
    await collect(tried.provider)
    await tried.provider.close()
    assert (first.closed, second.closed, third.closed) == (True, True, False)


async def test_closing_the_iterator_closes_the_one_within() -> None:
    second = Fake([GOOD])
    stream = List(a=Fake([(DOWN,)]), b=second).provider.stream(ask())
    async for chunk in stream:
        if chunk.text:
            break
    assert second.open == 1
    await stream.aclose()
    assert second.open == 0


def test_it_goes_by_the_name_and_the_address_of_the_first() -> None:
    provider = List(a=Fake(), b=Fake()).provider
    assert (provider.name, provider.base_url) == ("ollama", "http://fake")
