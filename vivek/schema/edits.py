"""What is to change in the user's files."""

from dataclasses import dataclass
from typing import Literal

EditKind = Literal["create", "modify", "delete"]


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One file of a change set.

    Attributes:
        path: Relative to the root, with `/`.
        kind: What happens to it.
        before: SHA-256 (hex) of its bytes before, None when it does not exist.
        after: SHA-256 (hex) of its bytes after, None when it is deleted.
        added: Lines added.
        removed: Lines removed.
        mode: Its rights afterwards, such as 0o755; None keeps those it has, or gives a new file the usual ones.
    """

    path: str
    kind: EditKind
    before: str | None
    after: str | None
    added: int = 0
    removed: int = 0
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Edits that are applied together, all or none.

    Attributes:
        id: Unique and stable over retries of a step.
        edits: One entry a file.
    """

    id: str
    edits: tuple[FileEdit, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that was not taken, with a text that lets the model mend it (25 lines at most)."""

    path: str
    reason: str
    feedback: str


@dataclass(frozen=True, slots=True)
class FileNeed:
    """A file the model asks to see."""

    path: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file as the user is told of it."""

    path: str
    kind: EditKind
    added: int
    removed: int
    applied: bool
