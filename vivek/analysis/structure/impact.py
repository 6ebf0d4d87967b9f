"""What hangs on what: who feels a change, the way from one module to another, where to begin reading. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from vivek.analysis.structure.graphs import Graph, reversed_graph, shortest
from vivek.analysis.structure.layering import is_aside
from vivek.schema.architecture import Architecture, Edge, Module
from vivek.schema.impact import Dependant, Impact, ImportWay, Stop, Tour
from vivek.schema.measures import Place
from vivek.schema.repository import SourceFile

STOPS = 20
"""Files of a tour."""

_ENTRIES = 4  # of them: where a program begins
_OF_PACKAGE = 3  # of a package, so that others have their turn
_CLOSE = 2  # imports between a use and what is used: one that is handed on by a package has two


def needs_of(files: Iterable[SourceFile]) -> dict[str, dict[str, int]]:
    """Return which file needs which, imports or not, with the first line that says so."""
    found: dict[str, dict[str, int]] = {}
    for file in files:
        for link in file.links:
            for target in link.targets:
                lines = found.setdefault(file.path, {})
                lines[target] = min(lines.get(target, link.line), link.line)
    return found


def users_of(
    home: str, uses: Mapping[str, tuple[int, ...]], needs: Graph, *, member: bool
) -> tuple[dict[str, tuple[int, ...]], int]:
    """Return the files that use a name of another file, and how many use such a name without needing that file.

    Args:
        home: The file that defines it.
        uses: The files that use the name, with the lines.
        needs: Which file needs which.
        member: Whether it belongs to a class: then it is used by way of values, wherever these come from.
    """
    near = {home: 0}
    level = [home]
    into = reversed_graph(needs)
    while level and (member or near[level[0]] < _CLOSE):
        following = [user for node in level for user in into.get(node, ()) if user not in near]
        near.update(dict.fromkeys(following, near[level[0]] + 1))
        level = list(dict.fromkeys(following))
    users = {path: lines for path, lines in uses.items() if path in near}
    return users, len(uses) - len(users)


def impact_of(
    subject: str,
    kind: str,
    place: Place,
    users: Mapping[str, tuple[int, ...]],
    needs: Graph,
    roles: Mapping[str, str],
    notes: Sequence[str] = (),
) -> Impact:
    """Return what a change may break: those who use it, those who need these, and so on.

    Args:
        subject: The name, or the file.
        kind: What it is.
        place: Where it is defined.
        users: The files that use it, with the lines.
        needs: Which file needs which, with the line.
        roles: The parts that files play.
        notes: What limits it.
    """
    into = reversed_graph(needs)
    found = {path: Dependant(path, 1, roles.get(path, ""), tuple(lines)) for path, lines in sorted(users.items())}
    level = [path for path in found if path != place.path]
    steps = 1
    while level:
        steps += 1
        following: dict[str, Dependant] = {}
        for through in level:
            for user, line in sorted(into.get(through, {}).items()):
                if user not in found and user not in following and user != place.path:
                    following[user] = Dependant(user, steps, roles.get(user, ""), (line,), through)
        found.update(following)
        level = sorted(following)
    dependants = tuple(sorted(found.values(), key=lambda each: (each.steps, each.path)))
    tests = tuple(each.path for each in dependants if each.role == "test")
    return Impact(subject, kind, place, dependants, tests, tuple(notes))


def way_between(start: str, end: str, edges: Sequence[Edge], graph: Graph) -> ImportWay:
    """Return a shortest way of imports from one module to another, and one back."""
    by_ends = {(edge.source, edge.target): edge for edge in edges}

    def way(one: str, other: str) -> tuple[Edge, ...]:
        nodes = shortest(graph, one, other) or []
        return tuple(by_ends[nodes[at], nodes[at + 1]] for at in range(len(nodes) - 1))

    return ImportWay(start, end, way(start, end), way(end, start))


def tour_of(report: Architecture) -> Tour:
    """Return an order in which to read a repository: where it begins, then from the top down what most others need."""
    sources = {module.path: module for module in report.modules if module.role == "source"}
    into: dict[str, int] = {}
    for edge in report.imports:
        if edge.source in sources:
            into[edge.target] = into.get(edge.target, 0) + 1
    begun = _entries(report, sources)
    stops = [Stop(path, why, sources[path].lines) for path, why in begun.items()]
    others = [
        module
        for module in sources.values()
        if module.path not in begun and not is_aside(module.path) and (module.lines or module.path in into)
    ]
    most = _most_needed(others, into, STOPS - len(stops))
    for module in sorted(most, key=lambda module: (-module.depth, -into.get(module.path, 0), module.path)):
        count = into.get(module.path, 0)
        why = f"{count} modules import it" if count > 1 else "one module imports it" if count else "nothing imports it"
        stops.append(Stop(module.path, why if module.fan_out else f"{why}, and it needs none", module.lines))
    notes = () if begun or not stops else ("No entry point was found, so the tour begins with what stands highest.",)
    return Tour(tuple(stops), len(sources), notes)


def _most_needed(modules: Iterable[Module], into: Mapping[str, int], most: int) -> list[Module]:
    """Return the modules that most others import, few of each package, so that no part is left out."""
    found: list[Module] = []
    taken: dict[str, int] = {}
    for module in sorted(modules, key=lambda module: (-into.get(module.path, 0), module.path)):
        if taken.get(module.package, 0) < _OF_PACKAGE and len(found) < most:
            taken[module.package] = taken.get(module.package, 0) + 1
            found.append(module)
    return found


def _entries(report: Architecture, sources: Mapping[str, Module]) -> dict[str, str]:
    """Return the files where programs begin, those that most hangs on first."""
    named: dict[str, list[str]] = {}
    for known in report.known:
        if known.kind == "entry point" and known.place.path in sources:
            named.setdefault(known.place.path, []).append(known.name)
    own = [path for path in named if not is_aside(path)] or list(named)  # a script beside it says little of the whole
    deep = sorted(own, key=lambda path: (-sources[path].depth, path))
    return {path: f"it is an entry point: {', '.join(named[path][:3])}" for path in deep[:_ENTRIES]}
