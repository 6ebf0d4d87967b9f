"""What became of a reply that was applied without a turn."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.concerns import Concern
from vivek.schema.edits import EditKind, Refusal

FileStatus = Literal["applied", "would_apply", "held_back", "unchanged"]

APPLIED = "_apply"
"""Stands in the journal where a thread would; no thread can be called so."""

FIXED = "_review"
"""The same of fixes of a review's findings; each walk through them is a turn."""

BY_HAND = {APPLIED: "an applied reply", FIXED: "the fixes of a review"}
"""What the user is told of changes that no thread made."""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One file that a reply changes.

    Attributes:
        path: Relative to the root, with `/`.
        status: Whether it was changed, would be, was left alone because another one was refused, or is already as the
            reply wants it.
        kind: What happens to it.
        added: Lines added.
        removed: Lines removed.
        notes: How its edits were fitted in, such as `indentation adjusted by 4`.
        look_twice: Why it deserves a second look, or "".
    """

    path: str
    status: FileStatus
    kind: EditKind
    added: int
    removed: int
    notes: tuple[str, ...] = ()
    look_twice: str = ""


@dataclass(frozen=True, slots=True)
class ApplyReport:
    """What became of a reply.

    Attributes:
        files: What it changes; nothing of it was applied when anything was refused.
        refusals: What was not taken, and why.
        asked: Files that the reply asks to see; nobody shows them.
        left: Fences of the reply that belong to no file, such as examples.
        diff: All changes as one unified diff.
        concerns: What is doubtful about the changes, what weighs most first.
        settled: What was found cut off before and settled first, a sentence each.
    """

    files: tuple[FileOutcome, ...]
    refusals: tuple[Refusal, ...] = ()
    asked: tuple[str, ...] = ()
    left: int = 0
    diff: str = ""
    concerns: tuple[Concern, ...] = ()
    settled: tuple[str, ...] = ()
