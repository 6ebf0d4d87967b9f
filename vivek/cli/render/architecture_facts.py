"""What is to be known of an architecture first, a line each."""

from collections.abc import Callable, Iterator, Sequence

from vivek.cli.render.architecture import (
    counted,
    entries,
    entry_of,
    is_beginning,
    is_untested,
    percent,
    sections_of,
    some,
    way_of,
)
from vivek.cli.render.architecture_parts import day_of
from vivek.cli.render.safe_text import one_line
from vivek.schema.architecture import Architecture, Focus

_NAMES = 4


def head_line(report: Architecture) -> str:
    """Return what a report is about, and how large that is."""
    lines = sum(each.lines for each in report.languages)
    size = f"{counted(len(report.modules), 'module')}, {counted(lines, 'line')} of code"
    return f"{one_line(report.extent.told)}: {size}, {counted(len(report.imports), 'import')}"


def facts(report: Architecture, focus: Focus) -> Iterator[tuple[str, str, str]]:
    """Yield what is to be known first: the section, its name, and a line that is safe to show."""
    chosen = sections_of(focus)
    for section, name, tell in _ROWS:
        told = tell(report) if section in chosen else ""
        if told:
            yield section, name, told


def _languages(report: Architecture) -> str:
    return ", ".join(f"{one_line(each.name)} {percent(each.share)}" for each in report.languages[:6])


def _entries(report: Architecture) -> str:
    every = entries(report)
    first = sum(map(is_beginning, every)) or _NAMES  # what else can be run would only hide them
    return some(map(entry_of, every), min(first, _NAMES))


def _packages(report: Architecture) -> str:
    into: dict[str, int] = {}
    for edge in report.packages:
        into[edge.target] = into.get(edge.target, 0) + edge.weight
    names = {name for edge in report.packages for name in (edge.source, edge.target)}
    top = sorted(into, key=lambda name: (-into[name], name))[:3]
    used = f", most used: {', '.join(one_line(name) for name in top)}" if top else ""
    return f"{len(names):,}{used}" if names else ""


def _hubs(report: Architecture) -> str:
    top = sorted(report.modules, key=lambda each: (-each.fan_in, each.path))[:3]
    return ", ".join(f"{one_line(each.path)} ({each.fan_in:,})" for each in top if each.fan_in)


def _layers(report: Architecture) -> str:
    names = " > ".join(one_line(each.name) for each in report.layers)
    return f"{names}{' (proposed)' if any(each.proposed for each in report.layers) else ''}" if names else ""


def _violations(report: Architecture) -> str:
    rules = dict.fromkeys(each.rule for each in report.violations)
    return f"{counted(len(report.violations), 'import')} against {some(rules)}" if rules else ""


def _cycles(report: Architecture) -> str:
    if not report.cycles:
        return "none" if report.modules else ""
    first = report.cycles[0]
    way = " -> ".join(one_line(name) for name in way_of(first)[:4])
    return f"{len(report.cycles):,}; the largest has {counted(len(first.modules), 'module')}: {way}"


def _complexity(report: Architecture) -> str:
    if not report.complexity:
        return ""
    worst = report.complexity[0]
    if not worst.cognitive:
        return counted(len(report.complexity), "function")
    most = f"{one_line(worst.name)} {one_line(worst.path)}:{worst.line} (cognitive {worst.cognitive:,})"
    return f"{counted(len(report.complexity), 'function')}; most involved: {most}"


def _hotspots(report: Architecture) -> str:
    return some((f"{each.path} {each.score:.2f}" for each in report.hotspots if not each.name), 2)


def _history(report: Architecture) -> str:
    past = report.history
    if not past.commits:
        return ""
    hidden = sum(each.hidden for each in past.couplings)
    pairs = counted(hidden, "pair of files changes", "pairs of files change")
    apart = f"; {pairs} together without an import" if hidden else ""
    return f"{counted(past.commits, 'commit')}, {day_of(past.since)} to {day_of(past.until)}{apart}"


def _tests(report: Architecture) -> str:
    reached, missed = len(report.tests.covered), len(report.tests.untested)
    if not reached + missed:
        return ""
    if is_untested(report):
        return "none found"
    nothing = len(report.tests.empty)
    empty = f"; {counted(nothing, 'test asserts', 'tests assert')} nothing" if nothing else ""
    return f"reach {reached:,} of {counted(reached + missed, 'source module')}{empty}"


def _outside(report: Architecture) -> str:
    kinds: dict[str, set[str]] = {}
    for each in report.known:
        if each.kind != "entry point":
            kinds.setdefault(each.kind, set()).add(each.name)
    return ", ".join(counted(len(names), kind) for kind, names in sorted(kinds.items()))


def _copies(report: Architecture) -> str:
    pieces = len(report.duplicates)
    return (
        f"{counted(pieces, 'piece')} of code {'stands' if pieces == 1 else 'stand'} in several places" if pieces else ""
    )


def _dead(report: Architecture) -> str:
    return f"{len(report.dead):,} that nothing seems to use: {some(report.dead, 2)}" if report.dead else ""


def _tooling(report: Architecture) -> str:
    return some(dict.fromkeys(f"{each.kind}: {each.command}" for each in report.tooling), _NAMES)


_ROWS: Sequence[tuple[str, str, Callable[[Architecture], str]]] = (
    ("languages", "languages", _languages),
    ("known", "entry points", _entries),
    ("known", "uses", _outside),
    ("packages", "packages", _packages),
    ("modules", "imported by", _hubs),
    ("layers", "layers", _layers),
    ("violations", "against rules", _violations),
    ("cycles", "cycles", _cycles),
    ("complexity", "complexity", _complexity),
    ("hotspots", "hotspots", _hotspots),
    ("history", "history", _history),
    ("tests", "tests", _tests),
    ("duplicates", "copies", _copies),
    ("dead", "unused", _dead),
    ("tooling", "commands", _tooling),
)
