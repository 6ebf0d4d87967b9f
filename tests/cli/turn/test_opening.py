import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.cli.fakes import FakeChoices, FakeConversation, FakeOpener, FakePlace
from vivek.cli.turn.opening import Opening
from vivek.errors import ConfigError, ProviderUnavailableError, ThreadError

CHOICES: Any = FakeChoices()  # Any: stands for the real ones
PLACE: Any = FakePlace()


def opening_of(opener: FakeOpener) -> Opening:
    return Opening(PLACE, opener.load)


async def test_a_session_opens_once_for_all_who_wait() -> None:
    opener = FakeOpener(FakeConversation([]))
    opening = opening_of(opener)

    first, second = await asyncio.gather(opening.conversation(CHOICES), opening.conversation(CHOICES))

    assert first is second is opening.opened()
    assert len(opener.asked) == 1
    await opening.stop()
    assert opener.closed == 1
    assert opening.opened() is None


async def test_a_session_that_does_not_open_tells_all_who_wait_and_can_be_tried_again() -> None:
    opener = FakeOpener(ProviderUnavailableError("Nobody answers."), FakeConversation([]))
    opening = opening_of(opener)

    with pytest.raises(ProviderUnavailableError):
        await opening.conversation(CHOICES)
    assert not opening.started
    assert opening.opened() is None

    assert await opening.conversation(CHOICES) is opener.results[0]
    await opening.stop()


async def test_that_a_session_opens_is_told_once_nothing_is_asked_any_more() -> None:
    answered = asyncio.Event()

    async def settle(choices: Any) -> Any:  # Any: as above
        await answered.wait()
        return choices

    opener = FakeOpener(FakeConversation([]))
    opening = Opening(PLACE, opener.load, settle)
    told: list[bool] = []
    waiting = asyncio.create_task(opening.conversation(CHOICES, lambda: told.append(answered.is_set())))
    for _ in range(100):
        await asyncio.sleep(0.001)
    assert told == []
    answered.set()

    assert await asyncio.wait_for(waiting, 30) is opener.results[0]
    assert await opening.conversation(CHOICES, lambda: told.append(False)) is opener.results[0]
    assert told == [True]
    await opening.stop()


async def test_leaving_before_it_is_open_stops_the_opening() -> None:
    opener = FakeOpener(FakeConversation([]))
    opening = opening_of(opener)
    opening.start(CHOICES)

    await opening.stop()
    await opening.stop()

    assert not opening.started
    assert opener.closed == 0


async def test_a_failed_opening_is_not_told_again_at_the_end() -> None:
    opening = opening_of(FakeOpener(ThreadError("No such thread.")))
    with pytest.raises(ThreadError):
        await opening.conversation(CHOICES)

    await opening.stop()


async def test_an_error_nobody_expected_is_not_swallowed() -> None:
    opening = opening_of(FakeOpener(ZeroDivisionError()))
    opening.start(CHOICES)
    while opening.started:
        await asyncio.sleep(0.01)

    with pytest.raises(ZeroDivisionError):
        await opening.stop()


async def test_the_choices_are_completed_before_it_opens_and_the_loop_goes_on_meanwhile() -> None:
    opener = FakeOpener(FakeConversation([]))
    asked, begun = asyncio.Event(), asyncio.Event()

    async def settle(choices: Any) -> Any:
        begun.set()
        await asked.wait()
        return replace(choices, model="ollama/picked")

    opening = Opening(PLACE, opener.load, settle)
    opening.start(CHOICES)
    await asyncio.wait_for(begun.wait(), 10)
    assert opener.asked == []
    asked.set()
    await opening.conversation(CHOICES)

    assert [choices.model for choices in opener.asked] == ["ollama/picked"]
    await opening.stop()


async def test_choices_that_cannot_be_completed_are_told_to_all_who_wait() -> None:
    async def settle(choices: Any) -> Any:
        raise ConfigError("Broken.")

    opener = FakeOpener(FakeConversation([]))
    with pytest.raises(ConfigError, match="Broken"):
        await Opening(PLACE, opener.load, settle).conversation(CHOICES)
    assert opener.asked == []


async def test_leaving_while_the_choices_are_completed_ends_that() -> None:
    ended: list[bool] = []
    begun = asyncio.Event()

    async def settle(choices: Any) -> Any:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    opening = Opening(PLACE, FakeOpener(FakeConversation([])).load, settle)
    opening.start(CHOICES)
    await asyncio.wait_for(begun.wait(), 10)
    await opening.stop()

    assert ended == [True]
