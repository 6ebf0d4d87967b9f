"""What git tells of a repository; paths are relative to its root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Touch(NamedTuple):
    """What a commit did to a file; a named tuple, because a history has hundreds of thousands.

    Attributes:
        path: Its name from that commit on.
        old_path: Its name before, "" when it kept it.
        added: Lines added, 0 for what is no text.
        removed: Lines taken away.
    """

    path: str
    old_path: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that is no merge.

    Attributes:
        id: Its whole hash.
        time: When it was made, seconds since the epoch.
        author: Their name, as `.mailmap` has it.
        touched: The files, in git's order.
        left_out: Why it tells little of who works where on what: `bulk`, `bot`, `shallow`; or "".
    """

    id: str
    time: float
    author: str
    touched: tuple[Touch, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The commits of a repository, as they were read.

    Attributes:
        commits: None before those it was built on; of those that stand side by side, the latest first.
        merges: Commits that join others; what they do of their own is not looked at.
        told: What limits it: a shallow clone, no git.
    """

    commits: tuple[Commit, ...] = ()
    merges: int = 0
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that a commit replaced: from line `old` on `removed` lines, from line `new` on `added` in their place."""

    old: int
    removed: int
    new: int
    added: int


Hunks = Mapping[str, Mapping[str, tuple[Hunk, ...]]]
"""From a commit to the files it changed, by their names from that commit on, with the lines."""


@dataclass(frozen=True, slots=True)
class Scattered:
    """A file whose changes usually take others along: in how many of its commits each of them changed as well."""

    path: str
    commits: int
    others: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FileHistory:
    """What git tells of a file.

    Attributes:
        path: Its present name.
        commits: How many touched it, under its earlier names as well.
        added: Lines added by them.
        removed: Lines taken away.
        first: When it came, seconds since the epoch.
        last: When it was last changed.
        authors: Who wrote how many of the added lines, the most first; at most ten.
        bus_factor: The fewest people who wrote half of it.
    """

    path: str
    commits: int
    added: int
    removed: int
    first: float
    last: float
    authors: tuple[tuple[str, int], ...]
    bus_factor: int


@dataclass(frozen=True, slots=True)
class Coupling:
    """Two files that change together: in how many commits, as what share of the rarer one; hidden without an import."""

    one: str
    other: str
    together: int
    share: float
    hidden: bool


@dataclass(frozen=True, slots=True)
class History:
    """What git tells of the repository.

    Attributes:
        commits: Commits that were looked at.
        left_out: Commits that tell nothing, by reason: `merge`, `bulk`, `bot`, `shallow`.
        since: The time of the earliest, seconds since the epoch.
        until: The time of the latest, which stands for now: the same commits give the same figures.
        files: Files that are there now, sorted by path.
        couplings: Files that change together, the strongest first.
        told: What limits it: a shallow clone, no git.
    """

    commits: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    since: float = 0.0
    until: float = 0.0
    files: tuple[FileHistory, ...] = ()
    couplings: tuple[Coupling, ...] = ()
    told: tuple[str, ...] = ()
