"""Notices a turn that goes in circles: the same deed with the same result on the same files. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence

AGAIN = "You did exactly this before, and nothing has changed since. Do something else: edit, or answer."
"""What the model is told the first time."""

CIRCLES = 2
"""Times a deed may be repeated in vain; then the user is asked."""


def digest(deed: str, result: str, staged: Mapping[str, str | None]) -> str:
    """Return what tells a deed from every other: what was done, what came of it, and on which files."""
    text = json.dumps([deed, result, sorted(staged.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def repeats(seen: Sequence[str], now: str) -> int:
    """Return how many times a deed was done before."""
    return list(seen).count(now)


def stuck(what: str) -> str:
    """Return what the user is asked when a turn goes in circles."""
    return f"I am going in circles: {what} gave the same result {CIRCLES + 1} times. How shall I go on?"
