"""Draws the events of one turn, asks what it asks, and returns its report. Knows no session but its shape."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from vivek.cli.keys import Interrupts, SignalledError, quiet_terminal
from vivek.cli.render.reply import SILENT_NODES
from vivek.cli.turn.approval import ask_approval
from vivek.cli.turn.asking import Asker, TextEditor
from vivek.cli.turn.permission import ask_command, ask_trust
from vivek.errors import TurnCancelledError, VivekError
from vivek.schema.approval import Decision
from vivek.schema.context import ContextReport
from vivek.schema.events import ApprovalRequested, BudgetSpent, Event, Notice, Question, TextDelta, TurnDone
from vivek.schema.held import Held
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import ErrorReport, TurnReport

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

_TICK_SECONDS = 0.08


class View(Protocol):
    """Something that shows a turn."""

    def show(self, event: Event) -> None:
        """Show an event."""
        ...

    def tick(self) -> None:
        """Bring what moves up to date; called about twelve times a second."""
        ...

    def close(self) -> None:
        """Leave the screen in order; `show` may come again."""
        ...

    def tell(self, text: str) -> None:
        """Show lines of vivek's own."""
        ...


class Conversation(Protocol):
    """What of a session is needed here."""

    thread_id: str
    model: str
    banner: str
    notices: tuple[Notice, ...]
    waiting: Question | None

    def send(self, text: str | None) -> AsyncIterator[Event]:
        """Run a turn; None goes on with the open one."""
        ...

    def answer(self, decision: Decision) -> AsyncIterator[Event]:
        """Answer what waits."""
        ...

    async def context(self) -> ContextReport:
        """Return what the thread costs windows and caches."""
        ...

    async def compact(self, keep: str = "") -> tuple[Notice, ...]:
        """Sum the conversation up; return what there is to tell."""
        ...

    def take_news(self) -> tuple[Notice, ...]:
        """Return what came of work behind the conversation since the last call."""
        ...


class Opener(Protocol):
    """Opens a conversation."""

    def __call__(self, place: "Place", choices: "Choices") -> AbstractAsyncContextManager[Conversation]:
        """Return the conversation as a context."""
        ...


class Turn:
    """One turn of a conversation.

    Args:
        conversation: Whose turn it is.
        view: Where it is shown.
        asker: Who is asked, or None when there is nobody.
        interrupts: What stops it.
        edit: Lets the user edit a change before it is applied, or None.

    Attributes:
        spent: What filled the window in the last call, or None.
        report: How the turn ended, or None before.
    """

    def __init__(
        self,
        conversation: Conversation,
        view: View,
        *,
        asker: Asker | None,
        interrupts: Interrupts,
        edit: TextEditor | None = None,
    ) -> None:
        self.spent: BudgetSpent | None = None
        self.report: TurnReport | None = None
        self._conversation = conversation
        self._view = view
        self._asker = asker
        self._interrupts = interrupts
        self._edit = edit
        self._partial = Held()

    async def run(self, text: str | None) -> TurnReport:
        """Run the turn to its end or to a question that nobody answers.

        Args:
            text: What the user asks; None goes on with the open turn.

        Raises:
            SignalledError: If a signal asks the process to end.
        """
        events = self._conversation.send(text)
        while True:
            report, question = await self._stoppable(events)
            decision = await self._ask(question) if report.status == "needs_approval" else None
            if decision is None:
                self._end(report)
                return report
            events = self._conversation.answer(decision)

    async def _ask(self, question: Question | None) -> Decision | None:
        """Return what the user says; None when there is nobody, or when they leave the question open."""
        asker, tell = self._asker, self._view.tell
        if asker is None:
            return None
        match question:
            case ApprovalRequested():
                return await ask_approval(question, asker, tell, self._edit)
            case TrustRequested():
                return await ask_trust(asker, tell)
            case CommandRequested():
                return await ask_command(question, asker, tell)
            case None:
                return None

    async def _stoppable(self, events: AsyncIterator[Event]) -> tuple[TurnReport, Question | None]:
        try:
            with quiet_terminal():
                return await self._interrupts.run(self._draw(events))
        except TurnCancelledError:
            return self._cancelled(), None
        except SignalledError:
            self._end(self._cancelled())
            raise

    async def _draw(self, events: AsyncIterator[Event]) -> tuple[TurnReport, Question | None]:
        report: TurnReport | None = None
        question: Question | None = None
        ticking = asyncio.create_task(self._tick())
        try:
            async for event in events:
                match event:
                    case TextDelta() if event.node not in SILENT_NODES:
                        self._partial.add(event.text)
                    case ApprovalRequested() | TrustRequested() | CommandRequested():
                        question = event
                    case BudgetSpent():
                        self.spent = event
                    case TurnDone():
                        report = event.report
                        continue
                self._view.show(event)
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            # A generator that is left half-way must end now, not when memory is tidied up: its request is open.
            end = getattr(events, "aclose", None)
            if end is not None:
                await end()
            self._view.close()
        if report is None:
            msg = "The turn ended without a report."
            raise VivekError(msg, hint="`vivek threads show` tells what is kept of it.")
        return report, question

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._view.tick()

    def _end(self, report: TurnReport) -> None:
        """Show how the turn ended: only now is it known that nobody goes on with it."""
        self.report = report
        self._view.show(TurnDone(report))
        self._view.close()

    def _cancelled(self) -> TurnReport:
        thread = self._conversation.thread_id
        error = ErrorReport("TurnCancelledError", "The turn was stopped.", f"`vivek threads resume {thread}` goes on")
        partial, model = self._partial, self._conversation.model
        answer = partial.text().strip()
        return TurnReport(thread, "cancelled", answer=answer, model=model, error=error, shortened=partial.cut)
