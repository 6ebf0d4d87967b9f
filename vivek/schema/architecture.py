"""How a repository is built, as it was measured; paths are relative to its root, lines count from 1."""

from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.measures import Duplicate, FunctionMeasures, Hotspot, Known, Place, Reach, Tooling
from vivek.schema.past import History

Effort = Literal["small", "medium", "large"]
Weight = Literal["high", "medium", "low"]
Focus = Literal["structure", "dependencies", "hotspots", "quality", "tests", "security", "all"]
"""What a report is to tell of."""


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """One language: files, lines that are neither blank nor comment, and whether imports are followed."""

    name: str
    files: int
    lines: int
    share: float
    imports: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """One module imports another: how many names or statements, and where it is written."""

    source: str
    target: str
    weight: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """One file of code in the graph of imports.

    Attributes:
        path: The file, which is its name here.
        package: The folder or package it belongs to.
        lines: Lines that are neither blank nor comment.
        fan_in: Modules of the repository that import it.
        fan_out: Modules of the repository that it imports.
        instability: `fan_out / (fan_in + fan_out)`, None where both are 0.
        depth: The longest way of imports down from it, cycles taken as one.
        role: `source`, `test` ... as `project.roles` names it.
    """

    path: str
    package: str
    lines: int
    fan_in: int
    fan_out: int
    instability: float | None
    depth: int
    role: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """Modules that import each other, all ways round.

    Attributes:
        modules: Sorted.
        edges: The imports among them.
        cut: The cheapest imports to remove so that none is left.
    """

    modules: tuple[str, ...]
    edges: tuple[Edge, ...]
    cut: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """A level of the architecture: what is above may import what is below; `proposed` where nobody wrote it down."""

    name: str
    modules: tuple[str, ...]
    proposed: bool = True


@dataclass(frozen=True, slots=True)
class Violation:
    """An import that breaks a rule.

    Attributes:
        rule: The rule, as its file names it.
        told: What is wrong, in a sentence.
        edges: The imports from the first module to the last; empty where a limit is broken.
        places: Where a limit is broken.
    """

    rule: str
    told: str
    edges: tuple[Edge, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Antipattern:
    """Something that is known to hurt.

    Attributes:
        kind: `cycle`, `god-object`, `shotgun-surgery`, `layer-skip`, `unstable-dependency`, `dead-code`, `old-todo` ...
        told: What it is here, in a sentence.
        evidence: Where, and the measures it stands on.
        weight: How much it hurts.
        effort: What mending it takes.
        order: Its place in the list of debts, from 1.
    """

    kind: str
    told: str
    evidence: tuple[Place, ...]
    weight: Weight
    effort: Effort
    order: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the figures do not cover.

    Attributes:
        skipped: Files that were not read, by reason.
        faults: Files that were read in part, with why.
        blind: What the reading cannot see, in sentences: imports made while running, `tsconfig` paths ...
        unread: Files whose language nobody here reads, by language.
    """

    skipped: dict[str, int] = field(default_factory=dict)
    faults: tuple[tuple[str, str], ...] = ()
    blind: tuple[str, ...] = ()
    unread: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the narrative, with the citations it stands on: `path:line` or the id of a measure."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """What of a repository a report is about.

    Attributes:
        told: In words: `the whole repository`, `3 files that changed since main`.
        since: The revision that the files were held against, "" for none.
        paths: The files it is about; empty where it is about all of them.
    """

    told: str = "the whole repository"
    since: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Architecture:
    """All that is known of how a repository is built.

    Attributes:
        extent: What of the repository this is about.
        languages: The largest first.
        modules: Sorted by path.
        imports: All edges, sorted.
        packages: Packages and the imports between them, sorted.
        cycles: The largest first.
        layers: From the top down.
        violations: What breaks the rules that the user keeps.
        complexity: Functions, the most involved first.
        hotspots: The hottest first.
        history: What git tells.
        duplicates: The longest first.
        antipatterns: In the order in which to mend them.
        tests: Which tests reach which code.
        known: Entry points, settings, stores and services.
        tooling: Commands that files name.
        dead: Modules and definitions that nothing seems to use, as `path` or `path::name`.
        limits: What the figures do not cover.
    """

    extent: Extent = field(default_factory=Extent)
    languages: tuple[LanguageShare, ...] = ()
    modules: tuple[Module, ...] = ()
    imports: tuple[Edge, ...] = ()
    packages: tuple[Edge, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    layers: tuple[Layer, ...] = ()
    violations: tuple[Violation, ...] = ()
    complexity: tuple[FunctionMeasures, ...] = ()
    hotspots: tuple[Hotspot, ...] = ()
    history: History = field(default_factory=History)
    duplicates: tuple[Duplicate, ...] = ()
    antipatterns: tuple[Antipattern, ...] = ()
    tests: Reach = field(default_factory=Reach)
    known: tuple[Known, ...] = ()
    tooling: tuple[Tooling, ...] = ()
    dead: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
