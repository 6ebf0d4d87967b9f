"""Ends a review: joins what was found, has the model say what the change does, and keeps the report."""

from dataclasses import replace
from typing import Final

from vivek.errors import ModelAPIError
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate, pack
from vivek.flows.review.assembling import assemble
from vivek.flows.review.costing import NO_TIME
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import results_of
from vivek.flows.review.state import ReviewState
from vivek.flows.review.work import Figures, Inquiry, ask
from vivek.prompts.claims import read_summary
from vivek.prompts.review import SUMMARY_ROOM, SUMMARY_SCHEMA, summary_sections
from vivek.prompts.transcript import Entry
from vivek.schema.findings import ReviewReport, ReviewSummary

_MOST_TOLD: Final = 200  # findings in the log of a thread


async def report_findings(state: ReviewState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Put the report together."""
    results = results_of(ctx.transcript, state["results"])
    figures = Figures()
    told: tuple[str, ...] = ()
    said: ReviewSummary | None = None
    if results and desk.effort != "quick":
        try:
            said = await _summary(state, ctx, desk, figures)
        except ModelAPIError as error:  # all else was read: that is the report
            told = (f"The model did not say what the change does: {error.message}",)
    report = assemble(desk, results, NO_TIME, thread_id=ctx.thread_id, figures=figures)
    if said is not None:
        summary = replace(report.summary, changed=said.changed, promise=said.promise)
        report = replace(report, summary=summary)
    report = replace(report, told=(*report.told, *told))
    return {
        "report": ctx.store.put_text(pack(report)),
        "status": report.status,
        "turns": 1,
        "log": ctx.transcript.append(None, _log(report)),
    }


async def _summary(state: ReviewState, ctx: NodeContext, desk: Desk, figures: Figures) -> ReviewSummary | None:
    diffs = [(planned.path, desk.chunk(planned).text) for planned in desk.plan.pieces]
    changes = desk.plan.changes
    sections = summary_sections(
        changes.scope.message,
        desk.plan.static.files,
        diffs,
        window=ctx.window,
        count=ctx.count,
        templates=ctx.templates,
    )
    inquiry = Inquiry(sections, "summary", SUMMARY_SCHEMA, SUMMARY_ROOM, read_summary)
    said = await ask(desk, ctx, state["head"], None, inquiry, figures)
    return None if isinstance(said, str) else said


def _log(report: ReviewReport) -> list[Entry]:
    """Return what is shown of the thread: what was reviewed, and what came of it."""
    lines = [f"{len(report.findings):,} findings, {report.status}."]
    lines += [f"{each.severity} {each.path}:{each.line} {each.title}" for each in report.findings[:_MOST_TOLD]]
    return [Entry("user", "", f"Review {report.scope.told}", 0), Entry("assistant", "reviewer", "\n".join(lines), 0)]
