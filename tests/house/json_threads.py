"""What the commands about threads print as JSON, and runs that show it."""

from collections.abc import Mapping

from tests.house.json_outputs import Output, Property, listed
from tests.house.json_turns import CHANGED
from vivek.schema.exported import ExportedThread
from vivek.schema.replayed import Replayed
from vivek.schema.threads import Found, ThreadSummary
from vivek.schema.travel import Forked, RewindPlan, ThreadTree

MESSAGE: Mapping[str, Property] = {
    "role": ({"enum": ["user", "assistant"]}, "Who spoke."),
    "text": (str, "What was said."),
}

THREADS: Mapping[str, Output] = {
    "threads list": Output(
        "The threads, newest first.",
        {
            "threads": (tuple[ThreadSummary, ...], "One entry a thread."),
            "left_out": (int, "How many more there are."),
        },
        (("threads", "list"), ("threads", "list", "--all"), ("threads", "list", "--limit", "1")),
        before=CHANGED,
    ),
    "threads show": Output(
        "What was said in a thread; with `--tree`, its turns and what left it.",
        {
            "thread": (ThreadSummary, "The thread."),
            "messages": (listed(MESSAGE), "What was said, oldest first."),
            "tree": (ThreadTree, "The thread, its forks and what was set aside."),
        },
        (("threads", "show", "{thread}"), ("threads", "show", "{thread}", "--tree")),
        before=CHANGED,
        optional=("thread", "messages", "tree"),
    ),
    "threads rename": Output(
        "The thread under its new title.",
        {"thread": (ThreadSummary, "The thread.")},
        (("threads", "rename", "{thread}", "A better title"),),
        before=CHANGED,
    ),
    "threads delete": Output(
        "What was deleted.",
        {"deleted": (str, "The id of the thread.")},
        (("threads", "delete", "{thread}", "--yes"),),
        before=CHANGED,
    ),
    "threads fork": Output(
        "The new thread.",
        {},
        (("threads", "fork", "{thread}"),),
        before=CHANGED,
        pieces=Forked,
    ),
    "threads rewind": Output(
        "What a return to an earlier turn did, or would do.",
        {
            "dry_run": (bool, "Whether nothing was done."),
            "aside": (str | None, "The name of what was set aside."),
        },
        (
            ("threads", "rewind", "{thread}", "--to", "0", "--dry-run"),
            ("threads", "rewind", "{thread}", "--to", "0", "--yes"),
        ),
        before=CHANGED,
        optional=("aside",),
        pieces=RewindPlan,
    ),
    "threads prune": Output(
        "The threads that were deleted, or would be.",
        {
            "dry_run": (bool, "Whether nothing was done."),
            "deleted": (tuple[str, ...], "Ids of the threads."),
            "in_use": (tuple[str, ...], "Ids of those that were kept because somebody uses them."),
            "freed_bytes": (int, "What was given back."),
        },
        (("threads", "prune", "--keep", "0", "--dry-run"), ("threads", "prune", "--keep", "0", "--yes")),
        before=CHANGED,
        optional=("in_use", "freed_bytes"),
    ),
    "threads search": Output(
        "Where words were said.",
        {},
        (("threads", "search", "rounds"), ("threads", "search", "nowhere")),
        before=CHANGED,
        pieces=Found,
    ),
    "threads export": Output(
        "A thread without its secrets.",
        {},
        (("threads", "export", "{thread}"),),
        before=CHANGED,
        pieces=ExportedThread,
    ),
    "threads replay": Output(
        "Whether the recorded turns of a thread still do what they did.",
        {},
        (("threads", "replay", "{thread}"),),
        before=CHANGED,
        pieces=Replayed,
    ),
}
