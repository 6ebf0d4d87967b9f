"""A chat at work on a real project: the real loop and line, a real session, a model that says what it is told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.cli.fakes import FakeView, until
from vivek.cli.keys import Interrupts
from vivek.cli.line import Line, Switch
from vivek.cli.repl import Chat
from vivek.cli.turn.opening import Opening
from vivek.config.folders import config_folder
from vivek.errors import VivekError
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.events import Event, TurnDone
from vivek.schema.report import TurnReport
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.session import Session


class Answering(Line):
    """A line whose user has the answers to questions ready; there is none for what no test expects."""

    answers: list[str | BaseException]
    reads = 0

    async def read(self, drawn: Callable[[], None] | None = None, *, switch: Switch | None = None) -> str:
        """Count how often the prompt came."""
        self.reads += 1
        return await super().read(drawn, switch=switch)

    async def ask(self, question: str) -> str:
        """Return the next answer."""
        assert self.answers, f"nobody expects {question!r}"
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class Scripted:
    """Opens sessions with a model that says the same replies on, whichever session it is in; or fails."""

    replies: Sequence[str | ScriptedReply]
    error: VivekError | None = None
    asked: list[Choices] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.provider = ScriptedProvider(self.replies)

    def __call__(self, place: Place, choices: Choices) -> AbstractAsyncContextManager[Session]:
        """Open one."""
        self.asked.append(choices)
        if self.error is not None:
            raise self.error
        return open_session(place, choices, provider=self.provider)


@dataclass
class RealTalk:
    """What is typed into the chat, and what came of it."""

    chat: Chat
    line: Answering
    pipe: PipeInput
    opener: Scripted
    told: list[str]
    events: list[Event]
    running: "asyncio.Task[int]"
    interrupts: Interrupts

    async def types(self, text: str, *answers: str | BaseException) -> str:
        """Type a line, give the answers to what it asks, wait until the prompt is back; return what was told."""
        await until(lambda: self.line.active)
        begin, reads = len(self.told), self.line.reads
        self.line.answers = list(answers)
        self.pipe.send_text(f"{text}\r")
        await until(lambda: self.line.reads > reads or self.running.done())
        if self.running.done():
            self.running.result()
        assert not self.line.answers, f"{text} did not ask for {self.line.answers}"
        return "\n".join(self.told[begin:])

    @property
    def reports(self) -> list[TurnReport]:
        """How the turns ended so far."""
        return [event.report for event in self.events if isinstance(event, TurnDone)]

    def prompt(self, at: int = -1) -> str:
        """Return the last message of a request."""
        return self.opener.provider.requests[at].messages[-1].content


class KeepingView(FakeView):
    """Keeps what it is shown in a list of the test's."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__()
        self.events = events


@asynccontextmanager
async def real_chat(
    root: Path, *replies: str | ScriptedReply, error: VivekError | None = None, **choices: object
) -> AsyncIterator[RealTalk]:
    """Chat about a project; the chat ends with the test.

    Args:
        root: The project.
        replies: What the model says.
        error: Why no session opens, or None.
        choices: What the command line says.
    """
    (config_folder() / "config.toml").parent.mkdir(parents=True, exist_ok=True)
    (config_folder() / "config.toml").write_text("[model]\nwarm = false\n")  # it would take the first reply
    told: list[str] = []
    events: list[Event] = []
    opener = Scripted(replies, error)
    place = open_place(root)
    interrupts = Interrupts(time.monotonic)
    wanted = Choices(**{"interactive": True, **choices})  # type: ignore[arg-type]  # names are checked by the class
    with create_pipe_input() as pipe:
        line = Answering(
            InMemoryHistory(), None, hurried=interrupts.recent, tell=told.append, source=pipe, target=DummyOutput()
        )
        line.answers = []
        chat = Chat(
            place,
            wanted,
            opening=Opening(place, lambda: opener),
            line=line,
            interrupts=interrupts,
            make_view=lambda: KeepingView(events),
            tell=told.append,
        )
        running = asyncio.create_task(chat.chat(None))
        try:
            yield RealTalk(chat, line, pipe, opener, told, events, running, interrupts)
        finally:
            if not running.done():
                pipe.send_text("\x04")
            await asyncio.wait_for(running, 20)
