"""Carries out what the model asked for: reading, searching, and commands on the staged files. Changes nothing."""

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from vivek.edits.codec import Undecodable, decode
from vivek.errors import ToolDeniedError, WorkspaceError
from vivek.flows.chat.desk import present, staged_of
from vivek.flows.chat.packing import Packed, pack_placed
from vivek.flows.chat.progress import AGAIN, CIRCLES, digest, repeats, stuck
from vivek.flows.chat.requests import pack_result, tool_desk
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.prompts.modes import LIMITED
from vivek.schema.commands import Ran
from vivek.schema.events import Notice, OutputDelta, ToolDone, ToolStarted
from vivek.schema.questions import CommandRequested
from vivek.schema.tools import ToolCall
from vivek.tools.approval import as_argv
from vivek.tools.base import Call, Command, ToolResult
from vivek.tools.registry import carry_out, command_of, from_call, from_line, load_tool

COMMAND_SECONDS = 120.0
"""Time a command of the model may take."""

MOST = 4
"""Requests of one reply that are carried out."""

REFUSALS = 3
"""Commands that may be refused in one turn; then the user is asked how to go on."""

_NAMED = 3  # files that are named as what the model had read
_REFUSED = "I asked for commands that may not run. How shall I go on without them?"
_NOTHING = "and what it wrote is gone"
_UNKNOWN = "and nobody knows what it did"


@dataclass(slots=True)
class _Done:
    """What this step has come to."""

    results: list[Packed]
    kept: list[str]
    seen: list[str]
    shown: dict[str, str]
    partly: dict[str, str]
    notices: list[str] = field(default_factory=list)
    refused: int = 0
    edits: dict[str, bytes | None] = field(default_factory=dict)
    placed: dict[str, list[str]] = field(default_factory=dict)
    circles: str = ""


