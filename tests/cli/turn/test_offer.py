"""A long thread that is opened again: one key sums it up first, any other goes on."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.cli.fakes import THREAD, FakeChoices, FakeConversation, FakeOpener, FakePlace
from vivek.cli.keys import Interrupts
from vivek.cli.turn.current import CurrentSession
from vivek.cli.turn.leaving import way_back
from vivek.cli.turn.opening import Opening
from vivek.schema.reopening import Reopening, Reread
from vivek.session.threads.index import ThreadIndex


class OneKey:
    """A line and its keyboard: one key is pressed at every question."""

    def __init__(self, key: str) -> None:
        self.pressed = key
        self.asked: list[str] = []
        self.typed = ""

    async def aside(self, work: Callable[["OneKey"], Awaitable[str]]) -> str:
        """Let it ask."""
        return await work(self)

    async def key(self, question: str) -> str:
        """Press it."""
        self.asked.append(question)
        return self.pressed

    def type(self, text: str) -> None:
        """Take what was the beginning of a message."""
        self.typed += text


async def reopened(line: OneKey, due: Reread | None) -> tuple[FakeConversation, list[str]]:
    """Open a thread in which so much must be read again; return the conversation and what was told."""
    conversation = FakeConversation([], reopening=Reopening("finished", reread=due))
    told: list[str] = []
    place: Any = FakePlace()
    asker: Any = line
    choices: Any = FakeChoices(thread=THREAD)
    current = CurrentSession(
        place,
        choices,
        opening=Opening(place, FakeOpener(conversation).load),
        line=asker,
        interrupts=Interrupts(time.monotonic),
        tell=told.append,
    )
    await current.reopen(choices)
    await current.release()
    return conversation, told


@pytest.mark.parametrize(
    ("key", "compacted", "typed"), [("c", [""], ""), ("enter", [], ""), ("escape", [], ""), ("w", [], "w")]
)
async def test_one_key_sums_up_and_any_other_goes_on(key: str, compacted: list[str], typed: str) -> None:
    line = OneKey(key)

    conversation, told = await reopened(line, Reread(14_200, 50.0, compactable=True))

    assert line.asked == ["[c]ompact first, Enter goes on "]
    assert conversation.compacted == compacted
    assert line.typed == typed
    assert ("It goes on from a summary." in told) == bool(compacted)


@pytest.mark.parametrize(
    "due",
    [
        None,
        Reread(14_200, 5.0, compactable=True),
        Reread(14_200, 50.0, compactable=False),
        Reread(2_000, None, compactable=True),
    ],
)
async def test_what_is_read_soon_or_cannot_be_summed_up_asks_nothing(due: Reread | None) -> None:
    line = OneKey("c")

    conversation, _ = await reopened(line, due)

    assert (line.asked, conversation.compacted) == ([], [])


def test_the_way_back_names_the_thread_where_another_was_used_since() -> None:
    root = FakePlace().root
    assert way_back(root, THREAD) == f"resume: vivek --continue ({THREAD})"
    with ThreadIndex.open() as index:
        index.begin(THREAD, root, kind="chat", title="x", model="")
        index.begin("bold-fox-1", root, kind="chat", title="x", model="")

    assert way_back(root, THREAD) == f"resume: vivek --thread {THREAD}"
    assert way_back(root, "calm-newt-2") == "", "nothing was said in it, so nothing is kept of it"
    assert way_back(root, "bold-fox-1") == "resume: vivek --continue (bold-fox-1)"
