"""The course of a narrative by a model: its events, and a narrative that is valid however it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from vivek.errors import ContextWindowExceededError, LimitReachedError, ModelAPIError, VivekError
from vivek.flows.analyze.assembling import assemble
from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.packing import results_of, unpack
from vivek.flows.analyze.planning import shown_whole
from vivek.flows.analyze.state import StateUpdate
from vivek.flows.context import NodeContext
from vivek.metrics.recorder import Recorder
from vivek.schema.events import Event, Notice
from vivek.schema.narrative import Narrative, NarrativeCost, NarrativeEnded, NarrativePlanned, PassageWritten
from vivek.session.logs import LOGGER
from vivek.session.place import Place
from vivek.session.reviewing_answers import KeptAnswers
from vivek.session.runner import Runner, Snapshot
from vivek.session.threads import ThreadIndex

NarrativeEvent = Event | NarrativePlanned | PassageWritten | NarrativeEnded

STOPPED = "it was stopped before"


@dataclass(slots=True, eq=False)
class Narration:
    """A narrative that is being told.

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
    cost: NarrativeCost
    place: Place
    index: ThreadIndex
    runner: Runner
    context: NodeContext
    desk: Desk
    answers: KeptAnswers
    recorder: Recorder
    begin: StateUpdate
    base_url: str | None = None
    failure: VivekError | None = field(init=False, default=None)
    _stopped: bool = field(init=False, default=False)
    _work: "asyncio.Task[None] | None" = field(init=False, default=None)

    async def run(self) -> AsyncIterator[NarrativeEvent]:
        """Tell, or go on with it; the last event is a `NarrativeEnded`, also after `stop` or when the model fails.

        Raises:
            VivekError: If the thread cannot be read or saved.
        """
        snapshot = await self.runner.look()
        if snapshot.standing == "finished":
            yield NarrativeEnded(await self._end(snapshot))
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
                    yield event
        finally:
            self._work.cancel()
            await asyncio.wait([self._work])
        error = None if self._work.cancelled() else self._work.exception()
        if error is not None:
            raise error
        yield NarrativeEnded(await self.so_far())

    def stop(self) -> None:
        """End it now: what runs is broken off, and `run` ends with what was told by then; may be called anywhere."""
        self._stopped = True
        if self._work is not None:
            self._work.cancel()

    async def so_far(self) -> Narrative:
        """Return what was told by now."""
        snapshot = await self.runner.look()
        if snapshot.standing == "finished":
            return await self._end(snapshot)
        why = STOPPED if self.failure is None else f"the model failed: {self.failure.message}"
        plan = self.desk.plan
        told = results_of(self.context.transcript, snapshot.values.get("results", ""))
        shown = shown_whole(plan, told[: len(plan.parts)], count=self.context.count)
        missing = f"Not all of it was told: {why.rstrip('.')}. `vivek threads resume {self.thread_id}` goes on."
        return assemble(plan, told, shown.facts, missing, model=self.model, thread=self.thread_id)

    async def _pump(self, snapshot: Snapshot, events: "asyncio.Queue[Event | None]") -> None:
        """Run the graph; what it tells goes into a queue, None at the end."""
        try:
            new = snapshot.standing == "new"
            course = self.runner.begin(self.begin, self.context) if new else self.runner.go_on(self.context)
            async for event in course:
                events.put_nowait(event)
        except (ModelAPIError, LimitReachedError, ContextWindowExceededError) as error:
            LOGGER.warning("narrative %s broke off: %s: %s", self.thread_id, type(error).__name__, error.message)
            self.failure = error
        finally:
            events.put_nowait(None)

    def _note(self) -> None:
        """Note in the list of threads that it runs, and what it began with."""
        self.index.begin(
            self.thread_id,
            self.place.root,
            kind="analyze",
            title=f"how {self.place.root.name} is built",
            model=self.model,
            base_url=self.base_url,
            asked=json.dumps(self.begin),
        )

    async def _end(self, snapshot: Snapshot) -> Narrative:
        """Return the narrative at the end; the thread is at rest, and what is whole is kept for the next time."""
        values = snapshot.values
        text = self.context.store.get_text(values["report"])
        narrative = unpack(Narrative, text)
        await self.runner.end_turn(snapshot)
        turns = int(values.get("turns", 0))
        self.index.end(self.thread_id, self.place.root, status="finished", turns=turns, log=values.get("log"))
        if narrative.status == "done":
            self.answers.put_report(f"{self.desk.plan.key}{self.desk.prompts}", self.model, text)
        return narrative
