"""Runs a thread's turns to their ends: what is said at the start, what is kept when one breaks off, the report."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from vivek.errors import ModelOutputInvalidError, ThreadError, VivekError, WorkspaceError
from vivek.flows.context import NodeContext
from vivek.metrics.recorder import Recorder
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.events import Event, Question, TextDelta, TurnDone, TurnStarted
from vivek.schema.held import Held
from vivek.schema.nodes import SILENT_NODES
from vivek.schema.report import TurnReport, TurnStatus
from vivek.schema.threads import ThreadStatus
from vivek.session.deciding import question_of
from vivek.session.kept_replies import keep_reply
from vivek.session.logs import LOGGER
from vivek.session.parts import Parts
from vivek.session.place import Place
from vivek.session.reporting import failed_report, report_of
from vivek.session.runner import Runner, Snapshot
from vivek.session.threads.index import ThreadIndex

_STATUS: dict[TurnStatus, ThreadStatus] = {"needs_approval": "needs_approval", "needs_answer": "needs_answer"}


class Turns:
    """The turns of one thread.

    Args:
        place: The project.
        parts: Models, store, journal and transcript.
        runner: The thread's graph.
        index: The list of threads, which is told how turns end.
        thread_id: The thread.
        policy: What may be applied without asking.
        recorder: Keeps the figures.

    Attributes:
        policy: As above; the user may change it between turns.
        waiting: A question that waits for the user, or None.
    """

    def __init__(
        self,
        *,
        place: Place,
        parts: Parts,
        runner: Runner,
        index: ThreadIndex,
        thread_id: str,
        policy: ApprovalPolicy,
        recorder: Recorder,
    ) -> None:
        self.place = place
        self.parts = parts
        self.runner = runner
        self.index = index
        self.thread_id = thread_id
        self.policy = policy
        self._recorder = recorder
        self.waiting: Question | None = None
        self._clock, self._partial = time.monotonic, Held()

    @property
    def policy(self) -> ApprovalPolicy:
        """What may be applied, and which commands run, without asking; holds from the next turn on."""
        return self.parts.bench.approval

    @policy.setter
    def policy(self, policy: ApprovalPolicy) -> None:
        self.parts.bench.approval = policy

    def context(self) -> NodeContext:
        """Return what the nodes of the next turn may use."""
        return replace(self.parts.context(), thread_id=self.thread_id, policy=self.policy)

    async def run(self, events: AsyncIterator[Event], *, started: bool) -> AsyncIterator[Event]:
        """Pass on the events of a run and end it with its report, whatever happens.

        Args:
            events: The run.
            started: Whether a turn begins here, and does not go on after an answer.
        """
        async with aclosing(self._run(events, started=started)) as told:
            with self._recorder.turn(goes_on=not started) as note:
                async for event in told:
                    note(event)
                    yield event

    async def _run(self, events: AsyncIterator[Event], *, started: bool) -> AsyncGenerator[Event, None]:
        began = self._clock()
        self._partial = Held()
        self.parts.broken.clear()
        if started:
            served = self.parts.served
            yield TurnStarted(self.thread_id, self.parts.label, self.parts.window, served.window_source)
        try:
            async for event in events:
                if isinstance(event, TextDelta) and event.node not in SILENT_NODES:
                    self._partial.add(event.text)
                yield event
            snapshot = await self.runner.look()
        except asyncio.CancelledError:
            self._break_off("cancelled")
            raise
        except VivekError as error:
            self._break_off("failed")
            LOGGER.warning("turn of %s failed: %s: %s", self.thread_id, type(error).__name__, error.message)
            seconds = self._clock() - began
            values = (await self.runner.look()).values if not isinstance(error, ThreadError | WorkspaceError) else {}
            told = {"thread_id": self.thread_id, "model": self.parts.label}
            report = failed_report(error, values, seconds=seconds, partial=self._partial, **told)
            said = error.reply if isinstance(error, ModelOutputInvalidError) else self.parts.broken.get("text", "")
            turn = int(values.get("turns", 0)) + 1
            yield TurnDone(replace(report, reply=keep_reply(self.place, self.thread_id, turn, said)))
            return
        async for event in self._end(snapshot, self._clock() - began):
            yield event

    def report(self, snapshot: Snapshot, status: TurnStatus, seconds: float) -> TurnReport:
        """Return what a turn has come to; `seconds` is wall time, waiting for the user left out."""
        return report_of(
            snapshot.values,
            thread_id=self.thread_id,
            model=self.parts.label,
            status=status,
            seconds=seconds,
            store=self.parts.store,
        )

    async def _end(self, snapshot: Snapshot, seconds: float) -> AsyncIterator[Event]:
        status: TurnStatus = snapshot.values.get("status") or "incomplete"
        if snapshot.standing == "needs_approval":
            status = "needs_approval"
            self.waiting = question_of(snapshot.values, self.parts.store)
            yield self.waiting
        else:
            self.parts.bench.end_turn()
            await self.runner.end_turn(snapshot)
            self.context().calls.forget(self.thread_id)
        self.index.end(
            self.thread_id,
            self.place.root,
            status=_STATUS.get(status, "finished"),
            turns=int(snapshot.values.get("turns", 0)),
            log=snapshot.values.get("log"),
        )
        report = self.report(snapshot, status, seconds)
        LOGGER.info("turn %s of %s: %s", snapshot.values.get("turns"), self.thread_id, report.usage)
        if status == "incomplete":
            turn = int(snapshot.values.get("turns", 0))
            report = replace(report, reply=keep_reply(self.place, self.thread_id, turn, report.answer))
        yield TurnDone(report)

    def _break_off(self, status: str) -> None:
        """Keep what was received of a turn that stops here; no waiting, the task may be on its way out.

        On a full disk nothing can be kept. Then the turn counts as killed, and why it stopped is what is told.
        """
        kept = {"status": status, "node": "", "asked": "", "text": "", **self.parts.broken}
        try:
            note = self.parts.store.put_text(json.dumps(kept))
            self.index.break_off(self.thread_id, self.place.root, note)
        except WorkspaceError as error:
            LOGGER.warning("nothing is kept of the turn of %s that broke off: %s", self.thread_id, error)
