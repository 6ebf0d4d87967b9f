"""The course of a review by a model: its events, and a report that is valid however it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import cast

from vivek.errors import ContextWindowExceededError, LimitReachedError, ModelAPIError, VivekError
from vivek.flows.context import NodeContext
from vivek.flows.review.assembling import assemble
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import results_of, unpack
from vivek.flows.review.routing import last_step
from vivek.flows.review.state import ReviewState, StateUpdate
from vivek.metrics.recorder import Recorder
from vivek.schema.changes import Changes
from vivek.schema.events import Event, Notice
from vivek.schema.findings import Finding, ReviewReport
from vivek.schema.reviewing import ChunkRead, FindingVerified, ReviewCost, ReviewEnded, ReviewPlanned
from vivek.session.logs import LOGGER
from vivek.session.place import Place
from vivek.session.reviewing_answers import KeptAnswers
from vivek.session.runner import Runner, Snapshot
from vivek.session.threads import ThreadIndex

ReviewEvent = Event | ReviewPlanned | ChunkRead | FindingVerified | ReviewEnded

STOPPED = "the review was stopped"

_TIMES = 3  # that a graph is started for one review


@dataclass(slots=True, eq=False)
class Review:
    """A review that is open.

    Attributes:
        thread_id: Its thread.
        model: `provider/model`.
        notices: What to tell at the start.
        cost: What is left of it, before anything is asked.
        failure: Why the model could not go on, None where it could.
    """

    thread_id: str
    model: str
    notices: tuple[Notice, ...]
    cost: ReviewCost
    place: Place
    index: ThreadIndex
    runner: Runner
    context: NodeContext
    desk: Desk
    answers: KeptAnswers
    recorder: Recorder
    begin: StateUpdate
    key: str
    base_url: str | None = None
    failure: VivekError | None = field(init=False, default=None)
    _stopped: bool = field(init=False, default=False)
    _told: list[Finding] = field(init=False, default_factory=list)
    _work: "asyncio.Task[None] | None" = field(init=False, default=None)

    @property
    def changes(self) -> Changes:
        """What is reviewed."""
        return self.desk.plan.changes

    async def run(self) -> AsyncIterator[ReviewEvent]:
        """Review, or go on with it; the last event is a `ReviewEnded`, also after `stop` or when the model fails.

        Raises:
            VivekError: If the thread cannot be read or saved.
        """
        snapshot = await self._look()
        if snapshot.standing == "finished":
            yield ReviewEnded(await self._end(snapshot))
            return
        self._note(snapshot)
        events: asyncio.Queue[ReviewEvent | None] = asyncio.Queue()
        self._work = asyncio.create_task(self._pump(snapshot, events))
        try:
            if self._stopped:
                self._work.cancel()
            with self.recorder.turn(goes_on=snapshot.standing != "new") as note:
                while (event := await events.get()) is not None:
                    if isinstance(event, FindingVerified):
                        self._told.append(event.finding)
                    elif not isinstance(event, ReviewPlanned | ChunkRead | ReviewEnded):
                        note(event)
                    yield event
        finally:
            await self.close()
        error = None if self._work.cancelled() else self._work.exception()
        if error is not None:
            raise error
        yield ReviewEnded(await self._report(STOPPED))

    def stop(self) -> None:
        """End the review now: what runs is broken off, and `run` ends with the report of what was read."""
        self._stopped = True
        if self._work is not None:
            self._work.cancel()

    async def close(self) -> None:
        """Break off what runs, and wait until it has ended; whoever leaves `run` early need not close it."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])

    async def so_far(self, why: str = STOPPED) -> ReviewReport:
        """Return the report of what was read by now, for who was cancelled within `run`; `why` is why it ended."""
        return await self._report(why)

    async def _pump(self, snapshot: Snapshot, events: "asyncio.Queue[ReviewEvent | None]") -> None:
        """Run the graph; what it tells goes into a queue, None at the end."""
        try:
            # What was saved of a cancelled step may end the graph before its time: then it goes on behind that step.
            for _ in range(_TIMES):
                new = snapshot.standing == "new"
                course = self.runner.begin(self.begin, self.context) if new else self.runner.go_on(self.context)
                async for event in course:
                    events.put_nowait(event)
                snapshot = await self._look()
                if snapshot.standing == "finished":
                    break
        except (ModelAPIError, LimitReachedError, ContextWindowExceededError) as error:
            LOGGER.warning("review %s broke off: %s: %s", self.thread_id, type(error).__name__, error.message)
            self.failure = error
        finally:
            events.put_nowait(None)

    def _note(self, snapshot: Snapshot) -> None:
        """Note in the list of threads that the review runs, and what it began with."""
        self.index.begin(
            self.thread_id,
            self.place.root,
            kind="review",
            title=f"review of {self.desk.plan.changes.scope.told}",
            model=self.model,
            base_url=self.base_url,
            asked=json.dumps(self.begin),
        )

    async def _look(self) -> Snapshot:
        """Return where the review stands.

        One that is cancelled as a step ends may be saved with what the step did and without what follows from it.
        """
        snapshot = await self.runner.look()
        if snapshot.standing == "finished" and not snapshot.values.get("report"):
            state = cast("ReviewState", snapshot.values)
            if "pieces" not in state:  # not even the plan was saved
                return replace(snapshot, standing="new")
            await self.runner.go_behind(last_step(state), {"at": state.get("at", 0)})
            snapshot = await self.runner.look()
        return snapshot

    async def _report(self, why: str) -> ReviewReport:
        snapshot = await self._look()
        if snapshot.standing == "finished":
            return await self._end(snapshot)
        if self.failure is not None:
            why = f"the model failed: {self.failure.message}"
        results = results_of(self.context.transcript, snapshot.values.get("results", ""))
        report = assemble(self.desk, results, why, thread_id=self.thread_id, told=self._told)
        told = f"Not all of it was read: {why}. `vivek threads resume {self.thread_id}` goes on with it."
        return replace(report, status="incomplete", told=(*report.told, told))

    async def _end(self, snapshot: Snapshot) -> ReviewReport:
        """Return the report at the end; the thread is at rest, and what is whole is kept for the next time."""
        values = snapshot.values
        text = self.context.store.get_text(values["report"])
        report = unpack(ReviewReport, text)
        await self.runner.end_turn(snapshot)
        turns = int(values.get("turns", 0))
        self.index.end(self.thread_id, self.place.root, status="finished", turns=turns, log=values.get("log"))
        if report.status == "done":
            self.answers.put_report(self.key, self.model, text)
        return report
