"""How the architecture of a repository changed between two commits; a file that was renamed has its later name."""

from dataclasses import dataclass, field

from vivek.schema.architecture import Cycle, Edge, Violation


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit: as the user named it, and its whole hash."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A module that is somewhere else now: under another name, or in another layer."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure of a file, or of one of its functions, before and after; None where there was or is none.

    Attributes:
        path: The file.
        name: The function, "" for the file as a whole.
        line: Where it is now, 0 where it is gone and for the file as a whole.
        before: What it was.
        after: What it is.
    """

    path: str
    name: str
    line: int
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class GrownCycle:
    """A cycle that modules were drawn into: the cycle as it is, and those modules."""

    cycle: Cycle
    joined: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How the architecture changed from one commit to another.

    Attributes:
        old: The earlier commit.
        new: The later one.
        figures: From the name of a figure of the whole to what it was and what it is.
        modules_added: Modules that are new.
        modules_removed: Modules that are gone.
        renamed: Modules that have another name.
        packages_added: Packages that begin to import each other.
        packages_removed: Packages that ceased to.
        imports_added: Imports that are new.
        imports_removed: Imports that are gone.
        cycles_added: Cycles that are new.
        cycles_grown: Cycles with more modules than before.
        cycles_removed: Cycles that are gone.
        violations_added: Broken rules that were kept before.
        violations_removed: Broken rules that are kept now.
        relayered: Modules that are in another layer.
        complexity: Functions that became more or less involved, came or went; the largest change first.
        hotspots: Files whose score as hotspots changed, the largest change first.
        told: What limits the comparison.
    """

    old: Revision
    new: Revision
    figures: dict[str, tuple[int, int]] = field(default_factory=dict)
    modules_added: tuple[str, ...] = ()
    modules_removed: tuple[str, ...] = ()
    renamed: tuple[Moved, ...] = ()
    packages_added: tuple[Edge, ...] = ()
    packages_removed: tuple[Edge, ...] = ()
    imports_added: tuple[Edge, ...] = ()
    imports_removed: tuple[Edge, ...] = ()
    cycles_added: tuple[Cycle, ...] = ()
    cycles_grown: tuple[GrownCycle, ...] = ()
    cycles_removed: tuple[Cycle, ...] = ()
    violations_added: tuple[Violation, ...] = ()
    violations_removed: tuple[Violation, ...] = ()
    relayered: tuple[Moved, ...] = ()
    complexity: tuple[Changed, ...] = ()
    hotspots: tuple[Changed, ...] = ()
    told: tuple[str, ...] = ()
