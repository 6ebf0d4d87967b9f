"""Decides what a prompt can hold. Arithmetic on numbers measured elsewhere; only what must be shorter is made anew."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from vivek.errors import ContextWindowExceededError
from vivek.prompts.estimate import bound
from vivek.schema.budget import Count, Fit, Section
from vivek.schema.events import BudgetSpent, Notice

JOINT = 1
"""Tokens of the blank line that joins a section to the next one."""


def measured(section: Section, count: Count) -> Section:
    """Return a section with its size as `count` tells it."""
    return replace(section, tokens=count(section.text) + JOINT)


def is_tight(sections: Sequence[Section], room: int) -> bool:
    """Tell whether something must be shrunk or dropped, if the sizes are right: a rough size is to be made exact."""
    over_its_share = any(section.maximum is not None and section.tokens > section.maximum for section in sections)
    return over_its_share or sum(section.tokens for section in sections) > room


def allot(sections: Sequence[Section], room: int) -> list[int | None]:
    """Return the tokens that each section may take, together at most `room`; None for one that is dropped.

    No section gets more than its maximum. When they do not all fit, those of the lowest priority give way first: they
    are shrunk to their minimum, the later before the earlier; if that is not enough, the last of them is dropped, and
    so on, before anything of the next priority is touched. A required section is shrunk, never dropped. What is free
    at the end goes back to those that were shrunk.

    Args:
        sections: The parts in the order in which they will be said.
        room: Tokens they may take together; when not even the required ones fit, the sum exceeds it.
    """
    sizes = [_capped(section) for section in sections]
    dropped: set[int] = set()
    over = sum(sizes) - room
    by_priority = sorted(range(len(sections)), key=lambda place: sections[place].priority)
    for _, group in groupby(by_priority, key=lambda place: sections[place].priority):
        standing = list(group)
        while over > 0:
            slack = sum(sizes[place] - sections[place].floor for place in standing)
            optional = [place for place in standing if not sections[place].required]
            if over > slack and optional:
                over -= sizes[optional[-1]]
                dropped.add(optional[-1])
                standing.remove(optional[-1])
                continue
            for place in reversed(standing):
                taken = min(over, sizes[place] - sections[place].floor)
                sizes[place] -= taken
                over -= taken
            break
    for place in reversed(by_priority):  # what a dropped section left free goes back to those that were shrunk for it
        if over < 0 and place not in dropped:
            given = min(-over, _capped(sections[place]) - sizes[place])
            sizes[place] += given
            over += given
    return [None if place in dropped else size for place, size in enumerate(sizes)]


def fit(sections: Sequence[Section], room: int, *, taken: int = 0, count: Count = bound) -> Fit:
    """Choose what is said, never more than the room: whole, in a shorter form, or not at all; see `allot`.

    Args:
        sections: The parts in the order in which they will be said.
        room: Tokens they may take together.
        taken: Tokens of the window that are spoken for already (transcript, reply, margin); only the error's
            figures need it.
        count: Tokens of a text, for what is made shorter.

    Raises:
        ContextWindowExceededError: If the required sections alone do not fit, at their shortest.
    """
    required = sum(section.floor for section in sections if section.required)
    if required > room:
        raise _too_long(required, room, taken)
    kept: list[Section] = []
    dropped: list[Section] = []
    shrunk: list[Section] = []
    for section, size in zip(sections, allot(sections, room), strict=True):
        if size is not None and size >= section.tokens:
            kept.append(section)
        elif size is not None and (shorter := _shortened(section, size, count)) is not None:
            kept.append(shorter)
            shrunk.append(section)
        elif section.required:
            raise _too_long(required - section.floor + section.tokens, room, taken)
        else:
            dropped.append(section)
    return Fit(tuple(kept), tuple(dropped), room - sum(section.tokens for section in kept), tuple(shrunk))


def told_of(fitted: Fit, node: str, window: int, history: int, reply_room: int = 0) -> tuple[BudgetSpent | Notice, ...]:
    """Return what the user is told of a fit: what fills the window, and each thing that was shortened or left out.

    Args:
        fitted: What fits and what does not.
        node: Whose prompt it is.
        window: Tokens the model holds.
        history: Tokens of the conversation before it.
        reply_room: Tokens kept free for the reply.
    """
    kept = (("history", history), *((section.name, section.tokens) for section in fitted.kept))
    dropped = tuple((section.name, section.tokens) for section in fitted.dropped)
    sizes = dict(kept)
    shrunk = tuple((section.name, section.tokens, sizes[section.name]) for section in fitted.shrunk)
    notices = [
        *(f"Shortened for lack of room: {said(name)} ({was:,} to {now:,} tokens)." for name, was, now in shrunk),
        *(f"Left out for lack of room: {said(name)} ({tokens:,} tokens)." for name, tokens in dropped if said(name)),
    ]
    return BudgetSpent(node, window, kept, dropped, shrunk, reply_room), *(Notice(told) for told in notices)


def said(name: str) -> str:
    """Return a section's name as people know it: a file by its path; "" for what they need not know of."""
    # A part of a change is said in another call; advice and what was found out by code are vivek's own words.
    if name.startswith("diff:") or name in ("card", "orientation"):
        return ""
    return name.removeprefix("file:").removeprefix("found:")


def _capped(section: Section) -> int:
    """Return the tokens a section may take when there is room; what cannot be shrunk has no use for less than all."""
    if section.maximum is None or section.shrink is None:
        return section.tokens
    return min(section.tokens, max(section.maximum, section.floor))


def _shortened(section: Section, size: int, count: Count) -> Section | None:
    """Return a section in at most so many tokens, None when it has no shorter form."""
    if size <= JOINT or section.shrink is None:
        return None
    text = section.shrink(size - JOINT, count)
    tokens = count(text) + JOINT
    return replace(section, text=text, tokens=tokens) if text and tokens <= size else None


def _too_long(needed: int, room: int, taken: int) -> ContextWindowExceededError:
    needed, window = taken + needed, taken + max(room, 0)
    msg = f"The prompt needs {needed} tokens, but the model's window has room for {window}."
    hint = "Shorten the request, or use a model with a larger window."
    return ContextWindowExceededError(msg, hint=hint, needed=needed, window=window)
