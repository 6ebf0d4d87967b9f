"""Which pictures are drawn of an architecture: few enough boxes and arrows that a person can follow them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from vivek.cli.render.architecture import counted
from vivek.cli.render.mermaid import Diagram, Kind, Link, Node
from vivek.schema.architecture import Architecture, Edge

MOST_NODES = 30
"""Boxes of a picture; what would be more is drawn as its folders."""

_MOST_LINKS = 60
_MOST_LAYERS = 20


@dataclass(frozen=True, slots=True)
class _Group:
    """Some paths beneath a folder: all of them, or those right in it."""

    folder: str
    deep: bool
    paths: tuple[str, ...]

    @property
    def label(self) -> str:
        if len(self.paths) == 1:
            return self.paths[0]
        return f"{self.folder}{'' if self.deep else '*'} ({len(self.paths):,})" if self.folder else "the root"


def module_diagram(report: Architecture, most: int = MOST_NODES) -> Diagram:
    """Return the modules and their imports; tests are left out, and modules drawn as folders where there are many."""
    sources = [each.path for each in report.modules if each.role == "source"] or [each.path for each in report.modules]
    round_about = {name: at for at, cycle in enumerate(report.cycles) for name in cycle.modules}

    def kind(edge: Edge) -> Kind:
        start, end = round_about.get(edge.source), round_about.get(edge.target)
        return "cycle" if start is not None and start == end else "plain"

    tests = len(report.modules) - len(sources)
    told = (f"Left out: {counted(tests, 'module')} of tests and the like.",) if tests else ()
    return _collapsed(sources, report.imports, most, kind, told)


def package_diagram(report: Architecture, most: int = MOST_NODES) -> Diagram:
    """Return the packages and the imports between them; those that hold only tests are left out."""
    names = {name for edge in report.packages for name in (edge.source, edge.target)}
    names = names or {each.package for each in report.modules}
    sources = {each.package for each in report.modules if each.role == "source"} & names or names
    tests = len(names - sources)
    told = (f"Left out: {counted(tests, 'package')} of tests and the like.",) if tests else ()
    return _collapsed(sorted(sources), report.packages, most, lambda _: "plain", told)


def layer_diagram(report: Architecture, most: int = _MOST_LAYERS) -> Diagram:
    """Return the layers from the top down, with the imports between them; those that go up are drawn apart."""
    layers = report.layers[:most]
    levels = {path: at for at, layer in enumerate(layers) for path in layer.modules}
    weights: Counter[tuple[int, int]] = Counter()
    for edge in report.imports:
        start, end = levels.get(edge.source), levels.get(edge.target)
        if start is not None and end is not None and start != end:
            weights[start, end] += 1
    nodes = tuple(Node(str(at), f"{layer.name} ({len(layer.modules):,})") for at, layer in enumerate(layers))
    links = tuple(
        Link(str(start), str(end), str(number), "against" if start > end else "plain")
        for (start, end), number in sorted(weights.items())
    )
    left = len(report.layers) - len(layers)
    return Diagram(nodes, links, (f"Left out: {counted(left, 'layer')} at the bottom.",) if left else ())


def grouped(paths: Iterable[str], most: int) -> dict[str, str]:
    """Return for each path the box that it is drawn in: itself where there is room, else a folder.

    The largest folder is opened first, as long as what is in it fits; the same paths always give the same boxes.
    """
    groups = [_Group("", True, tuple(sorted(paths)))]
    while True:
        for group in sorted(groups, key=lambda each: (-len(each.paths), each.folder)):
            inner = _opened(group)
            if inner != [group] and len(groups) - 1 + len(inner) <= most:
                groups.remove(group)
                groups += inner
                break
        else:
            return {path: group.label for group in groups for path in group.paths}


def _opened(group: _Group) -> list[_Group]:
    """Return what is in a folder: its folders and the files right in it, and for the latter one by one."""
    if len(group.paths) == 1:
        return [group]
    if not group.deep:
        return [_Group(group.folder, False, (path,)) for path in group.paths]
    inner: dict[str, list[str]] = {}
    here: list[str] = []
    for path in group.paths:
        name, slash, _ = path[len(group.folder) :].partition("/")
        if slash:
            inner.setdefault(f"{group.folder}{name}/", []).append(path)
        else:
            here.append(path)
    folders = [_Group(folder, True, tuple(each)) for folder, each in inner.items()]
    return [*folders, *([_Group(group.folder, False, tuple(here))] if here else [])]


def _collapsed(
    names: Sequence[str], edges: Sequence[Edge], most: int, kind: Callable[[Edge], Kind], told: tuple[str, ...]
) -> Diagram:
    boxes = grouped(names, most) if names else {}
    weights: Counter[tuple[str, str]] = Counter()
    kinds: dict[tuple[str, str], Kind] = {}
    for edge in edges:
        start, end = boxes.get(edge.source), boxes.get(edge.target)
        if start is None or end is None or start == end:
            continue
        weights[start, end] += 1
        if kinds.get((start, end)) != "cycle":
            kinds[start, end] = kind(edge)
    kept = sorted(weights, key=lambda pair: (kinds[pair] != "cycle", -weights[pair], pair))[:_MOST_LINKS]
    return Diagram(
        _joined(boxes, kept, kinds),
        tuple(Link(*pair, _number(weights[pair]), kinds[pair]) for pair in sorted(kept)),
        (*told, *_left_out(boxes, kept, len(weights))),
    )


def _joined(
    boxes: Mapping[str, str], kept: Iterable[tuple[str, str]], kinds: Mapping[tuple[str, str], Kind]
) -> tuple[Node, ...]:
    """Return the boxes that are drawn, sorted."""
    round_about = {name for pair, kind in kinds.items() if kind == "cycle" for name in pair}
    return tuple(Node(name, name, marked=name in round_about) for name in sorted(_drawn(boxes, kept)))


def _drawn(boxes: Mapping[str, str], kept: Iterable[tuple[str, str]]) -> set[str]:
    """Return the boxes that an arrow begins or ends at, all of them where there is no arrow."""
    return {name for pair in kept for name in pair} or set(boxes.values())


def _left_out(boxes: Mapping[str, str], kept: Sequence[tuple[str, str]], links: int) -> Iterable[str]:
    every = set(boxes.values())
    if len(every) < len(boxes):
        yield f"{len(boxes):,} of them are drawn as {len(every):,} boxes; a number says how many a box holds."
    if links > len(kept):
        yield f"Of {links:,} arrows the {len(kept):,} that stand for most imports are drawn."
    if alone := len(every - _drawn(boxes, kept)):
        yield f"Left out: {counted(alone, 'box', 'boxes')} without an arrow."


def _number(weight: int) -> str:
    return str(weight) if weight > 1 else ""
