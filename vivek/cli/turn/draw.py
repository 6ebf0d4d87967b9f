"""Draws the events of one turn, asks what it asks, and returns its report. Knows no session but its shape."""

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from vivek.cli.keys import Interrupts, SignalledError
from vivek.cli.quiet import quiet_terminal
from vivek.cli.turn.approval import ask_approval
from vivek.cli.turn.asking import Asker, TextEditor
from vivek.cli.turn.parties import Conversation, View
from vivek.cli.turn.permission import ask_command, ask_trust
from vivek.errors import LimitReachedError, TurnCancelledError, VivekError
from vivek.schema.approval import Decision
from vivek.schema.events import ApprovalRequested, BudgetSpent, Event, Question, ReviewDone, TextDelta, TurnDone
from vivek.schema.held import Held
from vivek.schema.nodes import SILENT_NODES
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import ErrorReport, TurnReport, TurnStatus, TurnUsage
from vivek.schema.wishes import AS_USUAL, TurnWish

if TYPE_CHECKING:
    from vivek.cli.ahead import Ahead
    from vivek.cli.turn.bell import Bell

_TICK_SECONDS = 0.08


class Turn:
    """One turn of a conversation.

    Args:
        conversation: Whose turn it is.
        view: Where it is shown.
        asker: Who is asked, or None when there is nobody.
        interrupts: What stops it.
        edit: Lets the user edit a change before it is applied, or None.
        ahead: Reads what is typed meanwhile, or None to leave it in the terminal.
        bell: Calls back whoever went away, or None.
        clock: Seconds of a clock that only goes forward.

    Attributes:
        spent: What filled the window in the last call, or None.
        report: How the turn ended, or None before.
        verdicts: How often the work was reviewed.
    """

    def __init__(
        self,
        conversation: Conversation,
        view: View,
        *,
        asker: Asker | None,
        interrupts: Interrupts,
        edit: TextEditor | None = None,
        ahead: "Ahead | None" = None,
        bell: "Bell | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.spent: BudgetSpent | None = None
        self.report: TurnReport | None = None
        self.verdicts = 0
        self._ahead = ahead
        self._bell = bell
        self._conversation = conversation
        self._view = view
        self._asker = asker
        self._interrupts = interrupts
        self._edit = edit
        self._partial = Held()
        self._clock, self._seconds = clock, 0.0

    async def run(self, text: str | None, wish: TurnWish = AS_USUAL) -> TurnReport:
        """Run the turn to its end or to a question that nobody answers.

        Args:
            text: What the user asks; None goes on with the open turn.
            wish: How this turn is wanted.

        Raises:
            SignalledError: If a signal asks the process to end.
        """
        events = self._conversation.send(text, wish)
        while True:
            if self._bell is not None:
                self._bell.start()
            report, question = await self._stoppable(events)
            if self._bell is not None and report.status != "cancelled":
                self._bell.ring("a question waits" if report.status == "needs_approval" else "the turn is done")
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
        await asker.settle(tell)
        match question:
            case ApprovalRequested():
                return await ask_approval(question, asker, tell, self._edit, self._view.show)
            case TrustRequested():
                return await ask_trust(asker, tell)
            case CommandRequested():
                return await ask_command(question, asker, tell)
            case None:
                return None

    async def _stoppable(self, events: AsyncIterator[Event]) -> tuple[TurnReport, Question | None]:
        try:
            with self._typing(), self._measured():
                return await self._interrupts.run(self._draw(events))
        except (TurnCancelledError, LimitReachedError) as error:
            return self._cancelled(error), None
        except SignalledError:
            self._end(self._cancelled())
            raise

    @contextmanager
    def _while_there(self) -> Iterator[None]:
        """Draw; a terminal that is gone ends the turn as its signal does, which may come later than this is noticed."""
        try:
            yield
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._interrupts.hang_up()

    @contextmanager
    def _measured(self) -> Iterator[None]:
        began = self._clock()
        try:
            yield
        finally:
            self._seconds += self._clock() - began

    def _typing(self) -> AbstractContextManager[None]:
        """Return what looks after the keyboard while the turn runs."""
        ahead, view = self._ahead, self._view
        if ahead is None:
            return quiet_terminal()
        return ahead.reading(changed=lambda: view.typing(*ahead.shown()), stop=self._interrupts.stop)

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
                    case ReviewDone():
                        self.verdicts += 1
                    case TurnDone():
                        report = event.report
                        continue
                with self._while_there():
                    self._view.show(event)
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            # A generator that is left half-way must end now, not when memory is tidied up: its request is open.
            end = getattr(events, "aclose", None)
            if end is not None:
                await end()
            with self._while_there():
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
        with self._while_there():
            self._view.show(TurnDone(report))
            self._view.close()

    def _cancelled(self, error: VivekError | None = None) -> TurnReport:
        thread, model, partial = self._conversation.thread_id, self._conversation.model, self._partial
        what, message = ("TurnCancelledError", "The turn was stopped.")
        status: TurnStatus = "cancelled"
        if isinstance(error, LimitReachedError):
            what, message, status = type(error).__name__, error.message, "incomplete"
        # Only a chat reads ahead: there the way on is shorter.
        way = f"`vivek threads resume {thread}` goes on" if self._ahead is None else "`/resume` goes on, `/retry` anew"
        told = ErrorReport(what, message, way)
        answer = partial.text().strip()
        usage = TurnUsage(seconds=self._seconds)
        return TurnReport(thread, status, answer=answer, usage=usage, model=model, error=told, shortened=partial.cut)
