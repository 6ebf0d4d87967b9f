"""The imports and cycles found are those that grimp finds, but for modules that import themselves: no edge here."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import grimp
import pytest

from vivek.analysis.structure.graphs import cycles
from vivek.project.repository import facts_of_texts
from vivek.schema.index import FileFacts
from vivek.schema.measures import FileMeasures
from vivek.syntax.facts import facts_of

Edges = set[tuple[str, str]]
PACKAGES = ("asyncio", "rich")


class Both(NamedTuple):
    """What both say of a package."""

    ours: Edges
    theirs: Edges
    graph: grimp.ImportGraph


@pytest.fixture(scope="module", params=PACKAGES)
def both(request: pytest.FixtureRequest) -> Both:
    name: str = request.param
    graph = grimp.build_graph(name, cache_dir=None)
    theirs = {(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one) - {one}}
    return Both({edge for edge in edges_in(name) if graph.modules.issuperset(edge)}, theirs, graph)


def edges_in(name: str) -> Iterator[tuple[str, str]]:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    root = Path(found.origin).parent
    texts = {f"{name}/{path.relative_to(root).as_posix()}": path for path in root.rglob("*.py")}
    facts = facts_of_texts({path: file.read_text("utf-8") for path, file in texts.items()}, read=read)
    for file in facts.files:
        for link in file.links:
            yield from ((dotted(file.path), dotted(target)) for target in link.targets)


def read(path: str, text: str) -> tuple[FileMeasures, FileFacts]:
    """Read imports alone."""
    return FileMeasures(path, "python", read="ast"), facts_of(path, text)


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_imports_are_the_same(both: Both) -> None:
    assert len(both.ours) > 50
    assert both.ours == both.theirs


def test_cycles_are_those_whose_modules_reach_each_other(both: Both) -> None:
    graph: dict[str, dict[str, int]] = {}
    for source, target in both.ours:
        graph.setdefault(source, {})[target] = 1
    found = cycles(graph)
    member = {module: number for number, modules in enumerate(found) for module in modules}
    for modules in found:
        ring = zip(modules, (*modules[1:], modules[0]), strict=True)
        assert all(both.graph.find_shortest_chain(one, other) is not None for one, other in ring)
    for source, target in sorted(both.theirs):
        together = source in member and member[source] == member.get(target)
        assert together == (both.graph.find_shortest_chain(target, source) is not None)
