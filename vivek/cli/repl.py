"""The chat: reads lines, runs turns and slash commands. The session opens behind the first prompt.

Nothing that a turn needs is imported before that prompt is on the screen.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from vivek import __version__
from vivek.cli.completing import Mentioning
from vivek.cli.keys import Interrupts, SignalledError
from vivek.cli.line import Line, ProjectHistory
from vivek.cli.options import Terminal
from vivek.cli.render.phrases import waiting_of
from vivek.cli.render.safe_text import problem, visible
from vivek.cli.slash.jobs import ChatJobs
from vivek.cli.slash.registry import SLASHES, is_slash, run_slash
from vivek.cli.turn.approval import editor_of
from vivek.cli.turn.draw import Conversation, Opener, Turn, View
from vivek.cli.turn.once import choose_view, tell_terminal
from vivek.cli.turn.opening import Opening, load_warm
from vivek.cli.turn.picking import Picker
from vivek.cli.turn.starting import offer_help
from vivek.errors import TurnCancelledError, VivekError
from vivek.schema.events import BudgetSpent

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place


class Chat:
    """The loop of one chat; also the desk of its slash commands.

    Args:
        place: The project.
        choices: What the command line asked for.
        opening: Opens sessions.
        line: Reads what is typed.
        interrupts: What stops a turn.
        make_view: Gives a fresh view for a turn.
        tell: Writes lines.
    """

    def __init__(
        self,
        place: "Place",
        choices: "Choices",
        *,
        opening: Opening,
        line: Line,
        interrupts: Interrupts,
        make_view: Callable[[], View],
        tell: Callable[[str], None],
    ) -> None:
        self.place = place
        self.choices = choices
        self.spent: BudgetSpent | None = None
        self.tell = tell
        self.jobs = ChatJobs(tell)
        self.asker = line
        self._opening = opening
        self._interrupts = interrupts
        self._make_view = make_view
        self._announced: Conversation | None = None
        self._announcing: asyncio.Task[None] | None = None
        self._thread: str | None = None
        self._left = False

    @property
    def thread(self) -> str | None:
        """The id of the thread the chat is in, None before its first turn."""
        return self._thread

    async def chat(self, first: str | None, *, resume: bool = False) -> int:
        """Run the loop until the user leaves; return the exit code.

        Args:
            first: What to send before anything is typed.
            resume: Go on with the open turn before anything is typed.
        """
        code = 0
        self.tell(visible(f"vivek {__version__} · {self.place.root} · /help"))
        for notice in self.place.notices:
            self.tell(problem(notice.text, notice.hint))
        try:
            if first is not None or resume:
                await self.run(first)
            while not self._left:
                self.jobs.tell_ended()
                self._tell_news()
                await self._take(await self.asker.read(self._begin))
        except SignalledError:
            raise
        except (EOFError, KeyboardInterrupt) as end:
            code = 0 if isinstance(end, EOFError) else 130
        finally:
            await self.jobs.close()
            await self.release()
        if self._thread:
            self.tell(f"thread {self._thread}: `vivek chat --thread {self._thread}` goes on")
        return code

    def opened(self) -> Conversation | None:
        """Return the session if it is open."""
        return self._opening.opened()

    async def release(self) -> None:
        """Close the session; the next turn opens it again."""
        if self._announcing is not None:
            self._announcing.cancel()
            await asyncio.wait({self._announcing})
            self._announcing = None
        if self._thread is not None:
            self.choices = replace(self.choices, thread=self._thread, latest=False)
        await self._opening.stop()

    async def reopen(self, choices: "Choices") -> Conversation | None:
        """Open a session with other choices; None when that failed, which was told."""
        await self.release()
        before, self.choices = self.choices, choices
        conversation = await self._conversation()
        if conversation is None:
            self.choices = before
        elif choices.thread is not None:
            self._thread = conversation.thread_id
        return conversation

    async def run(self, text: str | None) -> None:
        """Run a turn; None goes on with the open one."""
        conversation = await self._conversation()
        if conversation is None:
            return
        self._thread = conversation.thread_id
        edit = editor_of(self.place)
        turn = Turn(conversation, self._make_view(), asker=self.asker, interrupts=self._interrupts, edit=edit)
        try:
            await turn.run(text)
        except VivekError as error:
            self.tell(problem(error.message, error.hint))
        self.spent = turn.spent or self.spent

    def leave(self) -> None:
        """End the chat."""
        self._left = True

    async def _take(self, text: str) -> None:
        if not is_slash(text):
            await self.run(text)
            return
        try:
            await run_slash(self, text)
        except VivekError as error:
            self.tell(problem(error.message, error.hint))

    async def _conversation(self) -> Conversation | None:
        """Return the session, opened now if need be; None when that failed, which was told."""
        if self._opening.opened() is None:
            self.tell("Getting the model ready.")
        try:
            conversation = await self._interrupts.run(self._opening.conversation(self.choices))
        except (TurnCancelledError, VivekError) as error:
            self.tell(problem(error.message, error.hint))
            helped = await offer_help(error, self.asker, self.tell, self._interrupts)
            return await self._conversation() if helped else None
        self._announce(conversation)
        return conversation

    def _tell_news(self) -> None:
        for notice in () if (opened := self.opened()) is None else opened.take_news():
            self.tell(problem(notice.text, notice.hint))

    def _begin(self) -> None:
        """Open the session behind the first prompt."""
        if self._announcing is None and not self._opening.started:
            self._announcing = asyncio.create_task(self._announce_when_open())

    async def _announce_when_open(self) -> None:
        try:
            conversation = await self._opening.conversation(self.choices)
        except VivekError as error:
            told = problem(error.message, error.hint)
            await self.asker.above(lambda: self.tell(told))
            return
        await self.asker.above(lambda: self._announce(conversation))

    def _announce(self, conversation: Conversation) -> None:
        """Tell once what there is to know of a session."""
        if self._announced is conversation:
            return
        self._announced = conversation
        if self.choices.thread is not None or self.choices.latest:
            self._thread = conversation.thread_id
        self.tell(visible(conversation.banner))
        for notice in conversation.notices:
            if notice not in self.place.notices:  # these were told at the start
                self.tell(problem(notice.text, notice.hint))
        if conversation.waiting is not None:
            self.tell(problem(waiting_of(conversation.waiting), "`/resume` shows it and asks"))


def start_chat(
    place: "Place",
    choices: "Choices",
    terminal: Terminal,
    *,
    first: str | None,
    resume: bool = False,
    stream: bool = True,
    load: Callable[[], Opener] = load_warm,
) -> int:
    """Run a chat on the terminal; return the exit code.

    Args:
        place: The project.
        choices: What the command line asked for.
        terminal: Facts of the terminal.
        first: What to send before anything is typed.
        resume: Go on with the open turn before anything is typed.
        stream: Whether answers show as they come.
        load: Gives what opens a session; runs in a thread.

    Raises:
        VivekError: If the session does not close well.
        SignalledError: If a signal asks the process to end.
    """

    async def chat(mentions: Mentioning) -> int:
        interrupts = Interrupts(time.monotonic)
        names = {name: slash.about for name, slash in SLASHES.items()}
        line = Line(ProjectHistory(place.data), names, hurried=interrupts.recent, tell=tell_terminal, mentions=mentions)
        return await Chat(
            place,
            replace(choices, resident=True),
            opening=Opening(place, load, Picker(place, line, tell_terminal).settle),
            line=line,
            interrupts=interrupts,
            make_view=lambda: choose_view("text", terminal, stream=stream),
            tell=tell_terminal,
        ).chat(first, resume=resume)

    with closing(Mentioning(place)) as mentions:
        return asyncio.run(chat(mentions))
