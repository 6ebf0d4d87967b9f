"""Goes on with the transcript of a thread, or begins a new generation of it when the window fills up."""

import hashlib
import math
from collections.abc import Mapping, Sequence

from vivek.edits.codec import Text, decode
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.prompts.compaction import compact
from vivek.schema.events import Notice

FULL = 0.6
SHRUNK = 0.25
"""Shares of the window: above the first a new generation begins, and its summary takes the second at most."""

_FRESH: StateUpdate = {"shown": {}, "partly": {}, "told": [], "listed": ""}
"""What a new generation holds of the project."""


def open_generation(state: ChatState, ctx: NodeContext, request: str, named: Sequence[str]) -> StateUpdate:
    """Return head, shown files and notices to go on from; a new generation when the window fills up."""
    notes = ctx.read_notes()
    opened: StateUpdate = {
        "shown": state.get("shown") or {},
        "notices": list(state.get("notices") or ()),
        "notes": hashlib.sha256(notes.encode()).hexdigest(),
        "notes_due": False,
        "listed": state.get("listed") or "",
    }
    head = state.get("head")
    if head is None:
        return opened | {"head": ctx.transcript.begin_generation(ctx.system_text(notes)), **_FRESH}
    used = ctx.transcript.tokens(head)
    window = min(ctx.window, ctx.narrowest or ctx.window)
    needed = ctx.count(request) + ctx.profile.prose_tokens + _to_be_shown(named, opened["shown"], ctx)
    if used <= FULL * window and (used + needed <= window or used <= SHRUNK * window):
        due = bool(state.get("notes_due")) or state.get("notes") != opened["notes"]
        return opened | {"head": head, "notes_due": due}
    changed = [path for turn in reversed(ctx.journal.turns(ctx.thread_id)) for path in turn.paths]
    goals = [ctx.store.get_text(row.blob) for row in ctx.store.chain(state.get("log")) if row.role == "user"]
    messages = ctx.transcript.messages(head)
    # What the server counted for these messages puts the cheap count right, without loading token tables.
    ratio = used / max(1, sum(ctx.count(message.content) for message in messages))

    def measured(text: str) -> int:
        return math.ceil(ctx.count(text) * min(1.0, ratio))

    room = int(SHRUNK * window)
    summary = compact(messages, goals, room, measured, changed=tuple(dict.fromkeys(changed)))
    head = ctx.transcript.begin_generation(ctx.system_text(notes), summary, count=measured)
    kept = ctx.transcript.tokens(head)
    ctx.emit(
        Notice(
            f"The conversation filled {used:,} of {window:,} tokens; it goes on from a summary of {kept:,}, "
            "which the model reads once.",
            hint="The whole thread is kept; `vivek threads show` prints it.",
        )
    )
    return opened | {"head": head, **_FRESH}


def _to_be_shown(named: Sequence[str], shown: Mapping[str, str], ctx: NodeContext) -> int:
    """Return the tokens of the named files that the transcript does not hold yet."""
    contents = [ctx.files.read(path) for path in named if path not in shown]
    texts = [decode(data) for data in contents if data]
    return sum(ctx.count(text.plain) for text in texts if isinstance(text, Text))
