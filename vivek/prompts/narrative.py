"""What a model is told that describes a repository: rules, facts with their ids, one question.

All questions about the whole begin with the same words, so that a server reads them once.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from vivek.prompts.fence import fenced, one_line
from vivek.prompts.parts import always
from vivek.prompts.templates import SHIPPED, Templates, shipped_text
from vivek.schema.budget import Count, Section
from vivek.schema.narrative import PASSAGES, Fact, Passage

PART_ROOM, WHOLE_ROOM = 320, 448
"""Tokens that are kept free for a reply."""

_PART_SENTENCES, _WHOLE_SENTENCES = 5, 7
_LINE = 240  # characters of a fact
_FACTS_SHARE = 0.6  # of the room of the whole: the rest is for what was said of its parts


class Shown(NamedTuple):
    """A text with facts, its tokens, and the facts that it had room for."""

    text: str
    tokens: int
    facts: tuple[Fact, ...]


def narrative_system(templates: Templates = SHIPPED) -> str:
    """Return the system message of a narrative."""
    return templates.render("analyze/system")


def prompts_version(templates: Templates = SHIPPED) -> str:
    """Return what tells the texts of all questions from every other (hex digits)."""
    names = ("system", "part", *PASSAGES)
    texts = (templates.own.get(f"analyze/{name}") or shipped_text(f"analyze/{name}") for name in names)
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def part_question(name: str, *, count: Count, templates: Templates = SHIPPED) -> Section:
    """Return what is asked of a part."""
    text = templates.render("analyze/part", part=one_line(name), sentences=str(_PART_SENTENCES))
    return always("instruction", text).measured(count)


def whole_question(about: str, *, count: Count, templates: Templates = SHIPPED) -> Section:
    """Return what is asked of the whole; `about` is one of `PASSAGES`."""
    return always("instruction", templates.render(f"analyze/{about}", sentences=str(_WHOLE_SENTENCES))).measured(count)


def show_facts(label: str, facts: Sequence[Fact], room: int, *, count: Count) -> Shown:
    """Return as many facts as there is room for, the first ones first.

    Args:
        label: What they are about.
        facts: The facts.
        room: Tokens they may take with all around them.
        count: Tokens of a text.
    """
    lines: list[str] = []
    taken = count(fenced(label, ""))
    shown: list[Fact] = []
    for fact in facts:
        line = f"[{fact.id}] {_cut(fact.told)}"
        taken += count(f"{line}\n")
        if taken > room:
            break
        lines.append(line)
        shown.append(fact)
    text = fenced(label, "\n".join(lines)) if lines else ""
    return Shown(text, count(text) if text else 0, tuple(shown))


def show_whole(
    facts: Sequence[Fact], parts: Sequence[tuple[Passage, Sequence[Fact]]], room: int, *, count: Count
) -> Shown:
    """Return the facts about the whole and what was said of its parts, with the facts that this stands on.

    Args:
        facts: Facts about the whole.
        parts: The passages about its parts, with ids that are no others', and the facts that they cite.
        room: Tokens that all may take.
        count: Tokens of a text.
    """
    first = show_facts("Facts of the whole program:", facts, int(room * _FACTS_SHARE) if parts else room, count=count)
    label = "What was said of its parts:"
    taken = first.tokens + count(fenced(label, ""))
    lines: list[str] = []
    known = list(first.facts)
    for passage, cited in parts:
        said = " ".join(f"{_open(each.text)} [{', '.join(each.cites)}]." for each in passage.sentences if each.cites)
        line = f"{passage.about}: {said}"
        taken += count(f"{line}\n")
        if not said:
            continue
        if taken > room:
            break
        lines.append(line)
        known += cited
    text = "\n\n".join(filter(None, (first.text, fenced(label, "\n".join(lines)) if lines else "")))
    return Shown(text, count(text) if text else 0, tuple(known))


def _cut(text: str) -> str:
    said = one_line(" ".join(text.split()))
    return said if len(said) <= _LINE else f"{said[: _LINE - 1]}…"


def _open(text: str) -> str:
    """Return a sentence without the mark at its end."""
    return text.rstrip(" .!?")
