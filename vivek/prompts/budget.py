"""Decides what a prompt can hold. Pure arithmetic on numbers measured elsewhere."""

from collections.abc import Sequence

from vivek.errors import ContextWindowExceededError
from vivek.schema.budget import Fit, Section
from vivek.schema.events import BudgetSpent, Notice


def fit(sections: Sequence[Section], room: int, *, taken: int = 0) -> Fit:
    """Choose the sections that fit into the room, never more.

    The lowest priority is dropped first; within one priority the later section goes before the earlier.
    A required section is never dropped.

    Args:
        sections: The parts in the order in which they will be said.
        room: Tokens they may take together.
        taken: Tokens of the window that are spoken for already (transcript, reply, margin); only the error's
            figures need it.

    Raises:
        ContextWindowExceededError: If the required sections alone do not fit.
    """
    required = sum(section.tokens for section in sections if section.required)
    if required > room:
        needed, window = taken + required, taken + max(room, 0)
        msg = f"The prompt needs {needed} tokens, but the model's window has room for {window}."
        raise ContextWindowExceededError(
            msg, hint="Shorten the request, or use a model with a larger window.", needed=needed, window=window
        )
    used = sum(section.tokens for section in sections)
    dropped: set[int] = set()
    optional = [place for place, section in enumerate(sections) if not section.required]
    for place in sorted(optional, key=lambda place: (sections[place].priority, -place)):
        if used <= room:
            break
        dropped.add(place)
        used -= sections[place].tokens
    return Fit(
        kept=tuple(section for place, section in enumerate(sections) if place not in dropped),
        dropped=tuple(section for place, section in enumerate(sections) if place in dropped),
        left=room - used,
    )


def told_of(fitted: Fit, node: str, window: int, history: int) -> tuple[BudgetSpent | Notice, ...]:
    """Return what the user is told of a fit: what fills the window, and each thing that was left out.

    Args:
        fitted: What fits and what does not.
        node: Whose prompt it is.
        window: Tokens the model holds.
        history: Tokens of the conversation before it.
    """
    kept = (("history", history), *((section.name, section.tokens) for section in fitted.kept))
    dropped = tuple((section.name, section.tokens) for section in fitted.dropped)
    left_out = (
        Notice(f"Left out for lack of room: {name.removeprefix('file:')} ({tokens:,} tokens).")
        for name, tokens in dropped
    )
    return BudgetSpent(node, window, kept, dropped), *left_out
