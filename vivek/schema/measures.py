"""What was measured of single files and functions; paths are relative to the root, lines count from 1."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the repository; `line` is 0 for the file as a whole."""

    path: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class FunctionMeasures:
    """How involved a function is.

    Attributes:
        name: Qualified within its file.
        path: The file.
        line: Its first line.
        end_line: Its last line.
        cyclomatic: Ways through it, as McCabe counts them.
        cognitive: How hard it is to follow: branches weigh more the deeper they lie.
        nesting: Its deepest level of branches and loops.
        length: Lines that are neither blank nor comment.
        parameters: How many it takes, without `self` and `cls`.
    """

    name: str
    path: str
    line: int
    end_line: int
    cyclomatic: int
    cognitive: int
    nesting: int
    length: int
    parameters: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Code that stands in several places: path, first and last line of each; `tokens` of one of them."""

    places: tuple[tuple[str, int, int], ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Known:
    """Something a pattern found; `kind`: `entry point`, `environment variable`, `data store`, `service`, `setting`."""

    kind: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Tooling:
    """A command that a file of the project names: `test`, `build`, `lint`; never run unless asked."""

    kind: str
    command: str
    place: Place


@dataclass(frozen=True, slots=True)
class Reach:
    """Which tests reach which code.

    Attributes:
        covered: From a module to the test files that import it, directly or through what they import.
        untested: Modules that no test reaches, sorted.
        empty: Tests that assert nothing, as `path::name` with their place.
    """

    covered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    untested: tuple[str, ...] = ()
    empty: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class Hotspot:
    """Code that changes often and is involved.

    Attributes:
        path: The file.
        name: The function, "" for the file as a whole.
        line: Where it begins, 0 for the file as a whole.
        score: Recency-weighted changes times complexity, as a share of the largest.
        changes: Commits that touched it.
        complexity: Its cognitive complexity.
    """

    path: str
    name: str
    line: int
    score: float
    changes: int
    complexity: int