async def act_on_requests(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Carry out the requests in order; a command that must ask stops here until the user has answered."""
    asks = list(state.get("asks") or ())
    done = _Done(
        list(state.get("results") or ()),
        list(state.get("kept") or ()),
        list(state.get("seen") or ()),
        dict(state.get("shown") or {}),
        dict(state.get("partly") or {}),
        list(state.get("notices") or ()),
        state.get("refused", 0),
        placed=pack_placed(state.get("placed"), {}),
    )
    for at, ask in enumerate(asks[:MOST]):
        question = await _question(ask, len(done.results), state, ctx)
        if question is not None:
            return _update(done, asks[at:]) | {"question": question, "back": "act"}
        await _carry_out(ask, state, ctx, done)
    if len(asks) > MOST:
        done.notices.append(f"Only the first {MOST} requests were carried out; ask again for the others.")
    if done.refused >= REFUSALS:
        ctx.emit(Notice("The model keeps asking for commands that may not run; the turn stops here."))
        return _update(done, []) | {"status": "needs_answer", "answer": ctx.store.put_text(_REFUSED)}
    if done.circles:
        ctx.emit(Notice("The model goes in circles; the turn stops here."))
        return _update(done, []) | {"status": "needs_answer", "answer": ctx.store.put_text(stuck(done.circles))}
    proposed = {path: None if data is None else ctx.store.put(data) for path, data in done.edits.items()}
    return _update(done, []) | {"back": "", "question": None, "proposed": proposed, "unsaid": []}


def _update(done: _Done, left: Sequence[Packed]) -> StateUpdate:
    return {
        "asks": list(left),
        "results": done.results,
        "kept": done.kept,
        "seen": done.seen,
        "shown": done.shown,
        "partly": done.partly,
        "notices": done.notices,
        "refused": done.refused,
        "placed": done.placed,
    }


def _line(command: Command) -> str:
    return command if isinstance(command, str) else shlex.join(command)


def _call_of(ask: Packed, state: ChatState, ctx: NodeContext) -> Call | ToolResult:
    """Return the call of a request: a line of text, or a call written out; not one that the mode leaves out."""
    if "arguments" in ask:
        call = from_call(ToolCall("", ask["tool"], ask["arguments"]))
    else:
        call = from_line(ask["tool"], ask["argument"])
    mode = ctx.modes.of((state.get("plan") or state)["mode"])
    if isinstance(call, ToolResult) or mode.tools is None or call.tool not in LIMITED or call.tool in mode.tools:
        return call
    return ToolResult(f"`{call.tool}` is not answered in the mode {mode.name}.", f"a call of {call.tool}", ok=False)


async def _question(ask: Packed, place: int, state: ChatState, ctx: NodeContext) -> Packed | None:
    """Return what the user must be asked before a request is carried out, or None."""
    call = _call_of(ask, state, ctx)
    command = None if isinstance(call, ToolResult) else command_of(call, ctx.bench.tooling().python)
    if command is None or ctx.bench.heard(_line(command)) is not None or not ctx.bench.interactive:
        return None
    if ctx.calls.standing(_id_of(command, place, state, ctx)) != "new":
        return None  # it is not run again, so there is nothing to ask
    status = await ctx.bench.sandbox(ctx.emit)
    judged = ctx.bench.judge(command, sandboxed=status.confines)
    if judged.verdict != "ask":
        return None
    asked = CommandRequested.of(_line(command), judged, status.confinement, _origin(state))
    fields = {name: getattr(asked, name) for name in CommandRequested.__slots__}
    return {**fields, "kind": "command", "key": _line(command)}


def _argument(ask: Packed, call: Call | ToolResult) -> str:
    """Return what is asked for as the user reads it: a single argument without the JSON around it."""
    if "argument" in ask:
        return str(ask["argument"])
    given = list(call.arguments.values()) if isinstance(call, Call) else []
    return str(given[0] if len(given) == 1 else ask["arguments"])


async def _carry_out(ask: Packed, state: ChatState, ctx: NodeContext, done: _Done) -> None:
    call = _call_of(ask, state, ctx)
    tool, argument = str(ask["tool"]), _argument(ask, call)
    ctx.emit(ToolStarted(tool, argument))

    async def run(command: Command) -> Ran:
        return await _run(command, len(done.results), state, ctx)

    whole: set[str] = set()
    desk = tool_desk(state, ctx, done.kept, done.edits, whole, run)
    result = call if isinstance(call, ToolResult) else await carry_out(call, desk)
    ctx.emit(ToolDone(tool, argument, result.told, result.ok))
    now = digest(f"{tool}: {argument}", result.text, state.get("staged") or {})
    before = repeats(done.seen, now)
    done.seen.append(now)
    done.refused += isinstance(call, Call) and load_tool(call.tool).RISK == "command" and not result.ok
    if before >= CIRCLES:
        done.circles = f"`{tool}: {argument}`"
    elif before:
        done.notices.append(f"`{tool}: {argument}`: {AGAIN}")
    done.results.append(pack_result(result, ctx))
    done.edits.update(result.edits)
    done.placed = pack_placed(done.placed, dict.fromkeys(result.edits, result.placed))
    if isinstance(call, Call) and call.tool == "read" and result.ok:
        path = str(call.arguments["path"])
        seen = done.shown if path in whole else done.partly
        if (digest_now := _hash_of(path, state, ctx)) is not None:
            seen[path] = digest_now


def _hash_of(path: str, state: ChatState, ctx: NodeContext) -> str | None:
    """Return the hash of a text file as it is now, None when there is none that could be edited."""
    try:
        data = present(state, ctx, path)
    except WorkspaceError:
        return None
    if data is None or isinstance(decode(data), Undecodable):
        return None
    return hashlib.sha256(data).hexdigest()


async def _run(command: Command, place: int, state: ChatState, ctx: NodeContext) -> Ran:
    """Run a command on the staged files, if it may; one that ran when this step ran before is not run again.

    Raises:
        ToolDeniedError: If it may not, or ran when vivek was killed.
        WorkspaceError: If it cannot be run.
    """
    status = await ctx.bench.sandbox(ctx.emit)
    call = _id_of(command, place, state, ctx)
    if (known := ctx.calls.result(call)) is not None:
        return known
    if ctx.calls.standing(call) != "new":
        ctx.calls.end(call)
        effect = _NOTHING if status.view != "none" else _UNKNOWN
        raise ToolDeniedError(f"It was interrupted when vivek ended, {effect}; ask for it again if it is needed.")
    answer = ctx.bench.heard(_line(command))
    judged = ctx.bench.judge(command, sandboxed=status.confines)
    if judged.verdict == "refuse" or (judged.verdict == "ask" and answer != "yes"):
        raise ToolDeniedError(_denial(judged.verdict, answer, judged.reason))
    ctx.calls.begin(call, thread=ctx.thread_id, command=_line(command), apart=status.view != "none")
    ran = await ctx.bench.run(
        as_argv(command),
        staged_of(state, ctx),
        timeout=COMMAND_SECONDS,
        on_output=lambda piece: ctx.emit(OutputDelta(piece.decode("utf-8", "replace"))),
    )
    ctx.calls.end(call, ran)
    return ran


def _origin(state: ChatState) -> str:
    """Return what the model had read in this turn when it asked: a text may have led it."""
    read = [path for path in state.get("files") or () if path in (state.get("shown") or {})]
    return f"after reading {', '.join(read[:_NAMED])}{' and more' if len(read) > _NAMED else ''}" if read else ""


def _id_of(command: Command, place: int, state: ChatState, ctx: NodeContext) -> str:
    """Return what is the same when a step runs again, and at no other time; `place` counts the results before it."""
    step = f"{ctx.thread_id}-{state.get('turns', 0) + 1}-{state.get('steps', 0)}-{place}"
    return digest(step, _line(command), state.get("staged") or {})


def _denial(verdict: str, answer: str | None, reason: str) -> str:
    if verdict == "refuse":
        return f"This command is never run: {reason}"
    if answer is None:
        return f"This command needs the user's consent, and nobody can be asked now: {reason}"
    said = answer.removeprefix("no").removeprefix(": ")
    return "The user does not want this command" + (f": {said}" if said else ".")
