"""What stands in a prompt for a secret that the model must not see."""

import re

PLACEHOLDER = re.compile(r"⟦secret:[0-9]{1,6}⟧")


def placeholder_of(number: int) -> str:
    """Return the placeholder of a number."""
    return f"⟦secret:{number}⟧"


def placeholder_in(text: str, before: str = "") -> str | None:
    """Return a placeholder that a text would put where a secret belongs, or None.

    Args:
        text: What is to be written.
        before: What stands there now; what it holds already may stay.
    """
    if "⟦" not in text:
        return None
    known = set(PLACEHOLDER.findall(before))
    return next((each for each in PLACEHOLDER.findall(text) if each not in known), None)
