"""Runs the project's own checks on the staged files: cheapest first, each input once, and only what the user trusts."""

import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vivek.errors import WorkspaceError
from vivek.flows.bench import Staged
from vivek.flows.chat.desk import files_of, present, staged_of
from vivek.flows.chat.packing import Packed
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.project.checks import PlannedCheck, input_hash, plan_checks, verdict
from vivek.project.commands import ProjectCommand
from vivek.schema.checks import Check
from vivek.schema.events import CheckStarted, OutputDelta
from vivek.schema.questions import TrustRequested

DETAIL_SHARE = 8
"""The output of a failed check may take one part in so many of the window."""

QUICK = 10.0
"""Seconds up to which a failed check is run a second time, to tell a flaky one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the checks.

    Attributes:
        checks: Those that ran, in order; the last one may have failed.
        question: What the user must be asked before any can run, or None.
        old: Whether the failed one fails in the same way without the change.
    """

    checks: tuple[Check, ...] = ()
    question: Packed | None = None
    old: bool = False


async def run_checks(state: ChatState, ctx: NodeContext) -> Checked:
    """Run what is cheap and near to the change, then the project's own tests; stop at the first that fails."""
    tooling = ctx.bench.tooling()
    command = tooling.test or tooling.lint
    if command is None:
        return Checked((Check("tests", "skipped", "no tests were found in this project"),))
    line, source = shlex.join(command.argv), command.source
    answer = ctx.bench.trusts(line, source)
    if answer == "no" or (answer == "ask" and not ctx.bench.interactive):
        why = "nobody was asked yet whether they may run" if answer == "ask" else "you do not want them to run"
        return Checked((Check("tests", "skipped", f"`{line}`: {why}"),))
    status = await ctx.bench.sandbox(ctx.emit)
    if not status.confines:
        return Checked((Check("tests", "skipped", f"no sandbox: {status.reason}"),))
    if answer == "ask":
        asked = TrustRequested(line, source, status.confinement, "test" if command is tooling.test else "lint")
        fields = {name: getattr(asked, name) for name in TrustRequested.__slots__}
        return Checked(question={**fields, "key": line, "asks": asked.kind, "kind": "trust"})
    return await _run_all(state, ctx, command)


async def _run_all(state: ChatState, ctx: NodeContext, command: ProjectCommand) -> Checked:
    staged = staged_of(state, ctx)
    planned = plan_checks(
        staged,
        ctx.bench.tooling(),
        list_files=lambda: files_of(state, ctx),
        read=lambda path: present(state, ctx, path),
    )
    checks: list[Check] = []
    for each in planned:
        check = await _check(each, staged, ctx)
        checks.append(check)
        if check.status == "failed":
            old = await _fails_without(each, check, ctx)
            return Checked(tuple(checks), old=old)
    return Checked(tuple(checks) or (Check("tests", "skipped", "no check fits this change"),))


async def _check(planned: PlannedCheck, staged: Staged, ctx: NodeContext) -> Check:
    """Run a check unless it ran on the same files before."""
    key = input_hash(planned.argv, ctx.bench.tree() + _digest(staged))
    known = ctx.bench.recall(key)
    if known is not None:
        return known
    ctx.emit(CheckStarted(planned.name, shlex.join(planned.argv)))
    check, seconds = await _once(planned, staged, ctx)
    if check.status == "failed" and seconds < QUICK:
        again, _ = await _once(planned, staged, ctx)
        if again.status == "passed":
            check = replace(again, detail="flaky: it failed, and passed when it ran again on the same files")
    ctx.bench.keep(key, check)
    return check


async def _once(planned: PlannedCheck, staged: Staged, ctx: NodeContext) -> tuple[Check, float]:
    try:
        ran = await ctx.bench.run(
            planned.argv,
            staged,
            timeout=planned.timeout,
            on_output=lambda piece: ctx.emit(OutputDelta(piece.decode("utf-8", "replace"))),
        )
    except WorkspaceError as error:
        return Check(planned.name, "skipped", f"it could not run: {error.message}"), 0.0
    return verdict(planned, ran, cap=ctx.window // DETAIL_SHARE, count=ctx.count), ran.seconds


async def _fails_without(planned: PlannedCheck, failed: Check, ctx: NodeContext) -> bool:
    """Tell whether a check fails in the same way on the user's files as they are."""
    before = await _check(planned, {}, ctx)
    return before.status == "failed" and _told(before) == _told(failed)


def _told(check: Check) -> str:
    """Return a check's output without what differs from run to run."""
    return "".join(char for char in check.detail if not char.isdigit())


def _digest(staged: Mapping[str, bytes | None]) -> str:
    parts = hashlib.sha256()
    for path in sorted(staged):
        data = staged[path]
        parts.update(path.encode("utf-8", "surrogatepass") + b"\0")
        parts.update(b"-" if data is None else hashlib.sha256(data).digest())
    return parts.hexdigest()
