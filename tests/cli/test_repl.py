import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.cli.fakes import (
    REQUEST,
    THREAD,
    FakeChoices,
    FakeConversation,
    FakeOpener,
    FakePlace,
    FakeView,
    answered,
    applied,
    edited,
    until,
)
from vivek.cli.keys import Interrupts
from vivek.cli.line import Line
from vivek.cli.repl import Chat
from vivek.cli.turn.opening import Opening
from vivek.errors import ProviderUnavailableError, ThreadError
from vivek.schema.approval import Decision
from vivek.schema.events import Notice, TextDelta

NO_MODEL = ProviderUnavailableError("No model server answers.", hint="Start Ollama.")


@dataclass
class Talk:
    """A chat at work, and what it wrote."""

    chat: Chat
    pipe: PipeInput
    opener: FakeOpener
    told: list[str]
    views: list[FakeView]
    running: "asyncio.Task[int]"

    def type(self, *keys: str) -> None:
        """Send keys."""
        for key in keys:
            self.pipe.send_text(key)

    async def says(self, text: str) -> None:
        """Wait until the chat has written something."""
        await until(lambda: any(text in line for line in self.told))

    async def settles(self) -> None:
        """Wait until no turn reads what is typed: it would be a message for later."""
        await until(lambda: self.views and self.views[-1].closed)
        await asyncio.sleep(0.05)

    async def leaves(self) -> int:
        """Wait for the end; return the exit code."""
        return await asyncio.wait_for(self.running, 10)


@asynccontextmanager
async def chat_with(
    *results: FakeConversation | BaseException,
    first: str | None = None,
    resume: bool = False,
    choices: FakeChoices | None = None,
    place: FakePlace | None = None,
) -> AsyncIterator[Talk]:
    told: list[str] = []
    views: list[FakeView] = []

    def make_view() -> FakeView:
        views.append(FakeView())
        return views[-1]

    opener = FakeOpener(*results)
    interrupts = Interrupts(time.monotonic)
    real_place: Any = place or FakePlace()
    real_choices: Any = choices or FakeChoices()
    with create_pipe_input() as pipe:
        line = Line(
            InMemoryHistory(),
            None,
            hurried=interrupts.recent,
            tell=told.append,
            source=pipe,
            target=DummyOutput(),
        )
        chat = Chat(
            real_place,
            real_choices,
            opening=Opening(real_place, opener.load),
            line=line,
            interrupts=interrupts,
            make_view=make_view,
            tell=told.append,
        )
        running = asyncio.create_task(chat.chat(first, resume=resume))
        yield Talk(chat, pipe, opener, told, views, running)
        if not running.done():
            pipe.send_text("\x04")
            await asyncio.wait_for(running, 10)


async def test_the_session_opens_behind_the_prompt_and_its_banner_is_told_once() -> None:
    conversation = FakeConversation([answered("Yes.")], notices=(Notice("A file was kept aside.", "Look."),))
    async with chat_with(conversation) as talk:
        await talk.says("scripted/one · 4k window")
        talk.type("Is it?\r")
        await until(lambda: conversation.ended)
        await talk.settles()
        talk.type("\x04")
        assert await talk.leaves() == 0

    assert conversation.sent == ["Is it?"]
    assert talk.told[0].startswith("vivek ")
    assert talk.told[1:] == [
        "scripted/one · 4k window · /model",
        "A file was kept aside.\nhint: Look.",
        "1 turn in 5.1 s · prompt 1,024 tokens (900 cached) · reply 56 tokens · 12.3 tok/s · 0 files changed",
        f"resume: vivek --continue ({THREAD})",
    ]
    assert talk.opener.closed == 1


async def test_a_chat_nobody_used_names_no_thread() -> None:
    async with chat_with(FakeConversation([])) as talk:
        await talk.says("scripted/one")
        talk.type("/exit\r")
        assert await talk.leaves() == 0

    assert not any("resume:" in line for line in talk.told)


async def test_without_a_model_the_chat_stays_useful_and_tries_again() -> None:
    conversation = FakeConversation([answered("Yes.")])
    async with chat_with(NO_MODEL, NO_MODEL, conversation) as talk:
        await talk.says("hint: Start Ollama.")
        talk.type("/context\r")
        await talk.says("Nothing was sent")
        talk.type("Is it?\r")
        await until(lambda: sum("Start Ollama" in line for line in talk.told) == 2)
        talk.type("And now?\r")
        await until(lambda: conversation.sent)

    assert conversation.sent == ["And now?"]


async def test_a_first_task_is_sent_before_anything_is_typed() -> None:
    conversation = FakeConversation([answered("Yes.")])
    async with chat_with(conversation, first="Is it?"):
        await until(lambda: conversation.ended)

    assert conversation.sent == ["Is it?"]


