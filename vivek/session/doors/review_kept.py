"""Finds reviews by a model that are done already: no model, no graph, no network."""

import json

from vivek.errors import ThreadError
from vivek.schema.changes import Changes
from vivek.schema.findings import ReviewReport
from vivek.schema.plain import from_plain
from vivek.schema.reviewing import ReviewEffort
from vivek.session.place import Place
from vivek.session.reviewing.answers import open_answers
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
    key = load_questions(place, effort).key(changes, static)
    with open_answers() as answers:
        text = answers.report(key, model)
    try:
        return None if text is None else from_plain(ReviewReport, json.loads(text))
    except (ValueError, RecursionError):
        return None  # of another vivek


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
    from vivek.session.threads.heads import open_heads
    from vivek.session.threads.index import ThreadIndex
    from vivek.workspace.store import Store

    with ThreadIndex.open() as index:
        found = index.find(thread, place.root)
    if found.kind != "review":
        msg = f"Thread {found.id} is no review."
        raise ThreadError(msg, hint=f"`vivek threads resume {found.id}` goes on with it.")
    with open_heads(place.data) as heads:
        ids = heads.ids(found.id)
        saved = heads.head(ids[-1], found.id).saved(found.id) if ids else None
    plan, report = (saved.turn.get("plan"), saved.turn.get("report")) if saved is not None else (None, None)
    if not isinstance(plan, str) or not isinstance(report, str):
        return None
    with Store.open(place.data) as store:
        return REVIEW.unpack(Plan, store.get_text(plan)).changes, REVIEW.unpack(ReviewReport, store.get_text(report))
