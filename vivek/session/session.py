"""One conversation: a thread, its model and its lock; every turn is a stream of events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from vivek.errors import ThreadError, VivekError, WorkspaceError
from vivek.flows.chat.state import begin_turn
from vivek.flows.context import NodeContext
from vivek.schema.approval import ApprovalPolicy, Decision
from vivek.schema.context import ContextReport
from vivek.schema.events import Event, Notice, Question, TextDelta, TurnDone, TurnStarted
from vivek.schema.held import Held
from vivek.schema.report import TurnReport, TurnStatus
from vivek.schema.threads import ThreadStatus
from vivek.session.breaking import closed_by
from vivek.session.compacting import compact_thread
from vivek.session.deciding import pack_decision, question_of
from vivek.session.logs import LOGGER
from vivek.session.parts import Parts
from vivek.session.place import Place
from vivek.session.reporting import failed_report, report_of
from vivek.session.runner import Runner, Snapshot
from vivek.session.settings import Settings
from vivek.session.threads import ThreadIndex
from vivek.session.weighing import weigh

_STATUS: dict[TurnStatus, ThreadStatus] = {"needs_approval": "needs_approval", "needs_answer": "needs_answer"}


class Session:
    """A conversation with one model in one thread.

    Attributes:
        thread_id: The thread.
        model: `provider/name`.
        banner: One line on model and window.
        notices: What to tell at the start.
        waiting: A question that waits for the user since an earlier run, or None.
        pictures: Files that the next request shows.
        take_news: Returns what came of work behind the conversation since the last call.
    """

    def __init__(
        self,
        *,
        place: Place,
        parts: Parts,
        runner: Runner,
        index: ThreadIndex,
        thread_id: str,
        settings: Settings,
        policy: ApprovalPolicy,
        notices: tuple[Notice, ...],
    ) -> None:
        self.thread_id = thread_id
        self.model = parts.label
        self.banner = parts.banner
        self.notices = notices
        self.waiting: Question | None = None
        self.pictures: tuple[str, ...] = ()
        self._place = place
        self._parts = parts
        self._runner = runner
        self._index = index
        self._settings, self._policy = settings, policy
        self.take_news = parts.knowing.take_news
        self.prompts = parts.prompts
        self._clock, self._partial = time.monotonic, Held()

    async def send(self, text: str | None) -> AsyncIterator[Event]:
        """Run a turn; the last event is a `TurnDone`.

        Args:
            text: What the user asks; None goes on with the open turn.

        Raises:
            VivekError: If there is no turn to go on with, the thread cannot be read, or a picture not be shown.
        """
        before = await self._runner.look()
        if text is None:
            async for event in self._continue(before):
                yield event
            return
        said, pictures = self._parts.see(text, self.pictures)
        async for event in self._settle(before):
            yield event
        self.pictures = ()
        where = self._parts.served.base_url
        self._index.begin(self.thread_id, self._place.root, kind="chat", title=text, model=self.model, base_url=where)
        how = self._settings.session
        turn = begin_turn(self._parts.store.put_text(said), mode=how.mode, depth=how.depth, pictures=pictures)
        async for event in self._run(self._runner.begin(turn, self._context()), started=True):
            yield event

    async def answer(self, decision: Decision) -> AsyncIterator[Event]:
        """Answer an approval; the last event is a `TurnDone`.

        Raises:
            ThreadError: If nothing waits for an answer.
        """
        snapshot = await self._runner.look()
        if snapshot.standing != "needs_approval":
            msg = f"Nothing waits for approval in thread {self.thread_id}."
            raise ThreadError(msg, hint="Send a new request.")
        said = pack_decision(decision, snapshot.values, self._parts.store)
        if decision.always and not snapshot.values.get("question"):
            self._policy = "edits"
        self.waiting = None
        async for event in self._run(self._runner.answer(snapshot, said, self._context()), started=False):
            yield event

    async def compact(self, keep: str = "") -> tuple[Notice, ...]:
        """Sum the conversation up now, `keep` above all; return what to tell, or raise as `compact_thread` does."""
        return await compact_thread(self._runner, self._context(), keep)

    async def context(self) -> ContextReport:
        """Return what the thread costs the windows and caches of its models; raises what `weigh` raises."""
        return await weigh(self._runner, self._parts)

    async def prepare(self) -> None:
        """Find out whether a change waits since an earlier run; begin what is done behind the conversation."""
        self._parts.knowing.begin()
        snapshot = await self._runner.look()
        if snapshot.standing == "needs_approval":
            self.waiting = question_of(snapshot.values, self._parts.store)
        elif snapshot.standing == "unfinished":
            told = Notice(
                "The last turn of this thread is unfinished.", hint="Go on with `/resume`, or just ask something new."
            )
            self.notices = (*self.notices, told)

    async def _continue(self, before: Snapshot) -> AsyncIterator[Event]:
        if before.standing == "needs_approval":
            if self._policy in ("edits", "all") and not before.values.get("question"):
                async for event in self.answer(Decision(approved=True)):
                    yield event
                return
            yield question_of(before.values, self._parts.store)
            yield TurnDone(self._report(before, "needs_approval", 0.0))
            return
        if before.standing != "unfinished":
            msg = f"Thread {self.thread_id} has no open turn."
            raise ThreadError(msg, hint="Give a prompt.")
        async for event in self._go_on(before):
            yield event

    async def _go_on(self, before: Snapshot) -> AsyncIterator[Event]:
        """Go on with an unfinished turn; an approval that only a file remembers is asked again."""
        turn = int(before.values.get("turns", 0)) + 1
        applied = {done.turn for done in self._parts.journal.turns(self.thread_id)}
        if "apply" in before.next and turn not in applied:
            await self._runner.ask_again()
        async for event in self._run(self._runner.go_on(self._context()), started=True):
            yield event

    async def _settle(self, before: Snapshot) -> AsyncIterator[Event]:
        """Bring the thread to rest before a new request: see ADR 0004."""
        if before.standing == "unfinished":
            note = self._index.broken_off(self.thread_id, self._place.root)
            if note is not None:
                await self._close_broken(before, note)
                yield Notice("The turn that broke off before is closed; what it had said is kept.")
                return
            yield Notice("The turn that was interrupted is finished first.")
            async for event in self._go_on(before):
                if not isinstance(event, TurnDone):
                    yield event
            before = await self._runner.look()
            if before.standing == "unfinished":
                msg = "The turn that was interrupted could not be finished."
                raise ThreadError(msg, hint="Look at the messages above, or start a new thread.")
        if before.standing == "needs_approval":
            told = "The user went on without applying the change; it was discarded."
            await self._runner.close({"status": "declined", "notices": [told]}, self._context())
            self.waiting = None
            yield Notice("The change that waited for approval is discarded.")

    async def _close_broken(self, before: Snapshot, note: str) -> None:
        """Close a turn that the user stopped or saw fail; its partial reply joins the transcript."""
        await self._runner.close(closed_by(note, before.values.get("head"), self._parts), self._context())

    async def _run(self, events: AsyncIterator[Event], *, started: bool) -> AsyncIterator[Event]:
        """Pass on the events of a run and end it with its report, whatever happens."""
        began = self._clock()
        self._partial = Held()
        self._parts.broken.clear()
        if started:
            served = self._parts.served
            yield TurnStarted(self.thread_id, self.model, self._parts.window, served.window_source)
        try:
            async for event in events:
                if isinstance(event, TextDelta):
                    self._partial.add(event.text)
                yield event
            snapshot = await self._runner.look()
        except asyncio.CancelledError:
            self._break_off("cancelled")
            raise
        except VivekError as error:
            self._break_off("failed")
            LOGGER.warning("turn of %s failed: %s: %s", self.thread_id, type(error).__name__, error.message)
            seconds = self._clock() - began
            values = (await self._runner.look()).values if not isinstance(error, ThreadError | WorkspaceError) else {}
            told = {"thread_id": self.thread_id, "model": self.model}
            yield TurnDone(failed_report(error, values, seconds=seconds, partial=self._partial, **told))
            return
        async for event in self._end(snapshot, self._clock() - began):
            yield event

    async def _end(self, snapshot: Snapshot, seconds: float) -> AsyncIterator[Event]:
        status: TurnStatus = snapshot.values.get("status") or "incomplete"
        if snapshot.standing == "needs_approval":
            status = "needs_approval"
            self.waiting = question_of(snapshot.values, self._parts.store)
            yield self.waiting
        else:
            self._parts.bench.end_turn()
            await self._runner.end_turn(snapshot)
        self._index.end(
            self.thread_id,
            self._place.root,
            status=_STATUS.get(status, "finished"),
            turns=int(snapshot.values.get("turns", 0)),
            log=snapshot.values.get("log"),
        )
        report = self._report(snapshot, status, seconds)
        LOGGER.info("turn %s of %s: %s", snapshot.values.get("turns"), self.thread_id, report.usage)
        yield TurnDone(report)

    def _report(self, snapshot: Snapshot, status: TurnStatus, seconds: float) -> TurnReport:
        return report_of(
            snapshot.values,
            thread_id=self.thread_id,
            model=self.model,
            status=status,
            seconds=seconds,
            store=self._parts.store,
        )

    def _break_off(self, status: str) -> None:
        """Keep what was received of a turn that stops here; no waiting, the task may be on its way out."""
        kept = {"status": status, "node": "", "asked": "", "text": "", **self._parts.broken}
        note = self._parts.store.put_text(json.dumps(kept))
        self._index.break_off(self.thread_id, self._place.root, note)

    def _context(self) -> NodeContext:
        return replace(self._parts.context(), thread_id=self.thread_id, policy=self._policy)
