"""File texts in the transcript that are out of date: when they weigh too much, a new generation leaves them out."""

from collections.abc import Collection, Sequence

from vivek.flows.chat.past import Measure, measure_of, text_of
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.prompts.bodies import bodies_of, holds, stale_bodies, without_stale
from vivek.prompts.transcript import Entry
from vivek.schema.events import Notice

STALE = 0.25
"""Share of the window that file texts which are out of date may take."""


def shrink_stale(state: ChatState, ctx: NodeContext, window: int) -> StateUpdate | None:
    """Return a generation in which texts that are out of date have shrunk to path, hash and symbols.

    All else stays word for word. None when they do not outweigh their share of the window.
    """
    head = state["head"]
    if ctx.transcript.tokens(head) <= STALE * window:
        return None
    entries = ctx.transcript.entries(head)
    present = _present_texts(entries, state.get("shown") or {}, ctx)
    count = measure_of(head, ctx)
    stale = [body for entry in entries if _shows_files(entry) for body in stale_bodies(entry.content, present)]
    weight = sum(count(body.text) for body in stale)
    if weight <= STALE * window:
        return None
    kept = [_shrunk(entry, without_stale(entry.content, present), count) for entry in entries[1:]]
    with ctx.store.transaction():
        begun = ctx.transcript.begin_generation(ctx.system_text(ctx.read_notes()), count=count)
        begun = ctx.transcript.append(begun, kept)
    ctx.emit(
        Notice(
            f"Older texts of {', '.join(sorted({body.path for body in stale}))} took {weight:,} of {window:,} tokens "
            f"and are left out; the model reads the remaining {ctx.transcript.tokens(begun):,} once."
        )
    )
    # A file counts as shown only where its present text still stands: one that was patched is shown anew.
    shown = {
        path: digest
        for path, digest in (state.get("shown") or {}).items()
        if any(holds(entry.content, present[path]) for entry in kept)
    }
    return {"head": begun, "shown": shown}


def _shows_files(entry: Entry) -> bool:
    """Tell whether a message is vivek's own; a summary holds the user's words, and no file."""
    return entry.role == "user" and entry.node not in ("summary", "repeated")


def _shrunk(entry: Entry, content: str, count: Measure) -> Entry:
    if not _shows_files(entry) or content == entry.content:
        return entry
    return entry._replace(content=content, tokens=entry.tokens - count(entry.content) + count(content))


def _present_texts(entries: Sequence[Entry], shown: Collection[str], ctx: NodeContext) -> dict[str, str]:
    """Return the present texts of all files whose texts stand in these messages."""
    there = {*ctx.list_files(), *shown}
    found = {body.path for entry in entries if _shows_files(entry) for body in bodies_of(entry.content, there)}
    return {path: text_of(path, ctx) for path in sorted({*found, *shown})}
