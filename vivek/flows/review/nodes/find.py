"""Asks every question about one piece of a change: they all begin with the same words."""

from collections import Counter

from vivek.analysis.findings.chunks import receipt_of
from vivek.analysis.findings.claims import finding_of
from vivek.analysis.findings.matters import united
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate, pack
from vivek.flows.review.desk import Desk
from vivek.flows.review.lanes import ask_all
from vivek.flows.review.packing import Result
from vivek.flows.review.state import ReviewState
from vivek.flows.review.work import Figures, inquiry_of
from vivek.schema.findings import Finding


async def find_claims(state: ReviewState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Ask what may be wrong with a piece; what is claimed becomes findings, or is dropped with the reason."""
    planned = desk.plan.pieces[state["at"]]
    figures, dropped = Figures(), Counter[str]()
    found: list[Finding] = []
    read_by: list[str] = []
    unread: dict[str, list[str]] = {}
    finders = desk.asked(planned)
    inquiries = [inquiry_of(finder, planned, ctx) for finder in finders]
    said = await ask_all(desk, ctx, state["head"], planned, inquiries, figures)
    for finder, claims in zip(finders, said, strict=True):
        if isinstance(claims, str):
            unread.setdefault(claims, []).append(finder.id)
            continue
        read_by.append(finder.id)
        for claim in claims:
            finding = finding_of(
                claim, desk.chunk(planned), desk.files[planned.path], finder.id, planned.rules_of(finder)
            )
            if isinstance(finding, str):
                dropped[finding] += 1
            else:
                found.append(finding)
    skipped = "; ".join(f"{', '.join(finders)}: {why}" for why, finders in unread.items())
    result = Result(
        receipt_of(desk.chunk(planned), tuple(f"finder:{id_}" for id_ in read_by), skipped),
        united(found),
        dict(dropped),
        figures.calls,
        figures.read,
        figures.written,
        figures.seconds,
        desk.label,
    )
    return {"found": ctx.store.put_text(pack(result))}
