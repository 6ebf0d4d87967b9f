"""Metrics as plain text, CSV and JSON; what nobody knows is a dash, an empty field, null."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from vivek.cli.render.safe_text import fit, one_line, width_of
from vivek.schema.metrics import Course, MetricsGroup, MetricsReport, Spread

_BARS = "▁▂▃▄▅▆▇█"
_UNKNOWN = "-"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_COLUMNS = (
    "name", "turns", "calls", "counted_calls", "prompt_tokens", "cached_share", "completion_tokens",
    "first_token_p50", "first_token_p95", "first_token_p99", "tokens_per_second_p50", "tokens_per_second_p95",
    "tokens_per_second_p99", "turn_seconds_p50", "turn_seconds_p95", "turn_seconds_p99", "edits_applied",
    "edits_refused", "checks_passed", "checks_failed", "checks_skipped", "reviews", "score", "iterations", "cost",
)  # fmt: skip
_HEADS = ("TURNS", "CALLS", "READ", "CACHED", "WRITTEN", "FIRST TOKEN", "TOK/S", "TURN")
_LEFT_OUT = ("WRITTEN", "CACHED", "CALLS", "TURNS", "READ", "TURN")  # on a narrow terminal, one after the other
_LEAST_NAME = 16
_LABEL, _CELL, _LEGEND = 12, 9, 56


def sparkline(values: Sequence[float | None]) -> str:
    """Return figures as a line of small bars from 0 to the largest; a blank where there is none."""
    known = [value for value in values if value is not None]
    most = max(known, default=0.0)
    if most <= 0:
        return "".join(" " if value is None else _BARS[0] for value in values)
    top = len(_BARS) - 1
    return "".join(" " if value is None else _BARS[round(value / most * top)] for value in values)


def metrics_text(report: MetricsReport, width: int | None = None) -> str:
    """Return a report for people.

    Args:
        report: What was measured.
        width: Columns of the terminal, None where nothing has to fit; bars and columns give way first.
    """
    turns, calls = report.turns, report.calls
    if not turns.turns and not calls.calls:
        return "Nothing was measured here yet." if report.since is None else "Nothing was measured here since then."
    course = report.course
    lines = [_scope(report), "", "".join([" " * _LABEL, *(f"{head:>{_CELL}}" for head in ("P50", "P95", "P99"))])]
    bars = len(course.turn_seconds)
    if width is not None and max(len(lines[-1]) + 2 + bars, _LEGEND if bars > 1 else 0) > width:
        course = Course()
    lines += [
        _spread("first token", calls.first_token, "s", course.first_token),
        _spread("tok/s", calls.tokens_per_second, "", course.tokens_per_second),
        _spread("turn", turns.seconds, "s", course.turn_seconds),
    ]
    if len(course.turn_seconds) > 1:
        lines.append(f"{'':<{_LABEL}}each bar is the median of {_span(course.slice_seconds)}, oldest first")
    lines += ["", *(f"{name:<9}{told}" for name, told in _totals(report) if told), ""]
    return "\n".join([*lines, *_table(report.groups, report.by, width)])


def metrics_csv(report: MetricsReport) -> str:
    """Return a line for each group below a line of names."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for group in report.groups:
        writer.writerow(["" if value is None else value for value in _cells(group)])
    return out.getvalue().rstrip("\n")


def _cells(group: MetricsGroup) -> Iterable[object]:
    calls, turns = group.calls, group.turns
    # A name from a file must not be a formula in a table program.
    name = one_line(group.name)
    yield f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
    yield from (turns.turns if turns else None, calls.calls, calls.counted)
    yield from (calls.prompt_tokens, calls.cached_share, calls.completion_tokens)
    for spread in (calls.first_token, calls.tokens_per_second, turns.seconds if turns else Spread()):
        yield from (spread.p50, spread.p95, spread.p99)
    if turns is None:
        yield from (None,) * 8
    else:
        yield from (turns.edits_applied, turns.edits_refused)
        yield from (turns.checks_passed, turns.checks_failed, turns.checks_skipped)
        yield from (turns.reviews, turns.score, turns.iterations)
    yield calls.cost


