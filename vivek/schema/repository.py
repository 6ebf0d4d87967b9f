"""What is known of a repository before anything is concluded from it; paths are relative to its root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.architecture import Limits
from vivek.schema.index import Definition
from vivek.schema.measures import FileMeasures, Hotspot, Place, Tooling
from vivek.schema.past import History, Scattered

LinkKind = Literal["import", "part", "use"]


@dataclass(frozen=True, slots=True)
class Link:
    """An import as a file writes it, and the files of the repository that it reaches; none for a library.

    Attributes:
        module: What is imported, as it is written.
        line: Where, from 1.
        names: How many names it takes, at least 1.
        targets: Sorted, without the file itself.
        kind: `part` where it only says that the other file belongs to this one, as `mod` does in Rust; `use` where
            a name of the other file is used without any import, as within a package of Go or Java.
    """

    module: str
    line: int
    names: int = 1
    targets: tuple[str, ...] = ()
    kind: LinkKind = "import"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file.

    Attributes:
        path: The file.
        role: The part it plays, as `project.roles` names it.
        code: Whether its language defines what one may look up by name, and somebody here can read it.
        measures: What was measured of it.
        links: What it imports, in the order of the text.
    """

    path: str
    role: str
    code: bool
    measures: FileMeasures
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerRule:
    """A layer that the user wrote down: patterns of paths, and the line of the rules file."""

    name: str
    patterns: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Ban:
    """Imports that the user forbids: from files of one pattern to files of the other, and why.

    Attributes:
        source: Patterns of the files that may not import.
        target: Patterns of the files that may not be imported by them.
        why: What the user says about it, or "".
        indirect: Whether ways over other files count as well.
        line: The line of the rules file.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    why: str = ""
    indirect: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Contract:
    """What the user wrote down about the architecture, in `path`; "" where there is no such file.

    Attributes:
        path: The file.
        layers: From the top down.
        bans: In the order of the file.
        no_cycles: Whether a cycle of imports breaks the rules.
        max_fan_out: The most modules that one may import, None for any number.
        max_complexity: The most ways through a function, None for any number.
    """

    path: str = ""
    layers: tuple[LayerRule, ...] = ()
    bans: tuple[Ban, ...] = ()
    no_cycles: bool = False
    max_fan_out: int | None = None
    max_complexity: int | None = None


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """All that is measured of a repository; `analysis.architecture.describe` concludes from it.

    Attributes:
        files: Sorted by path.
        unused: Definitions at the top of files whose name stands nowhere else in the repository.
        unnamed: Files that no other text names: by import, by path, by dotted name, or by a name that they define.
        loaders: Files that import by names made while running.
        tooling: Commands that files name.
        history: What git tells.
        hotspots: The hottest first.
        scattered: Files whose changes usually take others along.
        todo_since: From path and line of a mark such as TODO to when it came, seconds since the epoch.
        contract: The rules that the user keeps.
        limits: What was not read, and what reading cannot see.
    """

    files: tuple[SourceFile, ...] = ()
    unused: tuple[Definition, ...] = ()
    unnamed: frozenset[str] = frozenset()
    loaders: tuple[Place, ...] = ()
    tooling: tuple[Tooling, ...] = ()
    history: History = field(default_factory=History)
    hotspots: tuple[Hotspot, ...] = ()
    scattered: tuple[Scattered, ...] = ()
    todo_since: Mapping[tuple[str, int], float] = field(default_factory=dict)
    contract: Contract = field(default_factory=Contract)
    limits: Limits = field(default_factory=Limits)
