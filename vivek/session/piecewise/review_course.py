"""The course of a review by a model: its events, and a report that is valid however it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast

from vivek.flows.piecewise import REVIEW, Sort, models_of
from vivek.flows.review.assembling import assemble
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import results_of
from vivek.flows.review.routing import last_step
from vivek.flows.review.state import ReviewState
from vivek.schema.changes import Changes
from vivek.schema.events import Event
from vivek.schema.findings import Finding, ReviewReport
from vivek.schema.reviewing import ChunkRead, FindingVerified, ReviewCost, ReviewEnded, ReviewPlanned
from vivek.session.piecewise.course import Course

ReviewEvent = Event | ReviewPlanned | ChunkRead | FindingVerified | ReviewEnded


@dataclass(slots=True, eq=False, kw_only=True)
class Review(Course[ReviewEvent, ReviewReport]):
    """A review that is open; the last event of `run` is a `ReviewEnded`.

    Attributes:
        cost: What is left of it, before anything is asked.
        key: What tells it from every other review, whoever reads.
    """

    sort: ClassVar[Sort] = REVIEW
    stopped: ClassVar[str] = "the review was stopped"

    cost: ReviewCost
    desk: Desk
    key: str
    _told: list[Finding] = field(init=False, default_factory=list)

    @property
    def changes(self) -> Changes:
        """What is reviewed."""
        return self.desk.plan.changes

    def _title(self) -> str:
        return f"review of {self.changes.scope.told}"

    def _key(self) -> str:
        return self.key

    def _models(self, values: Mapping[str, Any]) -> tuple[str, ...]:  # Any: JSON values
        results = results_of(self.context.transcript, values.get("results", ""))
        return models_of((result.by for result in results), self.model)

    def _last_step(self, values: Mapping[str, Any]) -> str:  # Any: JSON values
        return last_step(cast("ReviewState", values))

    def _unpacked(self, text: str) -> ReviewReport:
        return REVIEW.unpack(ReviewReport, text)

    def _ended(self, report: ReviewReport) -> ReviewEvent:
        return ReviewEnded(report)

    def _unfinished(self, values: Mapping[str, Any], why: str) -> ReviewReport:  # Any: JSON values
        results = results_of(self.context.transcript, values.get("results", ""))
        report = assemble(self.desk, results, why, thread_id=self.thread_id, told=self._told)
        told = f"Not all of it was read: {why}. `vivek threads resume {self.thread_id}` goes on with it."
        return replace(report, status="incomplete", told=(*report.told, told))

    def _heard(self, event: ReviewEvent) -> None:
        if isinstance(event, FindingVerified):
            self._told.append(event.finding)
