"""Events and reports as JSON for machines: pure ASCII, so that any encoding and any terminal can take it.

Unknown figures are null; a number that JSON does not know is null too.
"""

import json
import math
from collections.abc import Sequence
from typing import TextIO

from vivek.schema.events import Event, TurnDone, event_as_plain
from vivek.schema.plain import as_plain
from vivek.schema.report import TurnReport

VERSION = 1


def dump(value: object) -> str:
    """Return one line of JSON."""
    return json.dumps(_finite(value), allow_nan=False)


def report_object(report: TurnReport) -> dict[str, object]:
    """Return a report as the object that `--format json` prints; the keys are a promise."""
    return {
        "version": VERSION,
        "thread_id": report.thread_id or None,
        "status": report.status,
        "answer": report.answer,
        "changes": as_plain(report.changes),
        "diff": report.diff,
        "checks": as_plain(report.checks),
        "review": as_plain(report.review),
        "usage": as_plain(report.usage),
        "model": report.model or None,
        "error": as_plain(report.error),
        "answered_by": report.answered_by or None,
        "shortened": report.shortened,
        "question": as_plain(report.question),
        "reply": report.reply or None,
    }


class JsonLines:
    """Writes every event as one line as it happens; the report that ends a turn is the caller's to write."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, event: Event) -> None:
        """Write an event."""
        if not isinstance(event, TurnDone):
            self._out.write(dump(event_as_plain(event)) + "\n")
            self._out.flush()

    def tick(self) -> None:
        """Do nothing: every line is out already."""

    def close(self) -> None:
        """Do nothing: every line is out already."""

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Show nothing: there is no line to draw anew."""

    def tell(self, text: str) -> None:
        """Do nothing: standard output holds events only."""


class Silent:
    """Shows nothing: for callers that want the report alone."""

    def show(self, event: Event) -> None:
        """Do nothing."""

    def tick(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Show nothing: there is no line to draw anew."""

    def tell(self, text: str) -> None:
        """Do nothing."""


def _finite(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(key): _finite(item) for key, item in value.items()}
        case list():
            return [_finite(item) for item in value]
        case _:
            return value
