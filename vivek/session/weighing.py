"""What a thread costs the windows and caches of its models, for the user to see."""

from vivek.schema.context import ContextReport
from vivek.session.parts import Parts
from vivek.session.runner import Runner


async def weigh(runner: Runner, parts: Parts) -> ContextReport:
    """Return where a thread stands.

    Raises:
        ThreadError: If its saved state cannot be read.
        WorkspaceError: If its transcript cannot.
    """
    values = (await runner.look()).values
    callers = [asker.caller for asker in parts.panel.askers]
    asked = [caller for caller in callers if caller.ledger.calls]
    losses = [lost for caller in asked if (lost := caller.ledger.lost) is not None]
    rows = parts.store.chain(values.get("head"))
    system = rows[0].tokens if rows else 0
    notes = min(system, parts.count(parts.notes.text)) if rows and parts.notes.text else 0
    sums = values.get("sums") or {}
    return ContextReport(
        prompts=tuple(caller.prompt for caller in asked),
        system=system - notes,
        notes=notes,
        messages=len(rows),
        calls=sums.get("calls", 0),
        prompt_tokens=sums.get("prompt_tokens"),
        cached_tokens=sums.get("cached_tokens"),
        lost=min(losses, key=lambda loss: loss.calls_ago, default=None),
    )
