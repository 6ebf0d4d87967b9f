"""Holds an architecture against a baseline: what is new or worse, what was known, what is fixed. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from vivek.analysis.structure.drift import Names, joined_by, violation_key
from vivek.schema.architecture import Architecture, Cycle, Edge, Violation
from vivek.schema.gate import (
    GateBaseline,
    GateFinding,
    GateLimits,
    GateReport,
    GateStanding,
    KeptHotspot,
    KeptViolation,
)
from vivek.schema.measures import Hotspot, Place

_PLACES = 12
_CYCLES = "no_cycles"  # the rule about them: cycles are judged one by one
_SMALLEST = 3  # a complexity that grows by less is none that anybody would feel


def judge(value: Architecture, baseline: GateBaseline | None, names: Names, *, name: str = "") -> GateReport:
    """Return what a check finds.

    Args:
        value: The architecture as it is.
        baseline: What was there, None where nobody wrote it down: then every cycle and every broken rule is new, and
            no hotspot is judged.
        names: From the names of files that were renamed since to those they have.
        name: The baseline's file.
    """
    past = _has_past(value)
    kept = GateBaseline() if baseline is None else _renamed(baseline, _present(baseline, value, names))
    found = [*_cycles(value.cycles, kept), *_violations(value.violations, kept)]
    told = []
    if baseline is not None and past:
        found += _hotspots(value.hotspots, kept)
    elif baseline is not None and kept.hotspots:
        told.append("Hotspots are not judged: git tells no history here, or only the end of it.")
    else:
        told.append("Hotspots are not judged without a baseline.")
    judged = ("cycles", "rules", *(("hotspots",) if baseline is not None and past else ()))
    return GateReport(
        findings=_of(found, "new", "worse"),
        known=_of(found, "known"),
        fixed=_of(found, "fixed"),
        baseline=name,
        judged=judged,
        told=tuple(told),
    )


def baseline_of(value: Architecture, limits: GateLimits, before: GateBaseline | None = None) -> GateBaseline:
    """Return what a baseline keeps of an architecture.

    Args:
        value: The architecture as it is.
        limits: How strictly hotspots are judged.
        before: The baseline until now; its hotspots stay where git does not tell the whole history.
    """
    hottest = _hottest(value.hotspots, limits.hotspots)
    hotspots = tuple(KeptHotspot(each.path, each.name, each.complexity, each.score) for each in hottest)
    if before is not None and not _has_past(value):
        hotspots = before.hotspots
    violations = {KeptViolation(*violation_key(each, {})) for each in value.violations if each.rule != _CYCLES}
    return GateBaseline(
        cycles=tuple(sorted(each.modules for each in value.cycles)),
        violations=tuple(sorted(violations, key=lambda each: (each.rule, each.source, each.target))),
        hotspots=tuple(sorted(hotspots, key=lambda each: (each.path, each.name))),
        limits=limits,
    )


def _has_past(value: Architecture) -> bool:
    """Tell whether git tells the whole history: in a shallow clone everything looks calm, or new."""
    return value.history.commits > 0 and not value.history.left_out.get("shallow")


def _hottest(hotspots: Sequence[Hotspot], most: int) -> list[Hotspot]:
    """Return the hottest files and the hottest functions, so many of each."""
    files = [each for each in hotspots if not each.name]
    functions = [each for each in hotspots if each.name]
    return [*files[:most], *functions[:most]]


def _of(found: Iterable[GateFinding], *standings: GateStanding) -> tuple[GateFinding, ...]:
    return tuple(each for each in found if each.standing in standings)


def _present(baseline: GateBaseline, value: Architecture, names: Names) -> Names:
    """Return the present names of files that a baseline names, also of those git says nothing about.

    A file that is gone, and one file of the same name in another folder that the baseline does not name: that is the
    same file. Without git, or in a shallow clone, this is all that can be known.
    """
    there = {each.path for each in value.modules}
    named = {
        *(path for members in baseline.cycles for path in members),
        *(path for each in baseline.violations for path in (each.source, each.target)),
        *(each.path for each in baseline.hotspots),
    }
    found = {path: names[path] for path in named - there if names.get(path) in there}
    fresh: dict[str, list[str]] = {}
    for path in sorted(there - named - set(found.values())):
        fresh.setdefault(path.rpartition("/")[2], []).append(path)
    gone = [path for path in sorted(named) if path not in there and path not in found]
    lasts = [path.rpartition("/")[2] for path in gone]
    for path, last in zip(gone, lasts, strict=True):
        if len(fresh.get(last, ())) == 1 and lasts.count(last) == 1:
            found[path] = fresh[last][0]
    return {**found, **_in_their_places(baseline.cycles, value.cycles, {*there, *found})}


def _in_their_places(
    kept: Iterable[Sequence[str]], cycles: Iterable[Cycle], there: Collection[str]
) -> Mapping[str, str]:
    """Return which module of a cycle took the place of one that is gone, where it is one for one."""
    found = {}
    for members in kept:
        gone = [path for path in members if path not in there]
        for cycle in cycles:
            joined = [path for path in cycle.modules if path not in members]
            if len(gone) == len(joined) == 1 and len(members) == len(cycle.modules):
                found[gone[0]] = joined[0]
    return found


def _renamed(baseline: GateBaseline, names: Names) -> GateBaseline:
    return replace(
        baseline,
        cycles=tuple(tuple(names.get(path, path) for path in members) for members in baseline.cycles),
        violations=tuple(
            replace(each, source=names.get(each.source, each.source), target=names.get(each.target, each.target))
            for each in baseline.violations
        ),
        hotspots=tuple(replace(each, path=names.get(each.path, each.path)) for each in baseline.hotspots),
    )


def _cycles(cycles: Sequence[Cycle], kept: GateBaseline) -> Iterable[GateFinding]:
    for cycle in cycles:
        joined = joined_by(cycle.modules, kept.cycles)
        cut = " and ".join(f"{edge.source} -> {edge.target}" for edge in cycle.cut[:3])
        ways = f" The cheapest imports to cut: {cut}{' ...' if len(cycle.cut) > 3 else ''}." if cut else ""
        size = f"{len(cycle.modules)} modules import each other: {_names(cycle.modules)}."
        standing: GateStanding = "known"
        told, edges = size + ways, (*cycle.cut, *(edge for edge in cycle.edges if edge not in cycle.cut))
        if len(joined) == len(cycle.modules):
            standing = "new"
        elif joined:
            standing = "worse"
            told = f"A cycle grew by {_names(joined)}: now {size}{ways}"
            edges = tuple(edge for edge in cycle.edges if edge.source in joined or edge.target in joined)
        yield GateFinding("cycle", standing, ", ".join(cycle.modules), told, _places(edges))
    now = [frozenset(cycle.modules) for cycle in cycles]
    for members in kept.cycles:
        if not any(len(each.intersection(members)) > 1 for each in now):
            yield GateFinding("cycle", "fixed", ", ".join(members), f"No cycle any more: {_names(members)}.")


def _violations(violations: Sequence[Violation], kept: GateBaseline) -> Iterable[GateFinding]:
    known = {(each.rule, each.source, each.target) for each in kept.violations}
    found = {violation_key(each, {}): each for each in violations if each.rule != _CYCLES}
    for key, violation in found.items():
        places = _places(violation.edges) if violation.edges else violation.places
        yield GateFinding("violation", "known" if key in known else "new", _subject(key), violation.told, places)
    for key in sorted(known - found.keys()):
        yield GateFinding("violation", "fixed", _subject(key), "The rule is kept.")


def _hotspots(hotspots: Sequence[Hotspot], kept: GateBaseline) -> Iterable[GateFinding]:
    """Yield what became of hotspots.

    One is worse when it became more involved; changes alone are no harm, since mending is one as well. One is new when
    it comes from outside of those that were kept, and not because others were mended: so fewer are looked at.
    """
    known = {(each.path, each.name): each for each in kept.hotspots}
    now = {(each.path, each.name): each for each in hotspots}
    looked_at = {(each.path, each.name) for each in _hottest(hotspots, max(1, kept.limits.hotspots // 2))}
    for key, each in now.items():
        before = known.get(key)
        place = (Place(each.path, each.line),)
        if before is not None:
            yield _against(before, each, kept.limits, place)
        elif key in looked_at:
            told = f"A new hotspot: complexity {each.complexity}, {each.changes} changes, score {each.score:.2f}."
            yield GateFinding("hotspot", "new", _code(*key), told, place)
    for key, was in sorted(known.items()):
        if key not in now:
            told = f"No hotspot any more; its complexity was {was.complexity}."
            yield GateFinding("hotspot", "fixed", _code(*key), told)


def _against(before: KeptHotspot, now: Hotspot, limits: GateLimits, place: tuple[Place, ...]) -> GateFinding:
    subject = _code(now.path, now.name)
    rise = now.complexity - before.complexity
    if rise >= _SMALLEST and rise > limits.rise * before.complexity:
        score = f"score {before.score:.2f} to {now.score:.2f}"
        told = f"A hotspot became more involved: complexity {before.complexity} to {now.complexity}, {score}."
        return GateFinding("hotspot", "worse", subject, told, place)
    return GateFinding("hotspot", "known", subject, f"Complexity {now.complexity}, score {now.score:.2f}.", place)


def _places(edges: Sequence[Edge]) -> tuple[Place, ...]:
    """Return where some imports are written, one place of each."""
    return tuple(edge.places[0] if edge.places else Place(edge.source) for edge in edges[:_PLACES])


def _names(paths: Collection[str], most: int = 6) -> str:
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join([*paths][:most]) + more


def _subject(key: tuple[str, str, str]) -> str:
    rule, source, target = key
    return f"{rule}: {source} -> {target}" if target else f"{rule}: {source}"


def _code(path: str, name: str) -> str:
    return f"{path}::{name}" if name else path
