"""Values of a turn as JSON types, as the saved state holds them, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from vivek.schema.checks import Check
from vivek.schema.concerns import Concern
from vivek.schema.edits import ChangeSet, FileChange, FileEdit
from vivek.schema.plan import Plan
from vivek.schema.report import ModelCalls, TurnUsage
from vivek.schema.review import Review

# Any throughout: values are JSON objects as `pack` made them; `unpack_*` gives them their types back.
Packed = dict[str, Any]


def pack_plan(plan: Plan) -> Packed:
    """Return a plan as JSON types."""
    return {
        "kind": plan.kind,
        "steps": list(plan.steps),
        "files": list(plan.files),
        "mode": plan.mode,
        "question": plan.question,
        "choices": list(plan.choices),
    }


def unpack_plan(packed: Packed) -> Plan:
    """Return the plan that `pack_plan` packed."""
    return Plan(
        kind=packed["kind"],
        steps=tuple(packed["steps"]),
        files=tuple(packed["files"]),
        mode=packed["mode"],
        question=packed["question"],
        choices=tuple(packed.get("choices", ())),
    )


def pack_change_set(change_set: ChangeSet) -> Packed:
    """Return a change set as JSON types."""
    edits = [{name: getattr(edit, name) for name in FileEdit.__slots__} for edit in change_set.edits]
    return {"id": change_set.id, "edits": edits}


def unpack_change_set(packed: Packed) -> ChangeSet:
    """Return the change set that `pack_change_set` packed."""
    return ChangeSet(id=packed["id"], edits=tuple(FileEdit(**edit) for edit in packed["edits"]))


def changes_of(change_set: ChangeSet, *, applied: bool) -> tuple[FileChange, ...]:
    """Return the change set as the user is told of it."""
    return tuple(FileChange(e.path, e.kind, e.added, e.removed, applied) for e in change_set.edits)


def pack_check(check: Check) -> Packed:
    """Return a check as JSON types."""
    return {"name": check.name, "status": check.status, "detail": check.detail}


def unpack_checks(packed: list[Packed]) -> tuple[Check, ...]:
    """Return the checks that `pack_check` packed."""
    return tuple(Check(**check) for check in packed)


def pack_review(review: Review) -> Packed:
    """Return a verdict as JSON types."""
    return {"score": review.score, "needs_work": review.needs_work, "feedback": review.feedback}


def unpack_review(packed: Packed | None) -> Review | None:
    """Return the verdict that `pack_review` packed."""
    return None if packed is None else Review(**packed)


def pack_usage(usage: TurnUsage) -> Packed:
    """Return figures as JSON types."""
    plain = {name: getattr(usage, name) for name in TurnUsage.__slots__}
    return plain | {"models": [{name: getattr(done, name) for name in ModelCalls.__slots__} for done in usage.models]}


def unpack_usage(packed: Packed | None) -> TurnUsage:
    """Return the figures that `pack_usage` packed."""
    if not packed:
        return TurnUsage()
    return TurnUsage(**packed | {"models": tuple(ModelCalls(**done) for done in packed.get("models", ()))})


def add_usage(sums: Packed | None, usage: TurnUsage) -> Packed:
    """Return the figures of a thread with a turn's added; what is unknown of any call stays unknown."""
    before = sums or {"calls": 0, "prompt_tokens": 0, "cached_tokens": 0}
    if not usage.calls:
        return before
    names = ("calls", "prompt_tokens", "cached_tokens")
    pairs = {name: (before[name], getattr(usage, name)) for name in names}
    return {name: None if None in pair else sum(pair) for name, pair in pairs.items()}


def pack_concern(concern: Concern) -> Packed:
    """Return a doubt as JSON types."""
    return {name: getattr(concern, name) for name in Concern.__slots__}


def unpack_concerns(packed: list[Packed]) -> tuple[Concern, ...]:
    """Return the doubts that `pack_concern` packed."""
    return tuple(Concern(**concern) for concern in packed)


def pack_placed(before: Mapping[str, Sequence[str]] | None, notes: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return how the edits of a turn were fitted into their files, by path; those of earlier steps count too."""
    known = before or {}
    return {path: list(dict.fromkeys([*known.get(path, ()), *notes.get(path, ())])) for path in {**known, **notes}}
