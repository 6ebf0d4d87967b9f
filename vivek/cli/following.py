"""Follows a model that is asked piece by piece: which one, what is told meanwhile, what stays when it is stopped."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from vivek.cli.render.safe_text import problem
from vivek.schema.events import Notice

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

T = TypeVar("T")
ReportT_co = TypeVar("ReportT_co", covariant=True)


class OpenCourse(Protocol[ReportT_co]):
    """What of a thread that asks piece by piece is needed to follow it."""

    notices: tuple[Notice, ...]

    def run(self) -> AsyncIterator[object]:
        """Run; the last event brings the report."""
        ...

    async def so_far(self) -> ReportT_co:
        """Return the valid report of what was answered by now."""
        ...


async def follow(
    course: OpenCourse[T], first: str, tell: Callable[[str], None], take: Callable[[object], T | None]
) -> tuple[T | None, bool]:
    """Tell what comes until it ends; return the report, and whether it was cancelled: then it is that of what came.

    Args:
        course: What is followed; it is open.
        first: What is told before anything is asked.
        tell: Shows lines.
        take: Takes each event but notices, and returns the report that it brings.
    """
    report: T | None = None
    for notice in course.notices:
        tell(problem(notice.text, notice.hint))
    tell(first)
    try:
        async for event in course.run():
            if isinstance(event, Notice):
                tell(problem(event.text, event.hint))
            else:
                report = take(event) or report
    except asyncio.CancelledError:
        return await course.so_far(), True
    return report, False


async def find_model(place: "Place", choices: "Choices") -> "Choices | None":
    """Return the choices with the model to ask, where nothing names it; None where there is none."""
    from vivek.session.models.picking import load_candidates, ranked

    candidates = await load_candidates(place, choices)
    if candidates is None:
        return choices
    models = ranked(candidates)
    if not models:
        return None
    from vivek.session.models.using import address_of

    return replace(choices, found=models[0].name, found_at=address_of(models[0]))


def tell(text: str) -> None:
    """Show a line to whoever waits, at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
