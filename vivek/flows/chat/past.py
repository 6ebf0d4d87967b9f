"""What can be known of a thread's past without a model: exchanges, files, and how large its words really are."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from vivek.edits.codec import Text, decode
from vivek.errors import WorkspaceError
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.prompts.bodies import described
from vivek.prompts.compaction import Facts
from vivek.prompts.strategies import Exchange, Past

_READ_BACK = 2_000
"""Exchanges that are looked at; the older ones are only counted."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Counts cheaply and puts that right by what the server counted for a conversation.

    Attributes:
        count: The cheap count.
        ratio: Tokens that the server counts for one of its.
    """

    count: Callable[[str], int]
    ratio: float

    def __call__(self, text: str) -> int:
        """Return the tokens of a text; no token tables are loaded for it."""
        return math.ceil(self.count(text) * self.ratio)


def measure_of(head: str, ctx: NodeContext) -> Measure:
    """Return a count by the ratio that the conversation up to `head` had."""
    cheap = sum(ctx.count(entry.content) for entry in ctx.transcript.entries(head))
    return Measure(ctx.count, min(1.0, ctx.transcript.tokens(head) / max(1, cheap)))


def past_of(state: ChatState, ctx: NodeContext, most: int) -> Past:
    """Return what a new generation may carry over.

    Args:
        state: The saved state, with a head.
        ctx: What the node may touch.
        most: Characters of an answer of use; a longer one is carried over by no strategy.
    """
    exchanges, unread = _exchanges(state.get("log"), ctx, most)
    changed = [path for turn in reversed(ctx.journal.turns(ctx.thread_id)) for path in turn.paths]
    seen = [described(path, text) for path in state.get("shown") or {} if (text := text_of(path, ctx))]
    goals, numbers = [each.request for each in exchanges], [each.number for each in exchanges]
    facts = Facts(goals, tuple(dict.fromkeys(changed)), state.get("points") or (), seen, numbers, unread)
    noted = ctx.store.get_text(state["noted"]) if state.get("noted") else ""
    return Past(exchanges, ctx.transcript.messages(state["head"]), facts, noted)


def text_of(path: str, ctx: NodeContext) -> str:
    """Return the present text of a file, "" if there is none that could be shown."""
    try:
        data = ctx.files.read(path)
    except WorkspaceError:
        return ""
    text = decode(data) if data else None
    return text.plain if isinstance(text, Text) else ""


def _exchanges(log: str | None, ctx: NodeContext, most: int) -> tuple[list[Exchange], int]:
    """Return the newest exchanges of a thread as the user saw them, and how many older ones there are."""
    rows = ctx.store.chain(log)
    asked = [at for at, row in enumerate(rows) if row.role == "user"]
    unread = max(0, len(asked) - _READ_BACK)
    read: list[Exchange] = []
    for at in asked[unread:]:
        answered = at + 1 < len(rows) and rows[at + 1].role == "assistant" and ctx.strategy != "summary"
        answer = _start(rows[at + 1].blob, ctx, most) if answered else ""
        read.append(Exchange(unread + len(read) + 1, ctx.store.get_text(rows[at].blob), answer))
    return read, unread


def _start(blob: str, ctx: NodeContext, most: int) -> str:
    """Return a text, of one that is too long to be of use a little more than that."""
    text = ""
    for piece in ctx.store.pieces(blob):
        text += piece
        if len(text) > most:
            break
    return text
