"""What a model notes of a conversation before it is cut: how it is asked, and what of its reply is taken."""

import re
from collections.abc import Callable, Collection

from vivek.prompts.repetition import without_repetition
from vivek.prompts.templates import SHIPPED, Templates
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason

WORDS_A_TOKEN = 0.6
"""Words that a token of plain text is worth, with room to spare."""

LINES = 40
"""Lines that are taken at most."""

# Something with a folder or an ending of letters: `a/b`, `x.py`; not `e.g.`, `1.5` or `and/or` of two plain words.
_PATH = re.compile(r"(?<![\w/.-])(?:[\w.-]+/)*[\w-][\w.-]*\.[A-Za-z]\w{0,9}(?![\w/])|(?:[\w.-]+/){2,}[\w.-]+")
_OWN_WORDS = frozenset({"e.g", "i.e", "etc"})


def summary_sections(
    room: int, keep: str, count: Callable[[str], int], templates: Templates = SHIPPED
) -> tuple[Section, ...]:
    """Return what a model is told that is to sum up the conversation before it.

    Args:
        room: Tokens that the summary may take.
        keep: What the user wants kept above all, or "".
        count: Tokens of a text.
        templates: What it is made of.
    """
    wanted = f" Above all keep: {keep.strip()}" if keep.strip() else ""
    text = templates.render("sum_up", words=str(max(20, round(room * WORDS_A_TOKEN))), keep=wanted)
    return (Section("instruction", text, count(text) + 1, 100, required=True),)


def taken_of(reply: str, finish: FinishReason, known: Callable[[str], bool]) -> str:
    """Return the lines of a summary that can be trusted so far; "" when there are none.

    A line that names a file which neither exists nor was spoken of is made up and left out, and so is the last line of
    a reply that was cut off. Code, lists and headings lose their marks.

    Args:
        reply: What the model wrote.
        finish: Why it ended.
        known: Whether a path exists, or was said in the conversation.
    """
    lines = _plain(without_repetition(reply))
    if finish != "stop":
        lines = lines[:-1]
    kept = [line for line in dict.fromkeys(lines) if all(known(path) for path in paths_of(line))]
    return "\n".join(kept[:LINES])


def paths_of(line: str) -> Collection[str]:
    """Return what a line names that looks like a file."""
    found = (match[0].rstrip(".") for match in _PATH.finditer(line))
    return tuple(path for path in found if path.lower() not in _OWN_WORDS)


def _plain(reply: str) -> list[str]:
    """Return the lines of prose: no fences and what is in them, no marks of lists and headings, nothing empty."""
    lines: list[str] = []
    fenced = False
    for line in reply.split("\n"):
        bare = line.strip()
        if bare.startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and (said := bare.lstrip("-*#• \t").strip()):
            lines.append(f"- {said}")
    return lines
