"""The course of a narrative by a model: its events, and a narrative that is valid however it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from vivek.flows.analyze.assembling import assemble
from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.packing import results_of
from vivek.flows.analyze.planning import shown_whole
from vivek.flows.piecewise import NARRATIVE, Sort, models_of
from vivek.schema.events import Event
from vivek.schema.narrative import Narrative, NarrativeCost, NarrativeEnded, NarrativePlanned, PassageWritten
from vivek.session.piecewise.course import Course

NarrativeEvent = Event | NarrativePlanned | PassageWritten | NarrativeEnded


@dataclass(slots=True, eq=False, kw_only=True)
class Narration(Course[NarrativeEvent, Narrative]):
    """A narrative that is being told; the last event of `run` is a `NarrativeEnded`.

    Attributes:
        cost: What is left of it, before anything is asked.
    """

    sort: ClassVar[Sort] = NARRATIVE
    stopped: ClassVar[str] = "it was stopped before"

    cost: NarrativeCost
    desk: Desk

    def _title(self) -> str:
        return f"how {self.place.root.name} is built"

    def _key(self) -> str:
        return f"{self.desk.plan.key}{self.desk.prompts}"

    def _models(self, values: Mapping[str, Any]) -> tuple[str, ...]:  # Any: JSON values
        told = results_of(self.context.transcript, values.get("results", ""))
        return models_of((each.by for each in told), self.model)

    def _last_step(self, values: Mapping[str, Any]) -> str:  # Any: JSON values
        return "plan"  # whichever it was, what follows is chosen alike

    def _unpacked(self, text: str) -> Narrative:
        return NARRATIVE.unpack(Narrative, text)

    def _ended(self, report: Narrative) -> NarrativeEvent:
        return NarrativeEnded(report)

    def _unfinished(self, values: Mapping[str, Any], why: str) -> Narrative:  # Any: JSON values
        plan = self.desk.plan
        told = results_of(self.context.transcript, values.get("results", ""))
        shown = shown_whole(plan, told[: len(plan.parts)], count=self.context.count)
        missing = f"Not all of it was told: {why.rstrip('.')}. `vivek threads resume {self.thread_id}` goes on."
        return assemble(plan, told, shown.facts, missing, model=self.model, thread=self.thread_id)
