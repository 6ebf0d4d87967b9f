"""Traces each finding of one piece again, behind the same words as the questions; what holds is told at once."""

from collections import Counter
from dataclasses import replace
from functools import partial

from vivek.analysis.findings.claims import judged
from vivek.analysis.findings.matters import united
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import REVIEW, StateUpdate, pack
from vivek.flows.review.costing import next_piece
from vivek.flows.review.desk import Desk, tell
from vivek.flows.review.lanes import in_lanes, lanes_for
from vivek.flows.review.packing import Planned, Result
from vivek.flows.review.state import ReviewState
from vivek.flows.review.work import Figures, Inquiry, ask
from vivek.prompts.claims import read_second_look
from vivek.prompts.review import VERDICT_ROOM, VERDICT_SCHEMA, verify_sections
from vivek.prompts.transcript import Entry
from vivek.schema.findings import Finding
from vivek.schema.reviewing import ChunkRead, FindingVerified, SecondLook


async def verify_findings(state: ReviewState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Look a second time at what was found in a piece, and give its receipt."""
    planned = desk.plan.pieces[state["at"]]
    draft = REVIEW.unpack(Result, ctx.store.get_text(state["found"]))
    figures, dropped = Figures.of(draft), Counter(draft.dropped)
    kept: list[Finding] = []
    doubtful = [finding for finding in draft.findings if not _repeats(finding, desk)]
    jobs = [partial(_traced, finding, state["head"], ctx, desk, planned) for finding in doubtful]
    asked = max((_tokens(finding, ctx) for finding in doubtful), default=0)

    def told(verdict: Finding | str) -> None:
        if not isinstance(verdict, str):
            tell(ctx, FindingVerified(verdict))

    verdicts = iter(await in_lanes(jobs, lanes_for(desk, ctx, planned, len(jobs), asked), figures, told))
    for finding in draft.findings:
        if finding not in doubtful:
            # A tool is sure of it; what a model thinks of its weight adds nothing.
            kept.append(replace(finding, severity="info", confidence="low"))
            continue
        verdict = next(verdicts)
        if isinstance(verdict, str):
            dropped[verdict] += 1
        else:
            kept.append(verdict)
    result = Result(
        draft.receipt,
        tuple(kept),
        dict(dropped),
        figures.calls,
        figures.read,
        figures.written,
        figures.seconds,
        desk.label,
    )
    done, spent = state["done"] + 1, state["spent"] + figures.seconds
    tell(ctx, ChunkRead(draft.receipt, done, max(done, state["total"])))
    row = Entry("assistant", "result", pack(result), 0)
    results = ctx.transcript.append(state["results"] or None, [row])
    at = next_piece(desk, ctx, state["at"] + 1, spent)
    return {"at": at, "done": done, "spent": spent, "results": results, "found": ""}


def _repeats(finding: Finding, desk: Desk) -> bool:
    """Tell whether a tool found the same."""
    static = [each for each in desk.plan.static.findings if each.path == finding.path]
    return len(united([*static, finding])) == len(united(static))


def _tokens(finding: Finding, ctx: NodeContext) -> int:
    return sum(each.tokens for each in verify_sections(finding, count=ctx.count, templates=ctx.templates))


async def _traced(
    finding: Finding, head: str, ctx: NodeContext, desk: Desk, planned: Planned, figures: Figures
) -> Finding | str:
    """Return a finding as sure as it is after a second look, or why it is dropped.

    At the deepest effort one that stays uncertain is traced twice.
    """
    verdict: Finding | str = finding
    for turn in range(2 if desk.effort == "deep" else 1):
        inquiry = Inquiry(
            verify_sections(finding, count=ctx.count, templates=ctx.templates),
            f"verify {turn}",
            VERDICT_SCHEMA,
            VERDICT_ROOM,
            read_second_look,
        )
        look = await ask(desk, ctx, head, planned, inquiry, figures)
        # A second look that cannot be read shows nothing.
        verdict = judged(finding, SecondLook("unsure") if isinstance(look, str) else look, planned.shared)
        if isinstance(verdict, str) or verdict.confidence != "low":
            break
    return verdict
