"""What a turn came to, read from the saved state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vivek.errors import VivekError
from vivek.flows.chat.packing import changes_of, unpack_change_set, unpack_checks, unpack_review, unpack_usage
from vivek.schema.held import Held
from vivek.schema.report import ErrorReport, TurnReport, TurnStatus, TurnUsage
from vivek.session.clarifying import asked_back
from vivek.workspace.store import Store

Values = Mapping[str, Any]  # Any: the saved state as LangGraph gives it back


def report_of(
    values: Values, *, thread_id: str, model: str, status: TurnStatus, seconds: float, store: Store
) -> TurnReport:
    """Return the report of a turn that ended or waits.

    Args:
        values: The saved state.
        thread_id: The thread.
        model: `provider/name`.
        status: How the turn stands.
        seconds: Wall time, waiting for the user left out.
        store: Where the big texts are.
    """
    usage = unpack_usage(values.get("usage"))
    packed = values.get("change_set")
    error = values.get("error")
    return TurnReport(
        thread_id=thread_id,
        status=status,
        answer=store.get_text(values["answer"]).strip() if values.get("answer") else "",
        changes=changes_of(unpack_change_set(packed), applied=bool(values.get("applied"))) if packed else (),
        diff=store.get_text(values["diff"]) if values.get("diff") else "",
        checks=unpack_checks(values.get("checks") or []),
        review=unpack_review(values.get("review")),
        usage=replace(usage, seconds=seconds),
        model=model,
        error=ErrorReport(**error) if error else None,
        answered_by=_stood_in(usage),
        shortened=bool(values.get("spooled")),
        question=asked_back(values) if status == "needs_answer" else None,
    )


def failed_report(
    error: VivekError, values: Values, *, thread_id: str, model: str, seconds: float, partial: Held
) -> TurnReport:
    """Return the report of a turn that an error ended; `partial` is the text received before it."""
    status: TurnStatus = "incomplete" if error.recovery == "resume" else "failed"
    told = ErrorReport(type(error).__name__, error.message, error.hint or None)
    usage = replace(unpack_usage(values.get("usage")), seconds=seconds)
    by = _stood_in(usage)
    # What came before a break is worth keeping; a reply that was found unusable is not shown as an answer.
    report = TurnReport(thread_id, status, usage=usage, model=model, error=told, answered_by=by)
    return replace(report, answer=partial.text(), shortened=partial.cut) if status == "incomplete" else report


def _stood_in(usage: TurnUsage) -> str:
    """Return who answered in place of the models that were asked, in the order of their first calls."""
    return ", ".join(dict.fromkeys(done.model for done in usage.models if done.instead_of))
