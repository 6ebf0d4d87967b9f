"""Reads from git's history which files change together, and which changed lately."""

import math
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.git.log import read_log

COMMITS = 300
"""Commits that are looked at, the latest first."""

LARGEST = 20
"""Commits with more files than this tell nothing of what belongs together."""

SECONDS = 5.0
"""How long git may take; a history that is read more slowly is not worth its time."""

_PARTNERS = 20
_START = "\x01"


@dataclass(frozen=True, slots=True)
class History:
    """What git's history tells of files.

    Attributes:
        recent: Files by how lately they were changed, the latest first.
        together: From a file to those that were changed in one commit with it, with how often, from 0 to 1.
    """

    recent: tuple[str, ...] = ()
    together: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def load_history(root: Path, *, commits: int = COMMITS, start: str = "HEAD") -> History:
    """Return what the last commits tell; nothing without git, a repository or a commit, or where git is too slow.

    A first commit brings in everything at once, and so does the last one of a shallow clone: it tells nothing.

    Args:
        root: A folder of the working tree; paths are relative to it, and what lies outside is left out.
        commits: How many commits to look at.
        start: The latest of them.
    """
    shape = ["--no-renames", "--name-only", "--format=format:%x01"]
    some = ["--no-merges", "--min-parents=1", f"--max-count={commits}"]
    try:
        told = read_log(root, [*shape, *some], [start], timeout=SECONDS)
    except WorkspaceError:
        return History()
    return History() if told is None else history_of(_changes(os.fsdecode(told)))


def history_of(changes: Iterable[Collection[str]]) -> History:
    """Return what some commits tell, given the files of each, the latest commit first."""
    recent: dict[str, None] = {}
    changed: dict[str, int] = defaultdict(int)
    shared: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for files in changes:
        recent.update(dict.fromkeys(sorted(files)))
        if len(files) > LARGEST:
            continue
        for file in files:
            changed[file] += 1
            for other in files:
                if other != file:
                    shared[file][other] += 1
    together = {file: _strongest(file, others, changed) for file, others in sorted(shared.items())}
    return History(tuple(recent), together)


def _strongest(file: str, others: Mapping[str, int], changed: Mapping[str, int]) -> dict[str, float]:
    """Return the files that change most often with another; once is chance, so it weighs little."""
    shares = {other: times / (1 + math.sqrt(changed[file] * changed[other])) for other, times in others.items()}
    best = sorted(shares.items(), key=lambda each: (-each[1], each[0]))
    return dict(best[:_PARTNERS])


def _changes(log: str) -> Sequence[list[str]]:
    """Return the files of each commit; a name may begin with a line break that git puts before the first one."""
    return [
        [name for part in commit.split("\0") if (name := part.removeprefix("\n"))] for commit in log.split(_START)[1:]
    ]
