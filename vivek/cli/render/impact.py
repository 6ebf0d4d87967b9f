"""What breaks, why one module needs another, and where to begin reading: as lines for people."""

from collections.abc import Iterator, Sequence

from vivek.cli.render.architecture import counted, edge_line, place_of, some
from vivek.cli.render.safe_text import one_line
from vivek.schema.impact import Dependant, Impact, ImportWay, Tour
from vivek.schema.plain import as_plain

_MOST = 20  # users of a name that are named
_FURTHER = 10  # modules at each further distance
_LINES = 4


def impact_lines(impact: Impact) -> Iterator[str]:
    """Yield what a change may break: who uses the name itself, then what depends on those, step by step."""
    yield f"{one_line(impact.subject)} ({one_line(impact.kind)}, {place_of(impact.place)})"
    direct = [each for each in impact.dependants if each.steps == 1]
    further = len(impact.dependants) - len(direct)
    if not impact.dependants:
        yield "  nothing is known to use it"
    else:
        yield f"  {counted(len(direct), 'file uses', 'files use')} it, {further:,} more depend on those"
        tests = len(impact.tests)
        yield f"  {counted(tests, 'test file', 'test files')} among them{f': {some(impact.tests)}' if tests else ''}"
    for steps, near in _by_steps(impact.dependants):
        yield ""
        yield "used in" if steps == 1 else f"{steps:,} steps away"
        most = _MOST if steps == 1 else _FURTHER
        yield from (f"  {_dependant(each)}" for each in near[:most])
        if len(near) > most:
            yield f"  and {len(near) - most:,} more"
    yield from (f"note: {one_line(note, 400)}" for note in impact.notes)


def way_lines(way: ImportWay) -> Iterator[str]:
    """Yield the imports that lead from one module to another, and those that lead back."""
    start, end = one_line(way.start), one_line(way.end)
    if not way.edges:
        yield f"{start} does not import {end}, neither itself nor by way of others"
    else:
        yield f"{start} needs {end} by {counted(len(way.edges), 'import')}:"
        yield from (f"  {edge_line(edge)}" for edge in way.edges)
    if way.back:
        around = ", which closes a cycle" if way.edges else ""
        yield f"{end} needs {start} by {counted(len(way.back), 'import')}{around}:"
        yield from (f"  {edge_line(edge)}" for edge in way.back)


def tour_lines(tour: Tour) -> Iterator[str]:
    """Yield the files to read, one after the other, each with why."""
    if not tour.stops:
        yield "There is no code here that is read."
    else:
        yield f"{len(tour.stops):,} of {counted(tour.total, 'module')}, in the order to read them:"
    for at, stop in enumerate(tour.stops, 1):
        names = f": {', '.join(map(one_line, stop.names))}" if stop.names else ""
        yield f"{at:>3}. {one_line(stop.path)} ({counted(stop.lines, 'line')}){names}"
        yield f"     {one_line(stop.why)}"
    yield from (f"note: {one_line(note, 400)}" for note in tour.notes)


def _dependant(each: Dependant) -> str:
    role = f" ({one_line(each.role)})" if each.role not in ("source", "") else ""
    through = f", by way of {one_line(each.through)}" if each.through else ""
    more = ", …" if len(each.lines) > _LINES else ""
    lines = f":{','.join(map(str, each.lines[:_LINES]))}{more}" if each.lines else ""
    return f"{one_line(each.path)}{lines}{role}{through}"


def _by_steps(dependants: Sequence[Dependant]) -> Iterator[tuple[int, list[Dependant]]]:
    steps: dict[int, list[Dependant]] = {}
    for each in dependants:
        steps.setdefault(each.steps, []).append(each)
    yield from sorted(steps.items())


def plain_object(value: object) -> dict[str, object]:
    """Return one of these values as the object that `--format json` prints; the keys are a promise."""
    plain = as_plain(value)
    return plain if isinstance(plain, dict) else {}