def _scope(report: MetricsReport) -> str:
    turns, calls = report.turns.turns, report.calls.calls
    told = f"{turns:,} turn{'s' if turns != 1 else ''} · {calls:,} model call{'s' if calls != 1 else ''}"
    if report.thread is not None:
        told += f" · thread {one_line(report.thread)}"
    if report.since is not None:
        told += f" · since {datetime.fromtimestamp(report.since).astimezone():%Y-%m-%d %H:%M}"
    return told


def _totals(report: MetricsReport) -> Iterable[tuple[str, str]]:
    turns, calls = report.turns, report.calls
    ended = turns.statuses.items()
    yield "turns", " · ".join(f"{count:,} {one_line(status).replace('_', ' ')}" for status, count in ended)
    if calls.prompt_tokens is not None:
        cached = f" ({calls.cached_share:.0%} from the cache)" if calls.cached_share is not None else ""
        known = f"; told for {calls.counted:,} of {calls.calls:,} calls" if calls.counted < calls.calls else ""
        yield "tokens", f"{calls.prompt_tokens:,} read{cached} · {calls.completion_tokens:,} written{known}"
    else:
        yield "tokens", "no server told them" if calls.calls else ""
    spent = (("load", calls.load_seconds), ("prefill", calls.prefill_seconds), ("decode", calls.decode_seconds))
    yield "time", " · ".join(f"{name} {_time(seconds)}" for name, seconds in spent if seconds is not None)
    yield "edits", _counted((turns.edits_applied, "applied"), (turns.edits_refused, "refused"))
    passed, failed = (turns.checks_passed, "passed"), (turns.checks_failed, "failed")
    yield "checks", _counted(passed, failed, (turns.checks_skipped, "skipped"))
    if turns.reviews:
        score = "none scored" if turns.score is None else f"mean score {turns.score:.2f}"
        yield "reviews", f"{turns.reviews:,} · {score} · {turns.iterations:.1f} a turn"
    yield "cut", f"{calls.cut:,} replies for want of room" if calls.cut else ""
    yield "cost", f"{calls.cost:.4f}, as the providers say" if calls.cost is not None else ""


def _counted(*counts: tuple[int, str]) -> str:
    return " · ".join(f"{count:,} {name}" for count, name in counts) if any(count for count, _ in counts) else ""


def _spread(name: str, spread: Spread, unit: str, course: Sequence[float | None]) -> str:
    cells = "".join(f"{_figure(value, unit):>{_CELL}}" for value in (spread.p50, spread.p95, spread.p99))
    line = f"  {sparkline(course)}" if len(course) > 1 else ""
    return f"{name:<{_LABEL}}{cells}{line}".rstrip()


def _table(groups: Sequence[MetricsGroup], by: str, width: int | None) -> list[str]:
    rows = [[by.upper(), *_HEADS], *([one_line(group.name), *_row(group)] for group in groups)]
    widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    if width is not None:
        least = min(widths[0], _LEAST_NAME)
        for head in _LEFT_OUT:
            if least + sum(2 + wide for wide in widths[1:]) <= width:
                break
            at = rows[0].index(head)
            rows = [[*row[:at], *row[at + 1 :]] for row in rows]
            widths.pop(at)
        widths[0] = max(least, min(widths[0], width - sum(2 + wide for wide in widths[1:])))
        rows = [[fit(row[0], widths[0]), *row[1:]] for row in rows]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blanks = " " * (width - width_of(cell))
        yield cell + blanks if column == 0 else blanks + cell


def _row(group: MetricsGroup) -> list[str]:
    calls, turns = group.calls, group.turns
    return [
        f"{turns.turns:,}" if turns else _UNKNOWN,
        f"{calls.calls:,}",
        _UNKNOWN if calls.prompt_tokens is None else f"{calls.prompt_tokens:,}",
        _UNKNOWN if calls.cached_share is None else f"{calls.cached_share:.0%}",
        _UNKNOWN if calls.completion_tokens is None else f"{calls.completion_tokens:,}",
        _figure(calls.first_token.p50, "s"),
        _figure(calls.tokens_per_second.p50, ""),
        _figure(turns.seconds.p50 if turns else None, "s"),
    ]


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return _UNKNOWN
    return f"{value:.{2 if value < 1 else 1}f}{' ' if unit else ''}{unit}"


def _time(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.1f} min"
    return f"{seconds / _HOUR:.1f} h"


def _span(seconds: float) -> str:
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
