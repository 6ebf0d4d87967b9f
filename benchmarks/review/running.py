"""Has a case reviewed as a user would: a repository with the old version in it, the new one in the working tree."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.review.cases import Case
from benchmarks.review.scoring import Outcome, is_misplaced, is_outside, judged
from vivek.providers.base import Provider
from vivek.schema.changes import Changes, ScopeWish
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import ReviewEffort, ReviewEnded
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.place import Place, open_place

_WHO = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false")


def make_repository(root: Path, case: Case, environment: Mapping[str, str]) -> None:
    """Make the repository of a case."""
    root.mkdir(parents=True)
    for file in case.files:
        if file.old is not None:
            place = root / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.old.text, encoding="utf-8")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), (*_WHO, "commit", "-q", "-m", "before")):
        subprocess.run(["git", *arguments], cwd=root, env=dict(environment), check=True)
    for file in case.files:
        place = root / file.path
        if file.new is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.new.text, encoding="utf-8")


def look_at(root: Path) -> tuple[Place, Changes, ReviewReport]:
    """Return what the review of a working tree finds without a model."""
    place = open_place(root)
    changes = collect_changes(place, ScopeWish())
    return place, changes, review_static(place, changes, cached=False)


async def ask_about(
    root: Path, choices: Choices, *, effort: ReviewEffort, provider: Provider | None = None
) -> tuple[Changes, ReviewReport]:
    """Return what the review of a working tree finds with a model.

    Args:
        root: The repository.
        choices: Which model.
        effort: How much is spent.
        provider: A provider to use in place of the chosen one.
    """
    from vivek.session.piecewise.review import open_review

    place, changes, static = look_at(root)
    report = static
    async with open_review(place, choices, changes, static, effort=effort, provider=provider) as review:
        async for event in review.run():
            if isinstance(event, ReviewEnded):
                report = event.report
    return changes, report


def outcome_of(case: Case, changes: Changes, report: ReviewReport) -> Outcome:
    """Return what a report of a case is worth."""
    right, wrong = judged(case, report.findings)
    return Outcome(
        case,
        right,
        wrong,
        misplaced=sum(is_misplaced(changes, each) for each in report.findings),
        outside=sum(is_outside(changes, each) for each in report.findings),
        dropped=report.dropped,
        calls=report.calls,
        tokens=report.tokens,
        seconds=report.seconds,
    )
