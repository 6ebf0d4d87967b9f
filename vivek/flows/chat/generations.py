"""Goes on with the transcript of a thread, or begins a new generation of it when that is worth reading it anew."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from vivek.errors import ContextWindowExceededError
from vivek.flows.chat.packing import pack_usage, unpack_usage
from vivek.flows.chat.past import measure_of, past_of, text_of
from vivek.flows.chat.stale import shrink_stale
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.chat.summing import sum_up
from vivek.flows.context import NodeContext
from vivek.prompts.strategies import Carried, carry
from vivek.prompts.transcript import Entry
from vivek.schema.events import Notice

FULL = 0.6
SHRUNK = 0.25
"""Shares of the window: above the first a new generation begins, and what it carries over takes the second at most."""

_FRESH: StateUpdate = {"shown": {}, "partly": {}, "told": [], "listed": "", "glimpsed": [], "oriented": False}
"""What a new generation holds of the project."""

_CHARACTERS = 100  # for each token of room: a longer text fits nowhere


async def open_generation(state: ChatState, ctx: NodeContext, request: str, named: Sequence[str]) -> StateUpdate:
    """Return head, shown files and notices to go on from; a new generation when the window fills up.

    Args:
        state: The saved state at the start of a turn.
        ctx: What the node may touch.
        request: What the user asks now.
        named: Files that it names.
    """
    notes = ctx.read_notes()
    opened: StateUpdate = {
        "shown": state.get("shown") or {},
        "notices": list(state.get("notices") or ()),
        "notes": _digest(notes),
        "notes_due": False,
        "listed": state.get("listed") or "",
    }
    head = state.get("head")
    if head is None:
        return opened | {"head": ctx.transcript.begin_generation(ctx.system_text(notes)), **_FRESH}
    used, window = ctx.transcript.tokens(head), _window(ctx)
    needed = ctx.count(request) + ctx.profile.prose_tokens + _to_be_shown(named, opened["shown"], ctx)
    if used > FULL * window or (used + needed > window and used > SHRUNK * window):
        return opened | await begin_anew(state, ctx, request)
    if (shrunk := shrink_stale(state, ctx, window)) is not None:
        return opened | shrunk
    due = bool(state.get("notes_due")) or state.get("notes") != opened["notes"]
    return opened | {"head": head, "notes_due": due}


async def begin_anew(state: ChatState, ctx: NodeContext, request: str, *, keep: str = "") -> StateUpdate:
    """Begin a new generation with what the thread's strategy carries over; the model may note what it must keep.

    Args:
        state: The saved state, with a head.
        ctx: What the node may touch.
        request: What the user asks now, "" between turns.
        keep: What the user wants kept above all, or "".
    """
    noted, usage = await sum_up(state["head"], unpack_usage(state.get("usage")), ctx, keep=keep)
    wanted = [f"keep in mind: {keep.strip()}"] if keep.strip() else []
    points = [*(state.get("points") or ()), *wanted]
    update: StateUpdate = {"usage": pack_usage(usage), "points": points}
    if noted:
        update["noted"] = ctx.store.put_text(noted)
    return update | _carried_over(cast("ChatState", {**state, **update}), ctx, request)


def gained_anew(state: ChatState, ctx: NodeContext) -> int:
    """Return about how many tokens a new generation has less than the present one, below 0 where it has more.

    Args:
        state: The saved state, with a head.
        ctx: What the node may touch.
    """
    carried = _chosen(state, ctx, "").size(measure_of(state["head"], ctx))
    begun = ctx.count(ctx.system_text(ctx.read_notes())) + carried + ctx.summary_room
    return ctx.transcript.tokens(state["head"]) - begun


def make_room(
    error: ContextWindowExceededError, state: ChatState, ctx: NodeContext
) -> tuple[StateUpdate, NodeContext] | None:
    """Return what a call that was too long is made again with, once; None when nothing would be gained.

    Either a server refused what it was sent, and told by it how little it holds, or nothing could be sent at all. What
    was said so far is summed up without a model where it takes most of the room, the one new generation within a turn;
    the request, the plan and the files are said again then, and so is what tools found and the model has not read yet.
    """
    known = _window(ctx)
    window = min(known, error.window or known)
    if error.answered:
        return None
    narrower = replace(ctx, window=min(ctx.window, window), narrowest=window)
    if window < known:
        ctx.emit(Notice(f"{error.message} It is asked again with less.", hint=error.hint))
    if ctx.transcript.tokens(state["head"]) > SHRUNK * window:
        return {**_carried_over(state, narrower, ""), "said": []}, narrower
    return ({}, narrower) if window < known else None


def _carried_over(state: ChatState, ctx: NodeContext, request: str) -> StateUpdate:
    """Commit the first rows of a new generation and tell what it costs."""
    head, window = state["head"], _window(ctx)
    used, count = ctx.transcript.tokens(head), measure_of(head, ctx)
    carried = _chosen(state, ctx, request)
    said: list[Entry] = []
    for each in carried.exchanges:
        said.append(Entry("user", "repeated", each.request, count(each.request)))
        said.append(Entry("assistant", "repeated", each.answer, count(each.answer)))
    notes = ctx.read_notes()
    with ctx.store.transaction():
        begun = ctx.transcript.begin_generation(ctx.system_text(notes), carried.text, count=count)
        begun = ctx.transcript.append(begun, said) if said else begun
    kept = ctx.transcript.tokens(begun)
    repeated = f" and {len(carried.exchanges)} exchanges word for word" if said else ""
    ctx.emit(
        Notice(
            f"The conversation filled {used:,} of {window:,} tokens; it goes on from a summary{repeated}, "
            f"{kept:,} tokens in all, which the model reads once.",
            hint="The whole thread is kept; `vivek threads show` prints it.",
        )
    )
    return {"head": begun, "notes": _digest(notes), "notes_due": False, **_FRESH}


def _chosen(state: ChatState, ctx: NodeContext, request: str) -> Carried:
    """Return what the thread's strategy carries over."""
    room = int(SHRUNK * _window(ctx))
    past = past_of(state, ctx, _CHARACTERS * room)
    return carry(ctx.strategy, past, request, room, measure_of(state["head"], ctx))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _window(ctx: NodeContext) -> int:
    return min(ctx.window, ctx.narrowest or ctx.window)


def _to_be_shown(named: Sequence[str], shown: Mapping[str, str], ctx: NodeContext) -> int:
    """Return the tokens of the named files that the transcript does not hold yet."""
    texts = [text_of(path, ctx) for path in named if path not in shown]
    return sum(ctx.count(text) for text in texts if text)
