"""What a commit of vivek's own changes took, and what it left."""

from dataclasses import dataclass

from vivek.schema.undo import KeptFile


@dataclass(frozen=True, slots=True)
class CommitReport:
    """A commit.

    Attributes:
        commit: Its full name.
        ref: The branch or ref it is on.
        subject: The first line of its message.
        files: The files in it, relative to the project's root.
        left_out: Files that the thread changed and that are not in it, each with the reason.
        notes: What is worth knowing, such as hooks that were not run.
    """

    commit: str
    ref: str
    subject: str
    files: tuple[str, ...]
    left_out: tuple[KeptFile, ...] = ()
    notes: tuple[str, ...] = ()
