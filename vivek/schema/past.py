"""What git tells of a repository; paths are relative to its root."""

from dataclasses import dataclass, field


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
        left_out: Commits that tell nothing, by reason: `merge`, `bulk`, `bot`.
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
