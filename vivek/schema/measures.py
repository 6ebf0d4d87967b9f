"""What was measured of single files and functions; paths are relative to the root, lines count from 1."""

from dataclasses import dataclass, field
from typing import Final


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


UNNAMED: Final = "unnamed variable"
"""Kind of a variable of the environment whose name is made while running: known is only that one is read."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something a pattern found; `kind`: `entry point`, `environment variable`, `data store`, `service`, `setting`."""

    kind: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Todo:
    """A comment that says something is left to do: its mark (`TODO`, `FIXME`, `XXX`, `HACK`) and what follows it."""

    mark: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class CaseMeasures:
    """A test of a file.

    Attributes:
        name: Qualified within its file; for tests without a name of their own, what they say of themselves.
        line: Its first line.
        asserts: Whether it asserts something, itself or by a function of its file.
        calls: What it calls, sorted; only of a test that asserts nothing, since those called may do so.
    """

    name: str
    line: int
    asserts: bool
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileMeasures:
    """What was measured of one text.

    Attributes:
        path: The file.
        language: As `syntax.languages` names it, None when its name does not tell.
        lines: How many the text has.
        code: Lines that are neither blank nor comment; what only documents, such as a docstring, is a comment.
        functions: In the order of the text; empty where nobody here can read them.
        todos: In the order of the text.
        known: Entry points, environment variables, data stores and services, in the order of the text.
        tests: In the order of the text.
        asserting: Names of functions in it that assert something, sorted: tests elsewhere may call them.
        prints: Fingerprints of its tokens, as `syntax.prints` packs them.
        read: Who read it: `ast`, `grammar`, `pattern`; "" when nobody here reads the language.
        fault: Why it could be read in part only, or "".
    """

    path: str
    language: str | None = None
    lines: int = 0
    code: int = 0
    functions: tuple[FunctionMeasures, ...] = ()
    todos: tuple[Todo, ...] = ()
    known: tuple[Known, ...] = ()
    tests: tuple[CaseMeasures, ...] = ()
    asserting: tuple[str, ...] = ()
    prints: bytes = field(default=b"", repr=False)
    read: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Code that stands in several places: path, first and last line of each; `tokens` of one of them."""

    places: tuple[tuple[str, int, int], ...]
    tokens: int


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
