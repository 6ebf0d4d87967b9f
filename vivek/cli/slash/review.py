"""`/review`: what tools and vivek's own rules find in what changed; no model is asked, and none sees it."""

import asyncio
import time
from typing import TYPE_CHECKING

from vivek.cli.keys import Interrupts
from vivek.cli.render.review import Limits, choose
from vivek.cli.render.review_text import short_lines
from vivek.cli.render.safe_text import problem
from vivek.cli.slash.desk import Desk
from vivek.errors import TurnCancelledError
from vivek.schema.changes import ScopeWish

if TYPE_CHECKING:
    from vivek.schema.findings import ReviewReport
    from vivek.session.place import Place

_MOST = 10


async def review(desk: Desk, words: str) -> None:
    """Review the working tree, or the paths that are named; where nothing is changed there, the branch.

    Raises:
        ConfigError: If there is nothing to compare with.
        WorkspaceError: If git or a file cannot be read.
    """
    try:
        work = asyncio.to_thread(_reviewed, desk.place, tuple(words.split()))
        report = await Interrupts(time.monotonic).run(work)
    except TurnCancelledError:
        desk.tell("stopped")
        return
    told = [problem(each) for each in report.told]
    lines = short_lines(report, choose(report, Limits("medium", most=_MOST)))
    more = [] if report.status == "empty" else ["hint: `vivek review --all` shows them with their code and fixes"]
    desk.tell("\n".join([*told, *lines, *(more if report.findings else [])]))


def _reviewed(place: "Place", paths: tuple[str, ...]) -> "ReviewReport":
    from vivek.session.doors.review import collect_changes, review_static
    from vivek.session.doors.review_settling import settle

    changes = collect_changes(place, ScopeWish(paths=paths))
    return settle(place, changes, review_static(place, changes))
