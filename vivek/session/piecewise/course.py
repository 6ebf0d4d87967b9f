"""The course of a thread that asks a model piece by piece: its events, and what is valid however it ends."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from vivek.errors import ContextWindowExceededError, LimitReachedError, ModelAPIError, VivekError
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import Sort, StateUpdate
from vivek.metrics.recorder import Recorder
from vivek.metrics.tally import CourseEnded
from vivek.schema.events import Event, Notice
from vivek.session.logs import LOGGER
from vivek.session.place import Place
from vivek.session.reviewing.answers import KeptAnswers
from vivek.session.runner import Runner, Snapshot
from vivek.session.threads.index import ThreadIndex

_TIMES = 3  # that a graph is started for one course


class Report(Protocol):
    """What a course ends with."""

    @property
    def status(self) -> str:
        """Whether it is `done` or `incomplete`."""
        ...


NewsT = TypeVar("NewsT")
ReportT = TypeVar("ReportT", bound=Report)


@dataclass(slots=True, eq=False, kw_only=True)
class Course(ABC, Generic[NewsT, ReportT]):
    """A thread that asks piece by piece and can be stopped and gone on with at any piece.

    Attributes:
        thread_id: Its thread.
        model: `provider/model`.
        notices: What to tell at the start.
        failure: Why the model could not go on, None where it could.
    """

    sort: ClassVar[Sort]
    stopped: ClassVar[str]
    """Why it is not whole where it was stopped."""

    thread_id: str
    model: str
    notices: tuple[Notice, ...]
    place: Place
    index: ThreadIndex
    runner: Runner
    context: NodeContext
    answers: KeptAnswers
    recorder: Recorder
    begin: StateUpdate
    base_url: str | None = None
    failure: VivekError | None = field(init=False, default=None)
    _stopped: bool = field(init=False, default=False)
    _work: "asyncio.Task[None] | None" = field(init=False, default=None)

    async def run(self) -> AsyncIterator[NewsT]:
        """Run, or go on; the last event says what came of it, also after `stop` or when the model fails.

        Raises:
            VivekError: If the thread cannot be read or saved.
        """
        snapshot = await self._look()
        if snapshot.standing == "finished":
            yield self._ended(await self._end(snapshot))
            return
        self._note()
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._work = asyncio.create_task(self._pump(snapshot, events))
        try:
            if self._stopped:
                self._work.cancel()
            with self.recorder.turn(goes_on=snapshot.standing != "new") as note:
                while (event := await events.get()) is not None:
                    note(event)
                    news = cast("NewsT", event)  # the stream of a graph carries what only its flow tells as well
                    self._heard(news)
                    yield news
                await asyncio.wait([self._work])
                if not self._work.cancelled() and (error := self._work.exception()) is not None:
                    raise error
                report = await self.so_far()
                if not self._stopped:  # what the user stopped counts as cancelled
                    note(CourseEnded(report.status))
        finally:
            await self.close()
        yield self._ended(report)

    def stop(self) -> None:
        """End it now: what runs is broken off, and `run` ends with what is known by then; may be called anywhere."""
        self._stopped = True
        if self._work is not None:
            self._work.cancel()

    async def close(self) -> None:
        """Break off what runs, and wait until it has ended; whoever leaves `run` early need not close it."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])

    async def so_far(self, why: str = "") -> ReportT:
        """Return what is known by now, for who was cancelled within `run`; `why` is why it ended."""
        snapshot = await self._look()
        if snapshot.standing == "finished":
            return await self._end(snapshot)
        if self.failure is not None:
            why = f"the model failed: {self.failure.message.removesuffix('.')}"  # a part of a sentence
        return self._unfinished(snapshot.values, why or self.stopped)

    async def _pump(self, snapshot: Snapshot, events: "asyncio.Queue[Event | None]") -> None:
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
            told = (self.sort.noun, self.thread_id, type(error).__name__, error.message)
            LOGGER.warning("%s %s broke off: %s: %s", *told)
            self.failure = error
        finally:
            events.put_nowait(None)

    def _note(self) -> None:
        """Note in the list of threads that it runs, and what it began with."""
        self.index.begin(
            self.thread_id,
            self.place.root,
            kind=self.sort.kind,
            title=self._title(),
            model=self.model,
            base_url=self.base_url,
            asked=json.dumps(self.begin),
        )

    async def _look(self) -> Snapshot:
        """Return where it stands.

        What is cancelled as a step ends may be saved with what the step did and without what follows from it.
        """
        snapshot = await self.runner.look()
        values = snapshot.values
        if snapshot.standing == "finished" and not values.get("report"):
            if "at" not in values:  # not even the plan was saved
                return replace(snapshot, standing="new")
            await self.runner.go_behind(self._last_step(values), {"at": values["at"]})
            snapshot = await self.runner.look()
        return snapshot

    async def _end(self, snapshot: Snapshot) -> ReportT:
        """Return the report at the end; the thread is at rest, and what is whole is kept for the next time."""
        values = snapshot.values
        text = self.context.store.get_text(values["report"])
        report = self._unpacked(text)
        await self.runner.end_turn(snapshot)
        turns = int(values.get("turns", 0))
        self.index.end(self.thread_id, self.place.root, status="finished", turns=turns, log=values.get("log"))
        if report.status == "done" and self._models(values) == (self.model,):
            self.answers.put_report(self._key(), self.model, text)
        return report

    @abstractmethod
    def _title(self) -> str:
        """Return what the list of threads calls it."""

    @abstractmethod
    def _key(self) -> str:
        """Return what tells its report from every other, whoever it was that answered."""

    @abstractmethod
    def _models(self, values: Mapping[str, Any]) -> tuple[str, ...]:  # Any: JSON values
        """Return who answered: what several did is kept for none of them."""

    @abstractmethod
    def _last_step(self, values: Mapping[str, Any]) -> str:  # Any: as above
        """Return the step whose work is the newest that is saved."""

    @abstractmethod
    def _unpacked(self, text: str) -> ReportT:
        """Return a report that the graph packed."""

    @abstractmethod
    def _ended(self, report: ReportT) -> NewsT:
        """Return the last event."""

    @abstractmethod
    def _unfinished(self, values: Mapping[str, Any], why: str) -> ReportT:  # Any: as above
        """Return what is known before the end, with the reason why it is not all."""

    def _heard(self, event: NewsT) -> None:
        """Keep what a report before the end needs of an event."""
