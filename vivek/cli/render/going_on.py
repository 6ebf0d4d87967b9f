"""What can be done after a turn that asks something or failed: in a chat, and from a shell."""

from vivek.cli.render.safe_text import one_line
from vivek.schema.report import TurnReport

_FAILED = ("failed", "incomplete")
_AGAIN = "`/retry` asks again, `/retry --model MODEL` asks another model"


def ways_in_chat(report: TurnReport) -> str:
    """Return what the user can do next in a chat, "" where nothing need be said."""
    if report.question is not None:
        return "Answer with a number, or in your own words." if report.question.choices else "Answer in your own words."
    if report.status not in _FAILED:
        return ""
    if not report.reply:
        return f"hint: {_AGAIN}"
    return f"{_kept(report)}\nhint: {_AGAIN}, `/editor` opens the reply, {_apply(report)}"


def ways_in_shell(report: TurnReport) -> str:
    """Return what the user can do next from a shell, "" where nothing need be said."""
    if report.question is not None:
        picks = "; a number picks" if report.question.choices else ""
        return f"hint: `vivek ask --thread {report.thread_id} ANSWER` answers{picks}"
    if report.status not in _FAILED or not report.reply:
        return ""
    return f"{_kept(report)}\nhint: {_apply(report)}"


def _kept(report: TurnReport) -> str:
    return f"The reply is kept in {one_line(report.reply)}."


def _apply(report: TurnReport) -> str:
    return f"`vivek apply {one_line(report.reply)}` applies its edits"
