"""The facts about a repository as a whole: its sizes, its structure, what leads a ranking, what git tells."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from vivek.analysis.citations.evidence import (
    INVOLVED,
    LISTED,
    Facts,
    Outline,
    add_cycle,
    counted,
    group_facts,
    groups_of,
)
from vivek.schema.architecture import Architecture, Edge, Module
from vivek.schema.measures import Place
from vivek.schema.narrative import Fact

_RANKED: Final = 3  # of a ranking
_LEADS: Final = ("", ", the most", ", the second most", ", the third most")


@dataclass(frozen=True, slots=True)
class Gathered:
    """All facts that a narrative can be made of.

    Attributes:
        parts: The groups of modules by name, with their facts.
        whole: The facts about the whole.
        left_out: How many small groups are not told of.
    """

    parts: tuple[tuple[str, tuple[Fact, ...]], ...]
    whole: tuple[Fact, ...]
    left_out: int

    @property
    def key(self) -> str:
        """Return what tells these facts from all others (hex digits)."""
        return hashlib.sha256(repr((self.parts, self.whole, self.left_out)).encode()).hexdigest()


def gather(architecture: Architecture, outline: Outline) -> Gathered:
    """Return what is known of a repository, part by part and as a whole.

    Args:
        architecture: What was measured.
        outline: Returns what a file defines.
    """
    groups, left_out = groups_of(architecture)
    parts = tuple((group.name, group_facts(group, architecture, outline)) for group in groups)
    return Gathered(parts, tuple(whole_facts(architecture).found), left_out)


def whole_facts(architecture: Architecture) -> Facts:
    """Return what is known of the repository as a whole, and what stands out in it."""
    facts = Facts()
    if not architecture.extent.paths:  # of a part nothing is said that sounds like all
        _sizes(facts, architecture)
    _structure(facts, architecture)
    _ranked(facts, architecture)
    _past(facts, architecture)
    for violation in architecture.violations[:LISTED]:
        if violation.edges:
            source, target = violation.edges[0].source, violation.edges[-1].target
            facts.add("violation", f"{source} imports {target}, against a rule", source, others=(target,))
            facts.add("rule", violation.told if source in violation.told else f"{source}: {violation.told}", source)
    for each in architecture.antipatterns[:LISTED]:
        paths = tuple(dict.fromkeys(place.path for place in each.evidence))
        named = not paths or any(path in each.told for path in paths)
        facts.add("debt", each.told if named else f"{paths[0]}: {each.told}", *paths, rank=each.order)
    seen: set[tuple[str, str]] = set()
    for known in architecture.known:
        if (known.kind, known.name) not in seen and len(seen) < LISTED:
            seen.add((known.kind, known.name))
            path = known.place.path
            told = f"the {known.kind} `{known.name}` is named in {path}"
            facts.add(known.kind, told, path, others=(known.name,), place=known.place)
    for tool in architecture.tooling[:LISTED]:
        facts.add("tool", f"`{tool.command}` is the command to {tool.kind}", tool.command, place=tool.place)
    return facts


def _sizes(facts: Facts, architecture: Architecture) -> None:
    for at, language in enumerate(architecture.languages[:LISTED]):
        share = round(language.share * 100, 1)
        if not share:
            break  # the rest is smaller still
        files = counted(language.files, "file")
        rank = at + 1 if at < _RANKED else 0
        facts.add("share", f"{language.name} makes up {share:g} % of the lines", language.name, value=share, rank=rank)
        facts.add("language-files", f"{language.name} has {files}", language.name, value=float(language.files))
    if architecture.modules:
        packages = {module.package for module in architecture.modules}
        modules = counted(len(architecture.modules), "module")
        facts.add("module-count", f"the repository has {modules}", value=float(len(architecture.modules)))
        facts.add(
            "package-count", f"the repository has {counted(len(packages), 'package')}", value=float(len(packages))
        )


def _structure(facts: Facts, architecture: Architecture) -> None:
    for upper, lower in zip(architecture.layers, architecture.layers[1:], strict=False):
        facts.add("layer", f"layer {upper.name} is above layer {lower.name}", upper.name, others=(lower.name,))
    for edge in sorted(architecture.packages, key=lambda each: (-each.weight, each.source, each.target))[:LISTED]:
        _import(facts, "import", f"{edge.source} imports {edge.target}", edge)
    if not architecture.cycles:
        if not architecture.extent.paths:
            facts.add("no-cycles", "there is no cycle of imports")
        return
    if not architecture.extent.paths:
        many = len(architecture.cycles)
        facts.add("cycles", f"there are {counted(many, 'cycle')} of imports", value=float(many))
    for cycle in architecture.cycles[:_RANKED]:
        add_cycle(facts, cycle.modules)
        for edge in cycle.cut[:_RANKED]:
            _import(facts, "cut", f"{edge.source} imports {edge.target}; cutting it breaks a cycle", edge)


def _import(facts: Facts, kind: str, told: str, edge: Edge) -> None:
    facts.add(kind, told, edge.source, others=(edge.target,), place=edge.places[0] if edge.places else None)


def _ranked(facts: Facts, architecture: Architecture) -> None:
    """Add the modules and functions that lead a ranking, each with its place where it shares it with nobody."""
    rankings: tuple[tuple[str, str, Callable[[Module], int]], ...] = (
        ("fan-in", "is imported by {} modules{}", lambda module: module.fan_in),
        ("fan-out", "imports {} modules{}", lambda module: module.fan_out),
        ("lines", "has {} lines of code{}", lambda module: module.lines),
    )
    for kind, told, value in rankings:
        ranked = sorted(architecture.modules, key=lambda module: (-value(module), module.path))
        figures = [value(module) for module in ranked]
        for at, module in enumerate(ranked[:_RANKED]):
            if figures[at] < 2:
                break
            rank = _place(figures, figures[at], architecture)
            said = f"{module.path} {told.format(figures[at], _LEADS[rank])}"
            facts.add(kind, said, module.path, value=float(figures[at]), rank=rank)
    involved = sorted(architecture.complexity, key=lambda each: (-each.cognitive, each.path, each.line))
    scores = [each.cognitive for each in involved]
    for each in involved[:_RANKED]:
        if each.cognitive < INVOLVED:
            break
        facts.add(
            "complexity",
            f"`{each.name}` in {each.path} has a cognitive complexity of {each.cognitive}",
            f"{each.path}::{each.name}",
            value=float(each.cognitive),
            rank=_place(scores, each.cognitive, architecture),
            place=Place(each.path, each.line),
        )


def _place(figures: Sequence[int], figure: int, architecture: Architecture) -> int:
    """Return which figure of all it is, from 1 for the largest; 0 for one that is shared, far down or not of all."""
    above = sum(each > figure for each in figures)
    alone = figures.count(figure) == 1 and not architecture.extent.paths
    return above + 1 if alone and above < _RANKED else 0


def _past(facts: Facts, architecture: Architecture) -> None:
    spots = [spot for spot in architecture.hotspots if not spot.name]
    commits = [each.commits for each in architecture.history.files]
    for spot in spots[:_RANKED]:
        rank = _place(commits, spot.changes, architecture)
        told = f"{spot.path} is a hot spot: it changed in {counted(spot.changes, 'commit')}"
        facts.add("changes", told, spot.path, value=float(spot.changes), rank=rank)
    for pair in architecture.history.couplings[:_RANKED]:
        told = f"{pair.one} and {pair.other} changed together in {counted(pair.together, 'commit')}"
        facts.add("coupling", told, pair.one, others=(pair.other,), value=float(pair.together))
        if pair.hidden:
            facts.add("hidden-coupling", f"{told}, without an import between them", pair.one)
    history = {each.path: each for each in architecture.history.files}
    for spot in spots[:_RANKED]:
        if (known := history.get(spot.path)) is not None and known.bus_factor:
            people = "1 person" if known.bus_factor == 1 else f"{known.bus_factor} people"
            told = f"{people} wrote half of the lines of {spot.path}"
            facts.add("bus-factor", told, spot.path, value=float(known.bus_factor))
    if (untested := len(architecture.tests.untested)) and not architecture.extent.paths:
        facts.add("untested-count", f"no test reaches {counted(untested, 'module')}", value=float(untested))
    for twice in architecture.duplicates[:_RANKED]:
        places = tuple(dict.fromkeys(path for path, _, _ in twice.places))
        told = f"the same {twice.tokens} tokens stand in {', '.join(places[:LISTED])}"
        facts.add("duplicate", told, *places, value=float(twice.tokens))
