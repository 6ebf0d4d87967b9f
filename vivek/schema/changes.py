"""What differs between two versions of a project's files, as a reviewer meets it; lines count from 1."""

from dataclasses import dataclass
from typing import Literal

ScopeKind = Literal["worktree", "staged", "branch", "range", "commit", "pull_request", "patch", "files", "lines"]
FileKind = Literal[
    "added", "modified", "deleted", "renamed", "copied", "mode", "binary", "submodule", "conflicted", "whole"
]
WishKind = Literal["auto", "staged", "base", "range", "commit", "pr", "patch", "files", "lines"]
Sign = Literal[" ", "+", "-"]


@dataclass(frozen=True, slots=True)
class ScopeWish:
    """What the user wants looked at, before anything is known of it.

    Attributes:
        kind: `auto` is the working tree, or the branch where nothing in the tree is changed.
        value: The revision, the range, the number of a pull request, the file of a patch (`-` for the standard
            input), or `FILE:A-B`.
        paths: What it is narrowed to, relative to the root; the files themselves for `files`.
        text: The patch itself, where it came by the standard input.
    """

    kind: WishKind = "auto"
    value: str = ""
    paths: tuple[str, ...] = ()
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class ReviewScope:
    """What is looked at.

    Attributes:
        kind: Where it comes from.
        told: In words for the user: `the working tree against HEAD`, `feature against main (merge base 1a2b3c4)`.
        base: The commit of the old version, "" where there is none.
        head: The commit of the new version, "" for the working tree, a patch or whole files.
        message: What its author says it does: commit messages or the text of a pull request, "" for none.
        paths: What it is narrowed to, empty for everything.
    """

    kind: ScopeKind
    told: str
    base: str = ""
    head: str = ""
    message: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a hunk, without its line end; `old` and `new` are its numbers, 0 on the side where it is not."""

    sign: Sign
    text: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that changed, with those around them; `old` and `new` are the first lines it covers on each side."""

    old: int
    new: int
    lines: tuple[DiffLine, ...]

    @property
    def changed(self) -> int:
        """How many lines it adds and takes away."""
        return sum(line.sign != " " for line in self.lines)


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a change.

    Attributes:
        path: Its name in the new version; the old one where it is deleted.
        kind: What happened to it; `whole` where nothing is compared and the file is looked at as it is.
        hunks: What differs, in order; empty where there is no text to compare. Of a `whole` file every line that is
            looked at counts as added.
        old_path: Its name before, where that was another.
        old_text: Its text before, lines ended by a line feed; None where there was none, or it is unknown or no text.
        new_text: The same of the new version.
        aside: Why it is reported and not read: `binary`, `generated`, `lock file`, `vendored`, `submodule` ...; or "".
        modes: Its rights before and after as git writes them, where they changed.
        note: What else the user should know of it, such as an encoding that is not UTF-8.
    """

    path: str
    kind: FileKind
    hunks: tuple[Hunk, ...] = ()
    old_path: str = ""
    old_text: str | None = None
    new_text: str | None = None
    aside: str = ""
    modes: tuple[str, str] | None = None
    note: str = ""

    @property
    def added(self) -> int:
        """How many lines it adds."""
        return sum(line.sign == "+" for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        """How many lines it takes away."""
        return sum(line.sign == "-" for hunk in self.hunks for line in hunk.lines)


@dataclass(frozen=True, slots=True)
class Changes:
    """All of a review's files.

    Attributes:
        scope: What was looked at.
        files: Sorted by path.
        left_out: Files beyond the limits, with why.
        told: What the user should know of the whole: a shallow clone, a repository without commits.
    """

    scope: ReviewScope
    files: tuple[ChangedFile, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()
