"""What a tool may use in a step, and what came of the requests of a model."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from vivek.edits.codec import Undecodable, decode
from vivek.flows.chat.desk import files_of, hidden_from, present, staged_of
from vivek.flows.chat.packing import Packed
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.prompts.steps import ShownResult
from vivek.schema.commands import Ran
from vivek.schema.index import Definition
from vivek.syntax.facts import facts_of
from vivek.tools.base import Command, Desk, ToolResult
from vivek.tools.spec import ToolsSpec, result_room


def results_of(state: ChatState, ctx: NodeContext) -> tuple[ShownResult, ...]:
    """Return what came of requests and was not read by the model yet."""
    return tuple(
        ShownResult(packed["label"], ctx.store.get_text(packed["text"]), packed["note"])
        for packed in state.get("results") or ()
    )


def pack_result(result: ToolResult, ctx: NodeContext) -> Packed:
    """Return a result as JSON types; its text goes to the store."""
    return {"label": result.label, "text": ctx.store.put_text(result.text), "note": result.note}


def definitions_of(name: str, changed: Mapping[str, bytes | None], ctx: NodeContext) -> tuple[Definition, ...]:
    """Return the definitions of a name: of changed files as they are now, of all others as they are on the disk.

    Args:
        name: A qualified name or the last part of one.
        changed: New bytes of changed files, None for one that is gone.
        ctx: Knows the project.
    """
    found = [each for each in ctx.knowledge.definitions(name) if each.path not in changed]
    for path, data in changed.items():
        text = decode(data) if data is not None else None
        if text is not None and not isinstance(text, Undecodable):
            inside = facts_of(path, text.plain).definitions
            found += [each for each in inside if f".{each.name}".endswith(f".{name}")]
    return tuple(found)


def tool_desk(
    state: ChatState,
    ctx: NodeContext,
    kept: list[str],
    edits: Mapping[str, bytes | None],
    whole: set[str],
    run: Callable[[Command], Awaitable[Ran]],
) -> Desk:
    """Return all that a tool may use in this step.

    Args:
        state: The saved state.
        ctx: What the node may touch.
        kept: Hashes of texts put aside in this turn; a handle is a number in this list, which grows.
        edits: What earlier calls of this step have come to.
        whole: Files whose whole text was shown; it grows.
        run: Runs a command that was judged already.
    """

    def keep(text: str) -> str:
        kept.append(ctx.store.put_text(text))
        return str(len(kept))

    def recall(handle: str) -> str | None:
        at = int(handle) - 1 if handle.isdecimal() else -1
        return ctx.store.get_text(kept[at]) if 0 <= at < len(kept) else None

    def define(name: str) -> Sequence[Definition]:
        return definitions_of(name, {**staged_of(state, ctx), **edits}, ctx)

    shown = state.get("shown") or {}
    staged = tuple(state.get("staged") or ())
    return Desk(
        read=lambda path: edits[path] if path in edits else present(state, ctx, path),
        may_read=lambda path: hidden_from(state, ctx, path),
        list_files=lambda: files_of(state, ctx),
        run=run,
        count=ctx.count,
        room=result_room(ctx.window, ToolsSpec()),
        keep=keep,
        recall=recall,
        shown=whole.add,
        seen=lambda path: path in shown or path in edits,
        narrow=lambda text: ctx.bench.narrow(text, staged),
        define=define,
        chart=lambda folder, tokens: ctx.knowledge.chart(folder, tokens, ctx.count),
        explain=ctx.knowledge.explain,
        python=tuple(ctx.bench.tooling().python),
    )
