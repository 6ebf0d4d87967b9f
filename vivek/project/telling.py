"""Which definitions of a file matter for a request: those it names, else those that fit its words."""

import math
import re
from collections.abc import Collection, Mapping, Sequence

from vivek.project.words import subwords
from vivek.schema.index import Definition

MOST = 8
_WORD = re.compile(r"[^\W_]+")
_NAMED = 10.0
_IN_NAME, _IN_HEAD = 1.0, 0.4
_VALUES = frozenset({"variable", "constant", "field"})
"""Kinds that have no head to speak of: only their name counts."""


def telling_definitions(
    definitions: Sequence[Definition], names: Mapping[str, float], words: Collection[str], *, most: int = MOST
) -> tuple[Definition, ...]:
    """Return the definitions of a file that matter, the best first.

    Args:
        definitions: What the file defines, in its order.
        names: Names that the request is sure to mean, with how surely.
        words: Its other words, in small letters.
        most: How many to return at most.
    """
    wanted = frozenset(words)
    scored = [(_score(each, names, wanted), place) for place, each in enumerate(definitions)]
    top = max((score for score, _ in scored), default=0.0)
    if top <= 0:
        return ()
    kept = sorted((-score, place) for score, place in scored if score >= top / 2)
    return tuple(definitions[place] for _, place in kept[:most])


def _score(definition: Definition, names: Mapping[str, float], words: frozenset[str]) -> float:
    own = subwords(definition.last)
    score = names.get(definition.name, 0.0) or names.get(definition.last, 0.0)
    found = words.intersection(own)
    # A name made of the wanted words alone tells more than a long one that holds them too.
    score = _NAMED * score + _IN_NAME * len(found) / math.sqrt(len(own) or 1)
    if definition.kind in _VALUES:
        return score
    around = words.intersection(_WORD.findall(f"{definition.name} {definition.signature} {definition.doc}".lower()))
    return score + _IN_HEAD * len(around - found)
