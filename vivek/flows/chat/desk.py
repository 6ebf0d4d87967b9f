"""What lies before the model in a step of the work: files in their present form, staged edits included."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from vivek.edits.codec import Undecodable, decode
from vivek.errors import WorkspaceError
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.prompts.steps import ShownFile
from vivek.schema.events import Notice

SHOWN_SHARE = 0.85
"""A file that may take more of the window than this is not shown whole; the cheap count is never too low."""

LARGEST = 10_000_000
"""Bytes of a file that is read for a model at most: of a larger one little could be shown, and that takes minutes."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the model can work with.

    Attributes:
        fresh: What is to be shown now, by path.
        hashes: Hashes of the fresh texts' files, by path.
        current: Bytes of every file it has seen in its present form, whole or in part, by path.
        sizes: Tokens of the same files, by path.
        partly: Files of which it has seen parts only.
        large: Files that are wanted and too large to be shown whole.
        remarks: Why a wanted file is not among them.
    """

    fresh: dict[str, ShownFile] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    current: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    partly: set[str] = field(default_factory=set)
    large: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def staged_of(state: ChatState, ctx: NodeContext) -> dict[str, bytes | None]:
    """Return what the edits of this turn come to so far."""
    staged = state.get("staged") or {}
    return {path: None if digest is None else ctx.store.get(digest) for path, digest in staged.items()}


def present(state: ChatState, ctx: NodeContext, path: str) -> bytes | None:
    """Return a file as the edits of this turn leave it, None when there is none.

    Raises:
        WorkspaceError: If it cannot be read, or is larger than what is read for a model.
    """
    staged = state.get("staged") or {}
    if path not in staged:
        if (reason := _too_large(state, ctx, path)) is not None:
            msg = f"{path}: {reason}."
            raise WorkspaceError(msg, hint="Look at a part of it with a command such as `head` or `grep`.")
        return ctx.files.read(path)
    digest = staged[path]
    return None if digest is None else ctx.store.get(digest)


def _too_large(state: ChatState, ctx: NodeContext, path: str) -> str | None:
    """Return why a file of the user's is too large to be read for a model, or None."""
    size = None if path in (state.get("staged") or {}) else ctx.files.size(path)
    return None if size is None or size <= LARGEST else f"it has {size:,} bytes, more than {LARGEST:,}"


def hidden_from(state: ChatState, ctx: NodeContext, path: str) -> str | None:
    """Return why a file is not shown to the model, or None; what the user named is always shown."""
    return None if path in (state.get("named") or ()) else ctx.bench.may_read(path)


def files_of(state: ChatState, ctx: NodeContext) -> Sequence[str]:
    """Return the project's files as the edits of this turn leave them."""
    staged = state.get("staged") or {}
    gone = {path for path, digest in staged.items() if digest is None}
    listed = [path for path in ctx.list_files() if path not in gone]
    there = set(listed)
    return [*listed, *(path for path, digest in staged.items() if digest is not None and path not in there)]


def lay_out(state: ChatState, ctx: NodeContext) -> Desk:
    """Read the wanted files; a text is fresh when the transcript does not hold it in this form."""
    desk = Desk()
    shown, partly = state.get("shown") or {}, state.get("partly") or {}
    wanted = set(state.get("files") or ())
    for path in dict.fromkeys([*(state.get("files") or ()), *shown, *partly]):
        if (reason := _too_large(state, ctx, path)) is not None:
            desk.remarks.append(f"{path} is not shown: {reason}. A command such as `head` shows a part of it.")
            if not state.get("steps"):
                ctx.emit(Notice(f"{path} is not shown to the model: {reason}."))
            continue
        data = present(state, ctx, path)
        if data is None:
            if path in shown or path in partly:
                desk.remarks.append(f"{path} no longer exists; its older text is stale.")
            continue
        hidden = hidden_from(state, ctx, path) if path in wanted else None
        if hidden is not None:
            desk.remarks.append(f"{path} is not shown: {hidden}")
            continue
        _lay(desk, path, data, wanted=path in wanted, shown=shown.get(path), partly=partly.get(path), ctx=ctx)
    return desk


def _lay(
    desk: Desk, path: str, data: bytes, *, wanted: bool, shown: str | None, partly: str | None, ctx: NodeContext
) -> None:
    text = decode(data)
    if isinstance(text, Undecodable):
        desk.remarks.append(f"{path} cannot be shown: {text.reason}")
        return
    digest = hashlib.sha256(data).hexdigest()
    size = ctx.count(text.plain)
    fits = size <= SHOWN_SHARE * ctx.window
    # Parts are enough for a file that nobody asked for now, and all there can be of a large one.
    if digest == shown or (digest == partly and not (wanted and fits)):
        desk.current[path], desk.sizes[path] = data, size
        if shown != digest:
            desk.partly.add(path)
    elif not wanted:
        desk.remarks.append(f"{path} has changed since you saw it; ask for it before you edit it.")
    elif not fits:
        desk.large.append(path)
    else:
        desk.fresh[path] = ShownFile(path, text.plain, again=shown is not None)
        desk.hashes[path], desk.current[path], desk.sizes[path] = digest, data, size
