"""Finds what is known to hurt in the way a repository is built, and puts it in the order in which to mend it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vivek.analysis.structure.graphs import reversed_graph
from vivek.analysis.structure.layering import layer_numbers, upward
from vivek.analysis.structure.meanings import MEANINGS
from vivek.analysis.structure.modules import graph_of
from vivek.schema.architecture import Antipattern, Cycle, Edge, Effort, Layer, Module, Weight
from vivek.schema.measures import Place, Reach
from vivek.schema.repository import RepositoryFacts, SourceFile

_DAY = 86_400
_PLACES = 12  # of evidence that are named
_HEAVY: Final[Mapping[Weight, int]] = {"high": 0, "medium": 1, "low": 2}
_LONG: Final[Mapping[Effort, int]] = {"small": 0, "medium": 1, "large": 2}


@dataclass(frozen=True, slots=True)
class Structure:
    """What the graph of a repository came to.

    Attributes:
        modules: Sorted by path.
        edges: Their imports.
        cycles: The largest first.
        layers: From the top down, proposed or written down.
        tests: Which tests reach what, and which assert nothing.
        dead: What nothing names, with its line; 0 for a module as a whole.
    """

    modules: Sequence[Module]
    edges: Sequence[Edge]
    cycles: Sequence[Cycle]
    layers: Sequence[Layer]
    tests: Reach
    dead: Mapping[str, int]


def debts(facts: RepositoryFacts, structure: Structure) -> tuple[Antipattern, ...]:
    """Return what hurts: what weighs most first; of those what changes often, then what is mended soonest."""
    sources = {module.path for module in structure.modules if module.role == "source"}
    own = [edge for edge in structure.edges if edge.source in sources and edge.target in sources]
    found = [
        *_cycles(structure.cycles),
        *_god_modules(facts, own),
        *_god_classes(facts),
        *_shotgun_surgery(facts),
        *_layer_skips(own, structure.layers),
        *_unstable(own),
        *_dead(structure.dead),
        *_old_todos(facts),
        *_empty_tests(structure.tests),
    ]
    heat = {spot.path: spot.score for spot in facts.hotspots if not spot.name}
    found.sort(key=lambda one: _place_in_order(one, heat))
    return tuple(replace(one, order=number) for number, one in enumerate(found, 1))


def _place_in_order(one: Antipattern, heat: Mapping[str, float]) -> tuple[object, ...]:
    hottest = max((heat.get(place.path, 0.0) for place in one.evidence), default=0.0)
    places = tuple((place.path, place.line) for place in one.evidence)
    return _HEAVY[one.weight], -round(hottest, 1), _LONG[one.effort], one.kind, places, one.told


def _pattern(
    kind: str, told: str, evidence: Iterable[Place], effort: Effort, weight: Weight | None = None
) -> Antipattern:
    places = tuple(dict.fromkeys(evidence))[:_PLACES]
    return Antipattern(kind, told, places, weight or MEANINGS[kind].weight, effort)


def _cycles(cycles: Iterable[Cycle]) -> Iterator[Antipattern]:
    for cycle in cycles:
        count, cuts = len(cycle.modules), len(cycle.cut)
        one, other = cycle.modules[:2]
        more = _counted(count - 2, "more module")
        who = f"{one} and {other} import each other" if count == 2 else f"{one}, {other} and {more} import in a circle"
        told = f"{who}; cutting {_counted(cuts, 'import')} would end it"
        effort: Effort = "small" if cuts == 1 else "medium" if cuts <= MEANINGS["cycle"].limits["large"] else "large"
        places = [place for edge in cycle.cut for place in edge.places]
        yield _pattern("cycle", told, places or [Place(path) for path in cycle.modules], effort)


def _god_modules(facts: RepositoryFacts, edges: Sequence[Edge]) -> Iterator[Antipattern]:
    limits = MEANINGS["god-object"].limits
    graph = graph_of(edges)
    into = reversed_graph(graph)
    for file in facts.files:
        fan_in, fan_out = len(into.get(file.path, ())), len(graph.get(file.path, ()))
        ways = sum(one.cyclomatic for one in file.measures.functions)
        if fan_in >= limits["fan_in"] and fan_out >= limits["fan_out"] and ways >= limits["ways"]:
            told = f"{file.path} is imported by {fan_in} modules, imports {fan_out} and has {ways} ways through it"
            yield _pattern("god-object", told, [Place(file.path)], "large")


def _god_classes(facts: RepositoryFacts) -> Iterator[Antipattern]:
    limits = MEANINGS["god-object"].limits
    for file in facts.files:
        if file.role != "source":
            continue
        for name, (count, ways, line) in _classes(file).items():
            if count >= limits["methods"] and ways >= limits["ways"]:
                told = f"{name} has {count} methods with {ways} ways through them"
                yield _pattern("god-object", told, [Place(file.path, line)], "large")


def _classes(file: SourceFile) -> dict[str, tuple[int, int, int]]:
    """Return methods, ways through them and first line of what has methods."""
    found: dict[str, tuple[int, int, int]] = {}
    functions = {one.name for one in file.measures.functions}
    for one in file.measures.functions:
        owner = one.name.rpartition(".")[0]
        if owner and owner not in functions:
            count, ways, line = found.get(owner, (0, 0, one.line))
            found[owner] = (count + 1, ways + one.cyclomatic, min(line, one.line))
    return found


def _shotgun_surgery(facts: RepositoryFacts) -> Iterator[Antipattern]:
    for one in facts.scattered:
        others = one.others[:_PLACES]
        told = (
            f"most of the {one.commits} changes of {one.path} take {len(one.others)} other files along,"
            f" {others[0][0]} in {others[0][1]} of them"
        )
        yield _pattern("shotgun-surgery", told, [Place(one.path), *(Place(path) for path, _ in others)], "large")


def _layer_skips(edges: Sequence[Edge], layers: Sequence[Layer]) -> Iterator[Antipattern]:
    """Find imports past a layer that the user wrote down, or up against the direction of a proposal.

    What lies below in a proposal may be there for everybody; up against what is written down is a violation.
    """
    proposed = bool(layers) and layers[0].proposed
    return _against(edges, layers) if proposed else _past(edges, layers)


def _past(edges: Sequence[Edge], layers: Sequence[Layer]) -> Iterator[Antipattern]:
    """Find imports past a layer; those of a program that nobody imports and that puts all together are none."""
    limits = MEANINGS["layer-skip"].limits
    number = layer_numbers(layers)
    imported = {edge.target for edge in edges}
    for below in range(2, len(layers)):
        into = [edge for edge in edges if number.get(edge.target) == below and number.get(edge.source, below) < below]
        past = [edge for edge in into if number[edge.source] < below - 1 and edge.source in imported]
        by_way = sum(number[edge.source] == below - 1 for edge in into)
        if by_way >= limits["by way"] and len(past) <= limits["past"] * len(into):
            for edge in past:
                told = (
                    f"{edge.source} imports {edge.target} past the layer `{layers[below - 1].name}`,"
                    f" by way of which {by_way} of {len(into)} imports go"
                )
                yield _pattern("layer-skip", told, edge.places, "medium")


def _against(edges: Sequence[Edge], layers: Sequence[Layer]) -> Iterator[Antipattern]:
    number = layer_numbers(layers)
    for edge in upward(edges, layers):
        above, own = layers[number[edge.target]].name, layers[number[edge.source]].name
        told = f"{edge.source} imports {edge.target}, though nearly all imports go down from `{above}` to `{own}`"
        yield _pattern("layer-skip", told, edge.places, "medium")


def _unstable(edges: Sequence[Edge]) -> Iterator[Antipattern]:
    limits = MEANINGS["unstable-dependency"].limits
    graph = graph_of(edges)
    into = reversed_graph(graph)

    def instability(path: str) -> float:
        fan_in, fan_out = len(into.get(path, ())), len(graph.get(path, ()))
        return fan_out / (fan_in + fan_out)

    for edge in edges:
        stable, other = instability(edge.source), instability(edge.target)
        fan_in = len(into.get(edge.source, ()))
        if fan_in >= limits["fan_in"] and stable <= limits["stable"] and other >= limits["unstable"]:
            told = (
                f"{edge.source}, which {fan_in} modules import, imports {edge.target}, which itself imports"
                f" {len(graph.get(edge.target, ()))} (instability {stable:.2f} against {other:.2f})"
            )
            yield _pattern("unstable-dependency", told, edge.places, "medium")


def _dead(dead: Mapping[str, int]) -> Iterator[Antipattern]:
    for one, line in dead.items():
        path, _, name = one.partition("::")
        told = (
            f"nothing in the repository names `{name}`"
            if name
            else f"nothing in the repository imports or names {path}"
        )
        yield _pattern("dead-code", told, [Place(path, line)], "small")


def _old_todos(facts: RepositoryFacts) -> Iterator[Antipattern]:
    limit = MEANINGS["old-todo"].limits["days"]
    texts = {(file.path, todo.line): todo for file in facts.files for todo in file.measures.todos}
    for (path, line), since in sorted(facts.todo_since.items()):
        days = int((facts.history.until - since) // _DAY)
        todo = texts.get((path, line))
        if todo is not None and days >= limit:
            told = f"{todo.mark} stands there for {days:,} days: {todo.text[:80]}"
            yield _pattern("old-todo", told, [Place(path, line)], "small")


def _empty_tests(tests: Reach) -> Iterator[Antipattern]:
    for name, place in tests.empty:
        yield _pattern("empty-test", f"{name.partition('::')[2]} asserts nothing", [place], "small")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
