"""Answers questions out of an index: those about names, and what hangs on what: what breaks, where to begin reading."""

from collections.abc import Mapping

from vivek.analysis.structure.graphs import depths, reversed_graph
from vivek.analysis.structure.impact import impact_of, tour_of, users_of
from vivek.project.index.base import Lookup
from vivek.project.lookups import SHOWN, definitions_of, doubting, files_named, look_up, within
from vivek.project.questions import Candidate
from vivek.project.roles import role_of
from vivek.schema.answers import AnswerLine, IndexAnswer
from vivek.schema.architecture import Architecture, Edge, Module
from vivek.schema.impact import Impact
from vivek.schema.measures import Known, Place
from vivek.syntax.languages import language_of

_USED_IN = 5_000
_TESTS = 3
_BEGINNINGS = frozenset({"__main__", "main", "app", "cli", "server", "manage"})


def answer_of(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    """Return what an index says to a question, None where it does not know the name.

    Args:
        asked: The question.
        lookup: The index.
    """
    match asked.kind:
        case "impact":
            return _breaking(asked, lookup)
        case "tour":
            return _beginning(asked, lookup)
        case _:
            return look_up(asked, lookup)


def _breaking(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    """Return the places that use a name or import a file, and how many files depend on those."""
    needs = lookup.edges()
    files = () if asked.plain else files_named(asked.name, lookup)
    if len(files) == 1:
        users: Mapping[str, tuple[int, ...]] = dict.fromkeys(reversed_graph(needs).get(files[0], ()), ())
        return _told(asked, _impact(files[0], Place(files[0]), users, needs), lookup)
    found = () if files else definitions_of(asked.name, lookup)
    if not found:
        return None
    one = found[0]
    uses = lookup.references(one.last, limit=_USED_IN)
    users, others = users_of(one.path, uses, needs, member="." in one.name)
    notes = []
    if len(found) > 1:
        notes.append(f"{len(found)} definitions are called so; this is about {one.path}::{one.name}.")
    if others:
        count = "1 more file uses" if others == 1 else f"{others:,} more files use"
        notes.append(f"{count} such a name without needing {one.path}.")
    impact = _impact(one.name, Place(one.path, one.line), users, needs)
    return _told(doubting(asked, found), impact, lookup, *notes)


def _impact(
    subject: str, place: Place, users: Mapping[str, tuple[int, ...]], needs: Mapping[str, Mapping[str, int]]
) -> Impact:
    roles = {path: role_of(path) for path in {*users, *needs}}
    return impact_of(subject, "", place, users, needs, roles)


def _told(asked: Candidate, impact: Impact, lookup: Lookup, *notes: str) -> IndexAnswer:
    """Return an impact as an answer: the uses one by one, the rest as figures."""
    lines: list[AnswerLine] = []
    near = [each for each in impact.dependants if each.steps == 1]
    for each in near:
        if len(lines) < SHOWN:
            around = lookup.definitions_in(each.path)
            lines += [AnswerLine(each.path, line, within(line, around)) for line in each.lines or (0,)]
    total = sum(len(each.lines) or 1 for each in near)
    further = len(impact.dependants) - len(near)
    files = "1 more file depends" if further == 1 else f"{further:,} more files depend"
    told = [f"{files} on those."] if further else []
    if impact.tests:
        named = ", ".join(impact.tests[:_TESTS])
        more = f" and {len(impact.tests) - _TESTS:,} more" if len(impact.tests) > _TESTS else ""
        told.append(f"Tests among all of them: {named}{more}.")
    told += [] if lines else [f"Nothing in the project is known to use {impact.subject}."]
    return IndexAnswer("impact", impact.subject, round(asked.sure, 2), tuple(lines[:SHOWN]), total, (*told, *notes))


def _beginning(asked: Candidate, lookup: Lookup) -> IndexAnswer | None:
    """Return the files to read first; None where there is no code."""
    needs = lookup.edges()
    into, deep = reversed_graph(needs), depths(needs)
    paths = [path for path in lookup.paths() if role_of(path) in ("source", "test") and language_of(path) is not None]
    modules = tuple(
        Module(path, "", 0, len(into.get(path, ())), len(needs.get(path, ())), None, deep.get(path, 0), role_of(path))
        for path in paths
    )
    imports = tuple(
        Edge(source, target, weight) for source, targets in sorted(needs.items()) for target, weight in targets.items()
    )
    stems = {path: path.rpartition("/")[2].partition(".")[0] for path in paths}
    known = tuple(Known("entry point", stems[path], Place(path)) for path in paths if stems[path] in _BEGINNINGS)
    tour = tour_of(Architecture(modules=modules, imports=imports, known=known))
    lines = tuple(AnswerLine(stop.path, 0, stop.why) for stop in tour.stops)
    if not lines:
        return None
    notes = (*tour.notes, "`vivek analyze tour` measures more and says more.")
    return IndexAnswer("tour", "", round(asked.sure, 2), lines, len(lines), notes)
