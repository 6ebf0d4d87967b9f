"""What a project's turns and calls cost, from `metrics.db`: no model, no graph."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from vivek.errors import ConfigError
from vivek.metrics.report import build_report
from vivek.metrics.tables import FILE_NAME, open_metrics
from vivek.schema.metrics import CallFigures, Course, Grouping, MetricsReport, TurnFigures
from vivek.session.place import Place, prepare_data
from vivek.workspace.database_errors import translate_database_errors

_AGO = re.compile(r"([0-9]{1,6})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_metrics(
    place: Place, *, since: float | None = None, thread: str | None = None, by: Grouping = "model"
) -> MetricsReport:
    """Return what was measured here; an empty report where nothing was yet.

    Args:
        place: The project.
        since: Seconds since the epoch; older turns do not count.
        thread: The whole id of the only thread that counts.
        by: What figures are grouped by.

    Raises:
        WorkspaceError: If the metrics cannot be read.
    """
    path = place.data / FILE_NAME
    if not path.exists():
        return MetricsReport(since, thread, by, TurnFigures(), CallFigures(), (), Course())
    prepare_data(place)
    with translate_database_errors(path), closing(open_metrics(place.data).connection) as db:
        return build_report(db, since=since, thread=thread, by=by)


def parse_since(text: str, *, now: Callable[[], float] = time.time) -> float:
    """Return when a report begins, in seconds since the epoch.

    Args:
        text: So long ago (`30m`, `12h`, `7d`, `2w`), or a date or time as ISO 8601 writes it (`2026-11-01`).
        now: Seconds since the epoch.

    Raises:
        ConfigError: If it is neither.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])}).total_seconds()
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        msg = f"`{text}` is no time to begin at."
        raise ConfigError(msg, hint="Write it as `12h`, `7d`, `2w` or as a date, `2026-11-01`.") from error
