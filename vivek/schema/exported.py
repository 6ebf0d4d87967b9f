"""A thread as it is handed to others: what was said, changed and checked, with its figures."""

from dataclasses import dataclass

from vivek.schema.checks import Check
from vivek.schema.edits import FileChange
from vivek.schema.report import ErrorReport, TurnUsage
from vivek.schema.review import Review
from vivek.schema.threads import ThreadSummary


@dataclass(frozen=True, slots=True)
class ExportedTurn:
    """One turn.

    Attributes:
        number: Counted from 1.
        request: What the user asked.
        answer: What was answered.
        status: How it ended; "" where its state is not kept.
        mode: How the model worked, or "".
        models: Who answered, as `provider/name`.
        changes: The files of its change.
        diff: Its change as a unified diff, or "".
        checks: What was checked.
        review: The verdict on it, or None.
        usage: Its figures, or None where its state is not kept.
        error: What went wrong, or None.
    """

    number: int
    request: str
    answer: str
    status: str = ""
    mode: str = ""
    models: tuple[str, ...] = ()
    changes: tuple[FileChange, ...] = ()
    diff: str = ""
    checks: tuple[Check, ...] = ()
    review: Review | None = None
    usage: TurnUsage | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True, slots=True)
class ExportedThread:
    """A thread without its secrets.

    Attributes:
        thread: What a list shows of it.
        turns: Its finished turns.
    """

    thread: ThreadSummary
    turns: tuple[ExportedTurn, ...]
