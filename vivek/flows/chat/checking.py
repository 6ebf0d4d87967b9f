"""Runs the project's own checks on the staged files: cheapest first, each input once, and only what the user trusts."""

from dataclasses import dataclass

from vivek.flows.chat.desk import files_of, present, staged_of
from vivek.flows.chat.packing import Packed
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.flows.proving import Prover, may_run
from vivek.project.checks.planning import plan_checks
from vivek.schema.checks import Check
from vivek.schema.questions import TrustRequested

DETAIL_SHARE = 8
"""The output of a failed check may take one part in so many of the window."""


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
    may = await may_run(ctx.bench, ctx.emit)
    if isinstance(may, Check):
        return Checked((may,))
    if isinstance(may, TrustRequested):
        fields = {name: getattr(may, name) for name in TrustRequested.__slots__}
        return Checked(question={**fields, "key": may.command, "asks": may.kind, "kind": "trust"})
    return await _run_all(state, ctx)


async def _run_all(state: ChatState, ctx: NodeContext) -> Checked:
    staged = staged_of(state, ctx)
    planned = plan_checks(
        staged,
        ctx.bench.tooling(),
        list_files=lambda: files_of(state, ctx),
        read=lambda path: present(state, ctx, path),
    )
    prover = Prover(ctx.bench, ctx.emit, cap=ctx.window // DETAIL_SHARE, count=ctx.count)
    proof = await prover.prove(planned, staged)
    return Checked(proof.checks or (Check("tests", "skipped", "no check fits this change"),), old=proof.old)
