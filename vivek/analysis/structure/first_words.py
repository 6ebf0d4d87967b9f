"""What a file says of itself in its first lines: a docstring, or the comment at its head."""

import re
from typing import Final, NamedTuple

_HEAD: Final = 4_000  # characters that are looked at
_DOCSTRING: Final = re.compile(r"""^[rRuU]{0,2}(?:\"{3}|'{3})\s*(.*)""")
_COMMENT: Final = re.compile(r"^\s*(?:#(?!!)|//[/!]?|/\*+!?|\*(?!/)|--|;+|%)\s?(.*)")
_EMPTY: Final = re.compile(
    r"^\s*(?:#!.*|/\*+|\*+/?|[#/*\-;%=\s]*|[#/*\s]*-\*-.*|<\?php|package\s[\w.]+;?|[\"']use strict[\"'];?)\s*$"
)
_NOT_ABOUT: Final = re.compile(
    r"copyright|licen[cs]e|spdx|all rights reserved|eslint|pylint|ruff:|noqa|@ts-|coding[:=]|generated", re.IGNORECASE
)
_END: Final = re.compile(r"(?:\"{3}|'{3}|\*/|-->).*$")
_SENTENCE: Final = re.compile(r"^(.*?[.!?])(?:\s|$)")


class FirstWords(NamedTuple):
    """The line, from 1, and the first sentence on it."""

    line: int
    text: str


def first_words(text: str) -> FirstWords | None:
    """Return the first sentence in which a file speaks of itself, None where it says nothing before its code."""
    within = False  # a docstring that began without a word
    for at, line in enumerate(text[:_HEAD].splitlines(), 1):
        if _EMPTY.match(line):
            continue
        opened = _DOCSTRING.match(line)
        found = opened or _COMMENT.match(line)
        if found is None and not within:
            return None
        within = within or (opened is not None and not opened[1])
        said = _END.sub("", found[1] if found else line).strip(" *#/-")
        if _NOT_ABOUT.search(said):
            return None
        if re.search(r"[^\W\d_]{2}", said):
            sentence = _SENTENCE.match(said)
            return FirstWords(at, sentence[1] if sentence else said)
    return None
