"""Parts of files that were found for a request, on their way to the model: kept by hash, laid out, shown once."""

import hashlib
from collections.abc import Sequence

from vivek.flows.chat.desk import Desk, present
from vivek.flows.chat.packing import Packed
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.schema.index import Snippet


def pack_found(snippet: Snippet, data: bytes, ctx: NodeContext) -> Packed:
    """Return a part of a file as JSON types; its text goes to the store.

    Args:
        snippet: The part.
        data: The bytes of the whole file, as it was cut from.
        ctx: Holds the store.
    """
    return {
        "path": snippet.path,
        "line": snippet.line,
        "end_line": snippet.end_line,
        "why": snippet.why,
        "text": ctx.store.put_text(snippet.text),
        "file": hashlib.sha256(data).hexdigest(),
    }


def lay_found(desk: Desk, state: ChatState, ctx: NodeContext) -> tuple[Snippet, ...]:
    """Return the parts that are to be shown now, and lay their files on the desk as seen in part.

    A part of a file that has changed since it was found, or that is shown whole by now, is left out.

    Args:
        desk: What lies before the model; it grows.
        state: The saved state.
        ctx: What the node may touch.
    """
    laid = []
    for packed in state.get("found") or ():
        path = packed["path"]
        if path in desk.fresh or (path in desk.current and path not in desk.partly):
            continue
        data = present(state, ctx, path)
        if data is None or hashlib.sha256(data).hexdigest() != packed["file"]:
            continue
        snippet = Snippet(path, ctx.store.get_text(packed["text"]), packed["line"], packed["end_line"], packed["why"])
        laid.append(snippet)
        if snippet.line:
            desk.current[path] = data
            desk.sizes[path] = ctx.count(data.decode("utf-8", "replace"))
            desk.partly.add(path)
    return tuple(laid)


def section_of(snippet: Snippet) -> str:
    """Return the name of the section that shows a part of a file."""
    return f"found:{snippet.path}:{snippet.line}"


def now_found(snippets: Sequence[Snippet], kept: Sequence[str], desk: Desk, state: ChatState) -> StateUpdate:
    """Return what the transcript holds after a step that showed parts of files, or had no room for them.

    Args:
        snippets: What was to be shown.
        kept: The sections that were.
        desk: What lay before the model.
        state: The saved state.
    """
    shown = [each for each in snippets if section_of(each) in kept]
    partly = {
        each.path: hashlib.sha256(desk.current[each.path]).hexdigest()
        for each in shown
        if each.line and each.path in desk.partly
    }
    return {
        "found": [],
        "glimpsed": [*(state.get("glimpsed") or ()), *map(mark, shown)],
        "partly": {**(state.get("partly") or {}), **partly},
    }


def mark(snippet: Snippet) -> str:
    """Return what tells a part that was shown from others."""
    return hashlib.sha256(f"{snippet.path}\0{snippet.text}".encode("utf-8", "replace")).hexdigest()[:16]
