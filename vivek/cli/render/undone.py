"""What an undo or a redo did, in lines."""

from vivek.cli.render.safe_text import one_line
from vivek.schema.applying import BY_HAND
from vivek.schema.edits import FileChange
from vivek.schema.undo import UndoReport

_WORDS = {
    ("undo", True): {"create": "restored", "modify": "restored", "delete": "removed"},
    ("undo", False): {"create": "would restore", "modify": "would restore", "delete": "would remove"},
    ("redo", True): {"create": "made", "modify": "changed", "delete": "removed"},
    ("redo", False): {"create": "would make", "modify": "would change", "delete": "would remove"},
}


def files_of(report: UndoReport) -> list[str]:
    """Return a line for each file."""
    return [
        f"{_WORDS[report.way, file.applied][file.kind]} {one_line(file.path)}{_counts(file)}" for file in report.files
    ]


def kept_of(report: UndoReport) -> list[str]:
    """Return a line for each file that was left alone."""
    return [f"kept {one_line(file.path)}: {one_line(file.reason)}" for file in report.kept]


def summary_of(report: UndoReport, command: str) -> list[str]:
    """Return what was settled first, which turn it was, and how to go the other way.

    Args:
        report: What was done.
        command: What the user types before `undo` and `redo`: `vivek ` or `/`.
    """
    notes = [one_line(note) for note in report.notes]
    turn = BY_HAND.get(report.thread) or f"turn {report.turn} of {one_line(report.thread)}"
    if not report.files:
        return [*notes, f"nothing to change for {turn}"]
    if not report.files[0].applied:
        return [*notes, f"this would {'take back' if report.way == 'undo' else 'bring again'} {turn}"]
    if report.way == "undo":
        return [*notes, f"took back {turn}; `{command}redo` brings it again"]
    return [*notes, f"brought again {turn}; `{command}undo` takes it back"]


def _counts(file: FileChange) -> str:
    return f" (+{file.added} -{file.removed})" if file.added or file.removed else ""
