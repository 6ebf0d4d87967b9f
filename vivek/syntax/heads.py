"""Heads of definitions on one line, and the first line of what documents them; cut from the text as it is written."""

import re
from collections.abc import Sequence

LONGEST = 300
"""Characters of a head; more is cut."""

_TALLEST = 120  # lines of a head
_PYTHON = re.compile(
    r"""('''|\"\"\")(?:\\.|(?!\1).)*\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*|\\\n|[()\[\]{}:]""", re.S
)
_INSIDE = re.compile(r"(?<=[(\[]) | (?=[)\]])|,(?= ?[)\]])")
_MARKS = re.compile(r"^(?:/\*[*!]*|//[/!]*|\*+(?!/)|#+!?|--+|;+|<!--)\s*|\s*(?:\*+/|-->)$")
_XML = re.compile(r"</?[a-zA-Z][^<>]*>")


def python_head(lines: Sequence[str], first: int, body: int) -> str:
    """Return the head of a function or class of Python, without the colon.

    Args:
        lines: The text.
        first: Where the head begins, from 0.
        body: Where the first statement of the body begins.
    """
    line = lines[first].strip()
    if line[-1:] == ":" and first != body and line.count("(") == line.count(")") and "#" not in line:
        return shortened(line[:-1])
    text = "\n".join(lines[first : min(body + 1, first + _TALLEST)])
    return one_line(_until_colon(text))


def _until_colon(text: str) -> str:
    kept: list[str] = []
    at = depth = 0
    for token in _PYTHON.finditer(text):
        mark = token[0]
        if mark == ":" and depth == 0:
            return "".join([*kept, text[at : token.start()]])
        depth += (mark in "([{") - (mark in ")]}")
        if mark[0] in "#\\":
            kept.append(text[at : token.start()])
            at = token.end()
    return "".join([*kept, text[at:]])


def one_line(text: str) -> str:
    """Return a head that may stretch over several lines as one, without the room that its lines made."""
    return shortened(_INSIDE.sub("", " ".join(text.split())))


def shortened(line: str) -> str:
    """Return a line, cut where it is too long to be of use."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def doc_line(text: str) -> str:
    """Return the first line of a docstring that says something."""
    text = text.lstrip()
    return shortened(text.partition("\n")[0].rstrip())


def comment_line(text: str) -> str:
    """Return the first line of a comment that says something, without the marks of its language."""
    for line in text.split("\n"):
        said = _XML.sub("", _MARKS.sub("", _MARKS.sub("", line.strip()))).strip()
        if any(sign.isalnum() for sign in said):
            return shortened(said)
    return ""
