"""What the commands that talk, change files and look back print as JSON, and runs that show it."""

from collections.abc import Mapping

from tests.house.json_outputs import Output, Property, listed
from vivek.schema.applying import FileOutcome
from vivek.schema.checks import Check
from vivek.schema.commands import Verdict
from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange, Refusal
from vivek.schema.metrics import MetricsReport
from vivek.schema.questions import Clarification
from vivek.schema.report import ErrorReport, TurnStatus, TurnUsage
from vivek.schema.review import Review
from vivek.schema.sandbox import Confinement
from vivek.schema.undo import UndoReport

ASK = ("ask", "change till/prices.py", "{model}", "--depth", "fast")
CHANGED = ((*ASK, "--approve", "edits"),)
WAITING = (ASK,)

REPORT: Mapping[str, Property] = {
    "thread_id": (str | None, "The thread, null when none was begun."),
    "status": (TurnStatus, "How the turn ended."),
    "answer": (str, "What the user is told; of a turn that broke off, what came of it."),
    "changes": (tuple[FileChange, ...], "The files of the change, applied or not."),
    "diff": (str, "The change as a unified diff that `git apply` takes."),
    "checks": (tuple[Check, ...], "What was checked."),
    "review": (Review | None, "The verdict, if there was one."),
    "usage": (TurnUsage, "Figures; null is unknown."),
    "model": (str | None, "`provider/model` that was to answer."),
    "error": (ErrorReport | None, "What went wrong."),
    "answered_by": (str | None, "Who answered in its place, joined by commas."),
    "shortened": (bool, "Whether `answer` holds only the two ends of a very long reply."),
    "question": (Clarification | None, "What the model asks first; the next prompt of the thread answers it."),
    "reply": (str | None, "The file that keeps the reply of a turn that failed."),
}
TRACE: Mapping[str, Property] = {"kind": (str, "What became of it."), "path": (str, "The file.")}

TURNS: Mapping[str, Output] = {
    "ask": Output(
        "What a turn came to; with `jsonl`, one line for each event before it.",
        REPORT,
        (ASK, (*ASK, "--approve", "edits"), ("ask", "x", "--model", "scripted/gone.jsonl"), ("ask",)),
        lines=True,
    ),
    "threads resume": Output(
        "What the rest of a turn came to; with `jsonl`, one line for each event before it.",
        REPORT,
        (("threads", "resume", "{thread}"), ("threads", "resume", "{thread}", "--approve", "edits")),
        before=WAITING,
        lines=True,
    ),
    "undo": Output(
        "What became of the files of a turn that was taken back.",
        {},
        (("undo", "--dry-run"), ("undo",)),
        before=CHANGED,
        pieces=UndoReport,
    ),
    "redo": Output(
        "What became of the files of a turn that was brought again.",
        {},
        (("redo", "--dry-run"), ("redo",)),
        before=(*CHANGED, ("undo",)),
        pieces=UndoReport,
    ),
    "apply": Output(
        "What became of a reply that was applied by itself.",
        {
            "applied": (bool, "Whether any file was changed."),
            "files": (tuple[FileOutcome, ...], "What it changes."),
            "refused": (tuple[Refusal, ...], "What was not taken, and why."),
            "asked": (tuple[str, ...], "Files that the reply asks to see."),
            "left": (int, "Fences of the reply that belong to no file."),
            "diff": (str, "All changes as one unified diff."),
            "concerns": (tuple[Concern, ...], "What is doubtful, what weighs most first."),
        },
        (("apply", "reply.md", "--dry-run"), ("apply", "reply.md"), ("apply", "refused.md")),
    ),
    "run": Output(
        "Whether a command may run, and what came of it when it did.",
        {
            "verdict": (Verdict, "What becomes of it."),
            "rule": (str, "The rule that decided."),
            "sandbox": (Confinement, "What holds it back."),
            "returncode": (int | None, "Its exit code."),
            "ending": (str, "How it ended."),
            "seconds": (float, "How long it took."),
            "output": (str, "What it wrote."),
            "omitted": (int, "Bytes of its output that were left out."),
            "not_kept": (listed(TRACE), "What it wrote in the sandbox, which is not kept."),
        },
        (
            ("run", "--explain", "{format}", "ls"),
            ("run", "--sandbox", "off", "--approval", "all", "{format}", "--", "echo", "hello"),
        ),
        optional=("returncode", "ending", "seconds", "output", "omitted", "not_kept"),
    ),
    "metrics": Output(
        "What turns and model calls took.",
        {"metrics": (MetricsReport, "The figures; null is unknown.")},
        (("metrics",), ("metrics", "--by", "node"), ("metrics", "--since", "7d", "--by", "day")),
        before=CHANGED,
    ),
}
