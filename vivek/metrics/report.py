"""Adds up what `metrics.db` holds: totals, groups, percentiles and their course over time. Reads only."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median
from typing import TypeVar

from vivek.schema.metrics import (
    CallFigures,
    Course,
    Grouping,
    MetricsGroup,
    MetricsReport,
    Spread,
    TurnFigures,
)

Number = TypeVar("Number", int, float)

SLICES = 24
"""Parts into which the time that a report covers is cut."""

_TURNS = (
    "SELECT CAST(id AS INTEGER), CAST(started AS REAL), CAST(thread AS TEXT), CAST(model AS TEXT), "
    "CAST(status AS TEXT), CAST(seconds AS REAL), CAST(applied AS INTEGER), CAST(refused AS INTEGER), "
    "CAST(passed AS INTEGER), CAST(failed AS INTEGER), CAST(skipped AS INTEGER) FROM turns"
)
_CALLS = (
    "SELECT calls.turn, CAST(calls.node AS TEXT), CAST(calls.model AS TEXT), CAST(prompt AS INTEGER), "
    "CAST(cached AS INTEGER), CAST(completion AS INTEGER), CAST(load AS REAL), CAST(prefill AS REAL), "
    "CAST(decode AS REAL), CAST(calls.seconds AS REAL), CAST(first_token AS REAL), CAST(finish AS TEXT), "
    "CAST(cost AS REAL) FROM calls JOIN turns ON turns.id = calls.turn"
)
_VERDICTS = "SELECT verdicts.turn, CAST(score AS REAL) FROM verdicts JOIN turns ON turns.id = verdicts.turn"


@dataclass(frozen=True, slots=True)
class _Turn:
    id: int
    started: float
    thread: str
    model: str
    status: str
    seconds: float
    applied: int
    refused: int
    passed: int
    failed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Call:
    turn: int
    node: str
    model: str
    prompt: int | None
    cached: int | None
    completion: int | None
    load: float | None
    prefill: float | None
    decode: float | None
    seconds: float
    first_token: float | None
    finish: str | None
    cost: float | None

    @property
    def rate(self) -> float | None:
        """Tokens a second."""
        return self.completion / self.decode if self.completion and self.decode else None


@dataclass(frozen=True, slots=True)
class _Verdict:
    turn: int
    score: float | None


@dataclass(frozen=True, slots=True)
class _Group:
    turns: list[_Turn] = field(default_factory=list)
    calls: list[_Call] = field(default_factory=list)
    verdicts: list[_Verdict] = field(default_factory=list)


def build_report(
    db: sqlite3.Connection, *, since: float | None = None, thread: str | None = None, by: Grouping = "model"
) -> MetricsReport:
    """Add up what a project's metrics hold.

    Args:
        db: The open metrics.
        since: Seconds since the epoch; older turns do not count.
        thread: The only thread that counts.
        by: What figures are grouped by.
    """
    where = " WHERE (?1 IS NULL OR started >= ?1) AND (?2 IS NULL OR thread = ?2)"
    limits = (since, thread)
    turns = [_Turn(*row) for row in db.execute(f"{_TURNS}{where} ORDER BY id", limits)]
    calls = [_Call(*row) for row in db.execute(f"{_CALLS}{where} ORDER BY calls.rowid", limits)]
    verdicts = [_Verdict(*row) for row in db.execute(f"{_VERDICTS}{where}", limits)]
    return MetricsReport(
        since=since,
        thread=thread,
        by=by,
        turns=_turn_figures(turns, verdicts),
        calls=_call_figures(calls),
        groups=_groups(turns, calls, verdicts, by),
        course=_course(turns, calls),
    )


def spread(values: Sequence[float], *, high_is_good: bool = False) -> Spread:
    """Return the median and the tails of figures, each a figure that occurred."""
    ranked = sorted(values, reverse=high_is_good)
    if not ranked:
        return Spread()
    p50, p95, p99 = (ranked[max(0, -(-len(ranked) * percent // 100) - 1)] for percent in (50, 95, 99))
    return Spread(p50, p95, p99, len(ranked))


def _turn_figures(turns: Sequence[_Turn], verdicts: Sequence[_Verdict]) -> TurnFigures:
    rounds: dict[int, int] = defaultdict(int)
    for said in verdicts:
        rounds[said.turn] += 1
    scores = [said.score for said in verdicts if said.score is not None]
    return TurnFigures(
        turns=len(turns),
        statuses=dict(Counter(turn.status for turn in turns).most_common()),
        seconds=spread([turn.seconds for turn in turns if turn.status != "cancelled"]),
        edits_applied=sum(turn.applied for turn in turns),
        edits_refused=sum(turn.refused for turn in turns),
        checks_passed=sum(turn.passed for turn in turns),
        checks_failed=sum(turn.failed for turn in turns),
        checks_skipped=sum(turn.skipped for turn in turns),
        reviews=len(verdicts),
        score=fmean(scores) if scores else None,
        iterations=fmean(rounds.values()) if rounds else None,
    )


def _call_figures(calls: Sequence[_Call]) -> CallFigures:
    counted = [call for call in calls if call.prompt is not None and call.completion is not None]
    both = [(call.cached, call.prompt) for call in calls if call.cached is not None and call.prompt]
    rates = [rate for call in calls if (rate := call.rate) is not None]
    return CallFigures(
        calls=len(calls),
        counted=len(counted),
        prompt_tokens=_sum(call.prompt for call in counted),
        cached_share=sum(cached for cached, _ in both) / sum(prompt for _, prompt in both) if both else None,
        completion_tokens=_sum(call.completion for call in counted),
        first_token=spread([call.first_token for call in calls if call.first_token is not None]),
        tokens_per_second=spread(rates, high_is_good=True),
        load_seconds=_sum(call.load for call in calls),
        prefill_seconds=_sum(call.prefill for call in calls),
        decode_seconds=_sum(call.decode for call in calls),
        cost=_sum(call.cost for call in calls),
        cut=sum(call.finish == "length" for call in calls),
    )


def _sum(values: Iterable[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


def _groups(
    turns: Sequence[_Turn], calls: Sequence[_Call], verdicts: Sequence[_Verdict], by: Grouping
) -> tuple[MetricsGroup, ...]:
    turn_names = {turn.id: _name(turn, by) for turn in turns}
    grouped: dict[str, _Group] = defaultdict(_Group)
    for turn in turns if by != "node" else ():
        grouped[turn_names[turn.id]].turns.append(turn)
    for said in verdicts if by != "node" else ():
        grouped[turn_names[said.turn]].verdicts.append(said)
    for call in calls:
        own = {"node": call.node, "model": call.model}
        grouped[own.get(by, turn_names[call.turn])].calls.append(call)
    made = [
        MetricsGroup(name, _call_figures(each.calls), _turn_figures(each.turns, each.verdicts) if each.turns else None)
        for name, each in grouped.items()
    ]
    if by == "day":
        return tuple(sorted(made, key=lambda group: group.name))
    return tuple(sorted(made, key=_weight, reverse=True))


def _name(turn: _Turn, by: Grouping) -> str:
    match by:
        case "thread":
            return turn.thread
        case "day":
            return datetime.fromtimestamp(turn.started).astimezone().date().isoformat()
        case _:
            return turn.model


def _weight(group: MetricsGroup) -> tuple[int, int]:
    calls = group.calls
    return (calls.prompt_tokens or 0) + (calls.completion_tokens or 0), calls.calls


def _course(turns: Sequence[_Turn], calls: Sequence[_Call]) -> Course:
    if not turns:
        return Course()
    first, last = min(turn.started for turn in turns), max(turn.started for turn in turns)
    size = max(1.0, (last - first) / SLICES)
    slices = {turn.id: min(SLICES - 1, int((turn.started - first) / size)) for turn in turns}
    count = max(slices.values()) + 1

    def medians(figures: Iterable[tuple[int, float | None]]) -> tuple[float | None, ...]:
        found: list[list[float]] = [[] for _ in range(count)]
        for turn, value in figures:
            if value is not None:
                found[slices[turn]].append(value)
        return tuple(median(each) if each else None for each in found)

    return Course(
        slice_seconds=size,
        first_token=medians((call.turn, call.first_token) for call in calls),
        tokens_per_second=medians((call.turn, call.rate) for call in calls),
        turn_seconds=medians((turn.id, turn.seconds) for turn in turns if turn.status != "cancelled"),
    )
