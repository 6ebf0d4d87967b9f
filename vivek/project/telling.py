"""Which definitions of a file matter for a request: those it names, else those that fit its words."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from vivek.project.index.base import Lookup
from vivek.project.words import SURE, Asked, read_request, subwords
from vivek.schema.index import Definition, Ranked

MOST = 8
_COMMON = 40
"""A name with more definitions than this tells no place, unless the request shows that it is meant as a name."""

_WORD = re.compile(r"[^\W_]+")
_NAMED = 10.0
_IN_NAME, _IN_HEAD = 1.0, 0.4
_VALUES = frozenset({"variable", "constant", "field"})
"""Kinds that have no head to speak of: only their name counts."""


def tell(request: str, ranked: Sequence[Ranked], lookup: Lookup) -> tuple[Ranked, ...]:
    """Return chosen files with the definitions in them that matter for a request, behind those they have.

    Args:
        request: The words of the user.
        ranked: The files.
        lookup: What is known of the repository.
    """
    asked = read_request(request)
    names = sure_names(asked, lookup)

    def told(each: Ranked) -> tuple[Definition, ...]:
        found = telling_definitions(lookup.definitions_in(each.path), names, asked.words)
        return tuple(dict.fromkeys([*each.definitions, *found]))

    return tuple(replace(each, definitions=told(each)) for each in ranked)


def sure_names(asked: Asked, lookup: Lookup) -> dict[str, float]:
    """Return the names of a request that are defined, with how surely and narrowly each tells a place."""
    counted = lookup.defined(asked.names) if asked.names else {}
    return {
        name: sure / counted[name] ** 0.5
        for name, sure in asked.names.items()
        if counted.get(name, 0) > 0 and (counted[name] <= _COMMON or sure >= SURE)
    }


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
    score = names.get(definition.name, 0.0) or names.get(definition.last, 0.0)
    head = _head(definition).lower()
    if not score and not any(map(head.__contains__, words)):  # most of them: no need to part it into words
        return 0.0
    own = subwords(definition.last)
    found = words.intersection(own)
    # A name made of the wanted words alone tells more than a long one that holds them too.
    score = _NAMED * score + _IN_NAME * len(found) / math.sqrt(len(own) or 1)
    if definition.kind in _VALUES:
        return score
    around = words.intersection(_WORD.findall(head))
    return score + _IN_HEAD * len(around - found)


def _head(definition: Definition) -> str:
    if definition.kind in _VALUES:
        return definition.last
    return f"{definition.name} {definition.signature} {definition.doc}"
