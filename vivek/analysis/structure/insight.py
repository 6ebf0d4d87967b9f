"""What a newcomer should know of a repository first, out of what was measured: start, layout, conventions. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from vivek.analysis.structure.graphs import depths, merged
from vivek.analysis.structure.modules import graph_of
from vivek.schema.architecture import Architecture
from vivek.schema.first_page import Insight

_FEW, _MANY, _NEEDS = 12, 24, 6
_MAIN = "__main__"
_MOST = 0.8  # what so many files do is a convention
_NAMED = re.compile(r"(?P<before>test_)?[^.]+?(?P<after>_test|_spec|\.test|\.spec|Tests?)?\.(?P<suffix>\w+)$")


def insight_of(value: Architecture) -> Insight:
    """Return what a newcomer should know first."""
    return Insight(tuple(_entries(value)), tuple(_layout(value)), tuple(_conventions(value)))


def _entries(value: Architecture) -> Iterator[str]:
    """Yield what is started by name, then what runs by itself, by folders."""
    starts = [each for each in value.known if each.kind == "entry point"]
    named = dict.fromkeys(f"`{each.name}` ({each.place.path})" for each in starts if each.name != _MAIN)
    yield from [*named][:_FEW]
    alone: dict[str, set[str]] = {}
    for each in starts:
        if each.name == _MAIN:
            alone.setdefault(each.place.path.rpartition("/")[0], set()).add(each.place.path)
    for folder, paths in sorted(alone.items()):
        yield (
            f"`{min(paths)}`" if len(paths) == 1 else f"`{folder or '.'}/`: {len(paths):,} files that run by themselves"
        )


def _layout(value: Architecture) -> Iterator[str]:
    """Yield the packages, from those nothing needs down, with the packages that each one needs."""
    sources = [each.path for each in value.modules if each.role == "source"]
    shared = _shared(sources)
    group = {path: _part_of(path, shared) for path in sources}
    graph = merged(graph_of(value.imports), group)
    deep = depths(graph)
    sizes = Counter(group.values())
    order = sorted(sizes, key=lambda name: (-deep.get(name, 0), -sizes[name], name))
    for name in order[:_MANY]:
        needs = sorted(graph.get(name, {}), key=lambda other: (-graph[name][other], other))
        named = ", ".join(f"`{other}`" for other in needs[:_NEEDS])
        told = f"; needs {named}{' ...' if len(needs) > _NEEDS else ''}" if needs else ""
        size = f": {sizes[name]:,} module{'s' if sizes[name] != 1 else ''}" if name.endswith("/") else ""
        yield f"`{name}`{size}{told}"
    if len(order) > _MANY:
        yield f"and {len(order) - _MANY:,} more"


def _shared(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that most sources have in common: `src/till/` says nothing about what is in it."""
    folders = [tuple(path.split("/")[:-1]) for path in paths]
    shared: tuple[str, ...] = ()
    while folders:
        longer = Counter(each[: len(shared) + 1] for each in folders if len(each) > len(shared))
        if not longer or longer.most_common(1)[0][1] < _MOST * len(folders):
            break
        shared = longer.most_common(1)[0][0]
    return shared


def _part_of(path: str, shared: tuple[str, ...]) -> str:
    """Return the folder a module counts to; what lies right in the shared one, or above, stands for itself."""
    folders = tuple(path.split("/")[:-1])
    if folders == shared[: len(folders)]:
        return path
    return "/".join(folders[: len(shared) + 1]) + "/"


def _conventions(value: Architecture) -> Iterator[str]:
    """Yield what at least four in five files do."""
    tests = [each.path for each in value.modules if each.role == "test"]
    homes = {each.path.rpartition("/")[0] for each in value.modules if each.role == "source"}
    beside = sum(path.rpartition("/")[0] in homes for path in tests)
    tops = Counter(path.partition("/")[0] for path in tests if "/" in path)
    shapes = Counter(filter(None, map(_shape, tests)))
    if tests and beside >= _MOST * len(tests):
        yield f"Tests lie beside what they test ({beside:,} of {len(tests):,} files)."
    elif tops and tops.most_common(1)[0][1] >= _MOST * len(tests):
        yield f"Tests lie in `{tops.most_common(1)[0][0]}/` ({tops.most_common(1)[0][1]:,} of {len(tests):,} files)."
    if shapes and shapes.most_common(1)[0][1] >= _MOST * len(tests):
        yield f"Files of tests are called `{shapes.most_common(1)[0][0]}`."
    kept = [each.name for each in value.layers if not each.proposed]
    if kept:
        yield f"Imports point down: {' > '.join(kept)}."
    if value.imports and not value.cycles:
        yield "There is no cycle of imports."


def _shape(path: str) -> str:
    """Return how a file of tests is named, "" where that is nothing usual."""
    found = _NAMED.match(path.rpartition("/")[2])
    if found is None or not (found["before"] or found["after"]):
        return ""
    return f"{found['before'] or ''}*{found['after'] or ''}.{found['suffix']}"
