"""Puts text that nobody vouches for into a prompt as data. Changes no character of the text itself."""

import re

_TICKS = re.compile(r"`+")
# Control characters, line separators, lone surrogates and what turns the direction of writing: in a label
# they could fake a line of their own or hide a part of a path.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_A_TAG = re.compile(r"[^A-Za-z0-9+#._-]")


def one_line(text: str) -> str:
    """Return a path or label that stays on its line, unsafe characters replaced by U+FFFD."""
    return _UNSAFE.sub("\ufffd", text)


def fence_for(text: str) -> str:
    """Return a fence longer than any run of backticks in the text, three at least."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    return "`" * max(3, longest + 1)


def fenced(label: str, text: str, tag: str = "") -> str:
    """Return a line with the label, then the exact text in a fence that nothing inside can close.

    Args:
        label: What the text is, or its path.
        text: Anything; a missing line end is added so that the fence stands on its own line.
        tag: The language for the fence's opening line, "" for none.
    """
    fence = fence_for(text)
    body = text if not text or text.endswith("\n") else f"{text}\n"
    return f"{one_line(label)}\n{fence}{_NOT_A_TAG.sub('', tag)}\n{body}{fence}"
