"""Has a model review what was looked at already, tells how it goes, and keeps what was found when it is stopped."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from vivek.cli.following import OpenCourse, find_model, follow
from vivek.cli.render.reviewing import cost_line, found_line, read_line
from vivek.cli.render.safe_text import problem
from vivek.errors import ModelAPIError, TurnCancelledError
from vivek.schema.changes import Changes
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import ChunkRead, FindingVerified, ReviewCost, ReviewEffort, ReviewEnded, ReviewPlanned

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place


class OpenReview(OpenCourse[ReviewReport], Protocol):
    """What of a review by a model is needed here."""

    thread_id: str
    model: str
    cost: ReviewCost

    @property
    def changes(self) -> Changes:
        """What is reviewed."""
        ...


class Opener(Protocol):
    """Opens a review by a model."""

    def __call__(
        self,
        place: "Place",
        choices: "Choices",
        changes: Changes | None,
        static: ReviewReport | None,
        *,
        effort: ReviewEffort,
        thread: str | None,
    ) -> AbstractAsyncContextManager[OpenReview]:
        """Return the review as a context; the changes and what was found are None where a thread is gone on with."""
        ...


T = TypeVar("T")


class Stoppable(Protocol):
    """Runs some work that the user can stop."""

    async def __call__(self, work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine takes and yields
        """Return what comes of the work.

        Raises:
            TurnCancelledError: If it was stopped.
        """
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking a model.

    Attributes:
        report: The report, valid however the review ended.
        changes: What was reviewed.
        stopped: Whether the user ended it.
    """

    report: ReviewReport
    changes: Changes
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """How a model is asked.

    Attributes:
        effort: How much is spent.
        choices: What the command line says of the model.
        named: Whether the user named the model or how much to spend now: then it is an error where there is none.
        live: Whether somebody watches, so that each piece and each finding is told as it comes.
        tell: Shows lines.
        opener: Opens the review.
    """

    effort: ReviewEffort
    choices: "Choices"
    named: bool
    live: bool
    tell: Callable[[str], None]
    opener: Opener

    async def review(self, place: "Place", changes: Changes, static: ReviewReport, stoppable: Stoppable) -> Asked:
        """Review a change; without a model that answers, what was found without one stays.

        Raises:
            ModelAPIError: If the user named a model that cannot be used.
            VivekError: If the thread, a database or a setting cannot be used.
        """
        if self.live:
            self.tell("looking for a model; Ctrl-C leaves what was found without one")
        try:
            choices = self.choices if self.named else await stoppable(_found(place, self.choices))
            if choices is not None:
                return await self._through(place, choices, (changes, static), None, stoppable)
            self.tell("no model reads it: none was found here; `--no-model` does not look for one")
        except TurnCancelledError:
            return _stopped_before(changes, static)
        except ModelAPIError as error:
            if self.named:
                raise
            self.tell(problem(f"no model reads it: {error.message}"))
        return Asked(static, changes)

    async def resume(self, place: "Place", thread: str, stoppable: Stoppable) -> Asked:
        """Go on with a review of earlier; of one that is at its end the report is there without a model.

        Raises:
            ThreadError: If there is no such thread, or it is no review.
            VivekError: As `review` does.
        """
        from vivek.session.doors.review_kept import finished_review

        done = finished_review(place, thread)
        if done is not None:
            changes, report = done
            return Asked(report, changes)
        return await self._through(place, self.choices, None, thread, stoppable)

    async def _through(
        self,
        place: "Place",
        choices: "Choices",
        looked: tuple[Changes, ReviewReport] | None,
        thread: str | None,
        stoppable: Stoppable,
    ) -> Asked:
        course = _Course(self)
        changes, static = looked or (None, None)
        opened = self.opener(place, choices, changes, static, effort=self.effort, thread=thread)
        with suppress(TurnCancelledError):
            await stoppable(course.follow(opened))
        if course.report is not None and course.changes is not None:
            return Asked(course.report, course.changes, stopped=course.stopped)
        if looked is None:  # the thread was not even open
            raise KeyboardInterrupt
        return _stopped_before(*looked)


async def _found(place: "Place", choices: "Choices") -> "Choices | None":
    """Return the choices with the model to ask, where nothing names it; None where there is none."""
    from vivek.session.settings import load_settings

    if choices.found or load_settings(place, choices).model.reviewer is not None:
        return choices
    return await find_model(place, choices)


def _stopped_before(changes: Changes, static: ReviewReport) -> Asked:
    told = (*static.told, "No model read it: the review was stopped before.")
    return Asked(replace(static, status="incomplete", told=told), changes, stopped=True)


class _Course:
    """One review on its way: what it is about, and what came of it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.report: ReviewReport | None = None
        self.changes: Changes | None = None
        self.stopped = False

    async def follow(self, opened: AbstractAsyncContextManager[OpenReview]) -> None:
        """Tell what comes until the review ends; when it is cancelled, what was read by then is kept."""
        tell = self._asking.tell
        async with opened as review:
            self.changes = review.changes
            first = cost_line(review.cost, review.model)
            self.report, self.stopped = await follow(review, first, tell, lambda event: self._take(event, review))

    def _take(self, event: object, review: OpenReview) -> ReviewReport | None:
        tell, live = self._asking.tell, self._asking.live
        match event:
            case ReviewEnded():
                return event.report
            case ReviewPlanned() if event.cost != review.cost:
                tell(cost_line(event.cost, review.model))
            case ChunkRead() if live:
                tell(read_line(event))
            case FindingVerified() if live:
                tell(found_line(event.finding))
        return None
