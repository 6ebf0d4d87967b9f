"""Finds reviews by a model that are done already: no model, no graph, no network."""

from vivek.schema.changes import Changes
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import ReviewEffort
from vivek.session.doors.kept_reports import kept_report, texts_of_finished
from vivek.session.place import Place
from vivek.session.reviewing.questions import load_questions


def kept_review(
    place: Place, changes: Changes, static: ReviewReport, *, effort: ReviewEffort, model: str | None
) -> ReviewReport | None:
    """Return the whole report of the same change, effort and questions from earlier, or None.

    Args:
        place: The project.
        changes: What is reviewed.
        static: What was found in it without a model.
        effort: How much is spent.
        model: `provider/model`, None for whoever read it last.

    Raises:
        ConfigError: If a template or a rule that counts cannot be used.
    """
    return kept_report(ReviewReport, load_questions(place, effort).key(changes, static), model)


def finished_review(place: Place, thread: str) -> tuple[Changes, ReviewReport] | None:
    """Return what a thread's review was about, and its report; None where it is not at its end.

    Args:
        place: The project.
        thread: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, it is no review, or its report cannot be read.
        WorkspaceError: If a database cannot be used.
    """
    # What a repeated review does without is not loaded for it.
    from vivek.flows.piecewise import REVIEW
    from vivek.flows.review.packing import Plan

    texts = texts_of_finished(place, thread, REVIEW, "plan", "report")
    if texts is None:
        return None
    plan, report = texts
    return REVIEW.unpack(Plan, plan).changes, REVIEW.unpack(ReviewReport, report)
