"""One `vivek review`: look without a model, ask one where there is one, settle, mend, write."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vivek.cli.following import tell
from vivek.cli.keys import Interrupts
from vivek.cli.options import look_at_terminal
from vivek.cli.render.review import Limits, choose
from vivek.cli.render.safe_text import problem
from vivek.cli.reviewing.asking import Asked, Asking, OpenReview
from vivek.cli.reviewing.forms import MOST
from vivek.cli.reviewing.writing import Writing
from vivek.errors import ConfigError
from vivek.schema.changes import Changes, ScopeWish
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import ReviewEffort

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is done with a review.

    Attributes:
        writing: How it is written.
        choices: What the command line says of the model; None where none is asked.
        effort: How much the model is asked, None where the user did not say.
        thread: The review that is gone on with, None for a new one.
        baseline: The file of the baseline.
        update: Whether that is written.
        reports: What other tools wrote.
        fix: Whether its fixes are gone through.
        yes: Whether nothing is asked of them.
    """

    writing: Writing
    choices: "Choices | None"
    effort: ReviewEffort | None = None
    thread: str | None = None
    baseline: Path | None = None
    update: bool = False
    reports: Sequence[bytes] = ()
    fix: bool = False
    yes: bool = False


def run_review(place: "Place", wish: ScopeWish, wanted: Wanted) -> int:
    """Review, and return the exit code.

    Args:
        place: The project.
        wish: What is looked at; it does not count where a thread is gone on with.
        wanted: What is done with it.

    Raises:
        VivekError: If something the user named cannot be used.
        SignalledError: If a signal asked the process to end; what was found by then is written.
    """
    from vivek.session.doors.review_settling import settle

    interrupts = Interrupts(time.monotonic)
    asked = _reviewed(place, wish, wanted, interrupts)
    report = settle(place, asked.changes, asked.report, baseline=wanted.baseline, update=wanted.update)
    for said in report.told:
        tell(problem(said))
    stopped = asked.stopped
    if wanted.fix and not stopped:
        report, stopped = _mended(place, asked.changes, report, wanted)
    code = wanted.writing.write(report)
    interrupts.leave()
    return _INTERRUPTED if stopped else code


def go_on_review(place: "Place", choices: "Choices", thread: str, form: str, *, seconds: float | None) -> int:
    """Go on with a review as `vivek threads resume` does, and return the exit code.

    Raises:
        ConfigError: If it is asked for in a way that only turns have.
        VivekError: If it cannot be gone on with.
    """
    if form != "text" or seconds is not None:
        msg = f"Thread {thread} is a review: it has neither the forms nor the time limit of a turn."
        raise ConfigError(msg, hint=f"`vivek review --thread {thread}` knows `--format json` and others.")
    writing = Writing("text", None, Limits("medium", most=MOST, known=False), whole=False, fail_on=None)
    return run_review(place, ScopeWish(), Wanted(writing, choices, thread=thread))


def _reviewed(place: "Place", wish: ScopeWish, wanted: Wanted, interrupts: Interrupts) -> Asked:
    """Return what is found, by a model as well where one is to be asked and answers."""
    from vivek.session.doors.review import collect_changes, ingest, review_static

    if wanted.thread is not None and wanted.choices is not None:
        from vivek.session.doors.review_kept import finished_review

        finished = finished_review(place, wanted.thread)
        if finished is not None:
            return Asked(finished[1], finished[0])
        return asyncio.run(_asking(wanted, wanted.choices).resume(place, wanted.thread, interrupts.run))
    changes = _own_aside(collect_changes(place, wish), place, wanted)
    told = [each for data in wanted.reports for each in ingest(place, data)]
    static = review_static(place, changes, told=told)
    if wanted.choices is None or not any(receipt.read_by for receipt in static.receipts):
        return Asked(static, changes)
    kept = _kept(place, changes, static, wanted, wanted.choices)
    if kept is not None:
        return Asked(kept, changes)
    return asyncio.run(_asking(wanted, wanted.choices).review(place, changes, static, interrupts.run))


def _own_aside(changes: Changes, place: "Place", wanted: Wanted) -> Changes:
    """Set aside what this command writes itself: each run would find something new in what the one before wrote."""
    named = (wanted.baseline, Path(wanted.writing.output) if wanted.writing.output else None)
    own = {Path.cwd() / path for path in named if path is not None}
    files = (
        replace(file, hunks=(), old_text=None, new_text=None, aside="written by reviews")
        if place.root / file.path in own
        else file
        for file in changes.files
    )
    return replace(changes, files=tuple(files)) if own else changes


def _kept(
    place: "Place", changes: Changes, static: ReviewReport, wanted: Wanted, choices: "Choices"
) -> ReviewReport | None:
    """Return the review of the very same change, where it was made before; no graph is loaded for it."""
    from vivek.session.doors.review_kept import kept_review
    from vivek.session.settings import load_settings

    named = load_settings(place, choices).model
    return kept_review(
        place, changes, static, effort=wanted.effort or "quick", model=choices.model or named.reviewer or named.name
    )


def _asking(wanted: Wanted, choices: "Choices") -> Asking:
    named = choices.model is not None or wanted.effort is not None
    live = look_at_terminal().shows
    return Asking(wanted.effort or "quick", choices, named, live, tell, _opened)


def _opened(
    place: "Place",
    choices: "Choices",
    changes: Changes | None,
    static: ReviewReport | None,
    *,
    effort: ReviewEffort,
    thread: str | None,
) -> AbstractAsyncContextManager[OpenReview]:
    """Open a review; what it needs is loaded now and not before, because there may be no model to ask."""
    from vivek.session.piecewise.review import open_review

    return open_review(place, choices, changes, static, effort=effort, thread=thread)


def _mended(place: "Place", changes: Changes, report: ReviewReport, wanted: Wanted) -> tuple[ReviewReport, bool]:
    """Go through the fixes of what is shown; return what is left, and whether Ctrl-C ended it."""
    from vivek.cli.reviewing.mending import mend
    from vivek.session.doors.review_settling import without_fixed

    shown = choose(report, wanted.writing.limits).findings
    mended = mend(place, changes, shown, yes=wanted.yes)
    return without_fixed(report, changes, mended.outcomes), mended.stopped
