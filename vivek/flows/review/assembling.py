"""Puts together what came of the pieces: a report that is valid at whatever moment a review ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from vivek.analysis.findings.chunks import receipt_of
from vivek.analysis.findings.locate import with_fingerprints
from vivek.analysis.findings.matters import united
from vivek.analysis.findings.verdicts import overall, ranked, reading_order, verdicts
from vivek.flows.piecewise import models_of
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import Result
from vivek.flows.review.work import Figures, added
from vivek.schema.findings import Finding, Receipt, ReviewReport


def assemble(
    desk: Desk,
    results: Sequence[Result],
    why: str,
    *,
    thread_id: str,
    figures: Figures | None = None,
    told: Sequence[Finding] = (),
) -> ReviewReport:
    """Return the report of a review.

    Args:
        desk: What is shared.
        results: What came of the pieces that were read.
        why: Why the others were not.
        thread_id: The thread.
        figures: Calls beside those about the pieces.
        told: Findings that were told already, also those of a piece that was not read to its end.
    """
    static, files = desk.plan.static, desk.files
    found = united([*static.findings, *(finding for result in results for finding in result.findings), *told])
    findings = with_fingerprints(ranked(found), files)
    receipts = _receipts(desk, {result.receipt.id: result.receipt for result in results}, why)
    unread = {receipt.path for receipt in receipts if receipt.skipped}
    read = frozenset(receipt.path for receipt in receipts if receipt.read_by) - unread
    judged = verdicts(desk.plan.changes.files, findings, read=read)
    dropped = Counter[str]()
    for result in results:
        dropped.update(result.dropped)
    whole = all(receipt.read_by and not receipt.skipped for receipt in receipts if not _is_aside(desk, receipt))
    readers = models_of((result.by for result in results), desk.label)
    spent: list[Result | Figures] = [*results, figures or Figures()]
    return replace(
        static,
        status="done" if whole and static.status == "done" else "incomplete",
        findings=findings,
        files=judged,
        receipts=receipts,
        dropped=dict(sorted(dropped.items())),
        score=overall(judged),
        summary=replace(static.summary, order=reading_order(judged)),
        tools={**static.tools, **dict.fromkeys((*readers, desk.label), f"questions {desk.prompts}")},
        thread_id=thread_id,
        calls=sum(each.calls for each in spent),
        tokens=(added(*(each.read for each in spent)), added(*(each.written for each in spent))),
        seconds=round(static.seconds + sum(each.seconds for each in spent), 3),
    )


def _is_aside(desk: Desk, receipt: Receipt) -> bool:
    """Tell whether a receipt is of a file that is not read, or of one beyond those that a review looks at."""
    file = desk.files.get(receipt.path)
    return file is None or bool(file.aside)


def _receipts(desk: Desk, read: dict[str, Receipt], why: str) -> tuple[Receipt, ...]:
    """Return one receipt for each piece: who read it, tools and questions, and why a question did not."""
    tools: dict[str, tuple[str, ...]] = {}
    for receipt in desk.plan.static.receipts:
        tools.setdefault(receipt.path, receipt.read_by)
    left = dict(desk.plan.left)
    put_aside = [receipt for receipt in desk.plan.static.receipts if _is_aside(desk, receipt)]
    receipts = []
    for chunk in desk.chunks.values():
        done = read.get(chunk.id)
        if done is None:
            receipts.append(receipt_of(chunk, tools.get(chunk.path, ()), left.get(chunk.id, why)))
        else:
            receipts.append(replace(done, read_by=(*tools.get(chunk.path, ()), *done.read_by)))
    return tuple(sorted((*receipts, *put_aside), key=lambda receipt: (receipt.path, receipt.first)))