async def test_an_open_turn_is_gone_on_with() -> None:
    conversation = FakeConversation([answered("Yes.")])
    async with chat_with(conversation, resume=True):
        await until(lambda: conversation.ended)

    assert conversation.sent == [None]


async def test_an_approval_is_asked_in_the_chat() -> None:
    conversation = FakeConversation([edited(), applied()])
    async with chat_with(conversation) as talk:
        talk.type("Mend area.\r")
        await until(lambda: conversation.ended)
        await talk.settles()
        talk.type("y\r")
        await until(lambda: conversation.ended == 2)

    assert conversation.decisions == [Decision(approved=True)]
    assert len(talk.views) == 1


async def test_a_waiting_change_is_told_at_the_start() -> None:
    conversation = FakeConversation([], waiting=REQUEST)
    async with chat_with(conversation, choices=FakeChoices(thread=THREAD)) as talk:
        await talk.says("A change waits for your approval: app.py +1 -1")
        talk.type("\x04")
        await talk.leaves()

    assert talk.told[-1] == f"resume: vivek --continue ({THREAD})"


async def test_notices_of_the_place_are_told_once() -> None:
    notice = Notice("This is no project.")
    conversation = FakeConversation([], notices=(notice,))
    async with chat_with(conversation, place=FakePlace(notices=(notice,))) as talk:
        await talk.says("scripted/one")

    assert talk.told.count("This is no project.") == 1


async def test_an_error_of_a_turn_or_a_command_leaves_the_prompt() -> None:
    conversation = FakeConversation([[ThreadError("No open turn.", hint="Ask.")], answered("Yes.")])
    async with chat_with(conversation) as talk:
        talk.type("/resume\r")
        await talk.says("No open turn.\nhint: Ask.")
        talk.type("Is it?\r")
        await until(lambda: conversation.ended == 2)


async def test_ctrl_c_in_a_turn_gives_the_prompt_back_quickly() -> None:
    conversation = FakeConversation([[TextDelta("executor", "half"), 60.0], answered("Yes.")])
    async with chat_with(conversation) as talk:
        talk.type("Long.\r")
        await until(lambda: talk.views and talk.views[0].events)
        begin = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)
        await until(lambda: conversation.ended)
        assert time.monotonic() - begin < 2
        talk.type("Is it?\r")
        await until(lambda: conversation.ended == 2)

    assert conversation.sent == ["Long.", "Is it?"]


async def test_ctrl_c_twice_at_the_prompt_leaves_with_130() -> None:
    async with chat_with(FakeConversation([])) as talk:
        await talk.says("scripted/one")
        talk.type("\x03")
        await talk.says("Ctrl-C again")
        talk.type("\x03")
        assert await talk.leaves() == 130


async def test_a_mode_holds_from_the_next_turn_on() -> None:
    conversation = FakeConversation([answered("Yes."), answered("No.")])
    async with chat_with(conversation) as talk:
        talk.type("Is it?\r")
        await until(lambda: conversation.ended)
        talk.type("/mode coder\r")
        await talk.says("mode: coder")
        talk.type("Is it?\r")
        await until(lambda: conversation.ended == 2)

    assert [wish.mode for wish in conversation.wishes] == [None, "coder"]
    assert len(talk.opener.asked) == 1


async def test_a_model_that_does_not_open_gives_the_old_choice_back() -> None:
    first = FakeConversation([answered("Yes.")])
    async with chat_with(first, ThreadError("No such model."), first) as talk:
        await talk.says("scripted/one")
        talk.type("/model nope/x\r")
        await talk.says("No such model.")
        assert talk.chat.choices.model is None
        talk.type("Is it?\r")
        await until(lambda: first.ended)


async def test_a_command_that_needs_the_lock_closes_the_session_first() -> None:
    conversation = FakeConversation([answered("Yes."), answered("Yes.")])
    async with chat_with(conversation) as talk:
        talk.type("Is it?\r")
        await until(lambda: conversation.ended)
        await talk.chat.release()
        assert talk.opener.closed == 1
        assert talk.chat.opened() is None
        talk.type("Is it?\r")
        await until(lambda: conversation.ended == 2)

    assert [asked.thread for asked in talk.opener.asked] == [None, THREAD]


@pytest.mark.parametrize("text", ["/tmp/x.py is broken", "mend /exit"])
async def test_a_message_that_looks_like_a_path_is_sent(text: str) -> None:
    conversation = FakeConversation([answered("Yes.")])
    async with chat_with(conversation) as talk:
        talk.type(f"{text}\r")
        await until(lambda: conversation.ended)

    assert conversation.sent == [text]
