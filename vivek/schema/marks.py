"""A diff taken apart for drawing: lines with the words that changed in them."""

from dataclasses import dataclass
from typing import Literal

LineKind = Literal["head", "hunk", "same", "removed", "added", "note"]
Marks = tuple[tuple[int, int], ...]
"""Places in a text, as first character and the one behind the last."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line of a diff.

    Attributes:
        kind: `head` names the file, `hunk` the place, `note` says that the last newline is missing.
        text: The line; of `same`, `removed` and `added` ones without the sign before it.
        marks: The pieces of `text` that changed, for a line that resembles the one it takes the place of.
    """

    kind: LineKind
    text: str
    marks: Marks = ()
