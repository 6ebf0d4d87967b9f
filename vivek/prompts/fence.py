"""Puts text that nobody vouches for into a prompt as data: fenced, and with the control tokens in it defused.

The marks of defused tokens are taken out of a reply where it is read (`schema/control_tokens.py`); nothing else of the
text is changed.
"""

import re

from vivek.schema.control_tokens import MARK, defuse

DEFUSED = f"(A {MARK} in the next text defuses a control token; copy it as it is.)\n"
"""Said above a text in which a control token was defused."""

_TICKS = re.compile(r"`+")
# Control characters, line separators, lone surrogates and what turns the direction of writing: in a label
# they could fake a line of their own or hide a part of a path.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_A_TAG = re.compile(r"[^A-Za-z0-9+#._-]")


def one_line(text: str) -> str:
    """Return a path or label that stays on its line: unsafe characters replaced by U+FFFD, control tokens defused."""
    return defuse(_UNSAFE.sub("\ufffd", text))


def fence_for(text: str) -> str:
    """Return a fence longer than any run of backticks in the text, three at least."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    return "`" * max(3, longest + 1)


def fenced(label: str, text: str, tag: str = "") -> str:
    """Return a line with the label, then the text in a fence that nothing inside can close.

    Args:
        label: What the text is, or where it comes from: its path.
        text: Anything; a missing line end is added so that the fence stands on its own line.
        tag: The language for the fence's opening line, "" for none.
    """
    fence, shown = fence_for(text), defuse(text)
    told = DEFUSED if shown != text else ""
    body = shown if not shown or shown.endswith("\n") else f"{shown}\n"
    return f"{told}{one_line(label)}\n{fence}{_NOT_A_TAG.sub('', tag)}\n{body}{fence}"
