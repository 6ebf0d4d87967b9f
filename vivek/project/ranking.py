"""Chooses the files that a request is about, from what an index knows. Deterministic; no model is asked.

Each signal gives every file a share between 0 and 1; their weights were chosen by `benchmarks/selection.py`.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from vivek.project.graph import STAY, Closeness
from vivek.project.index.base import Lookup
from vivek.project.places import places
from vivek.project.roles import Role, role_of
from vivek.project.telling import sure_names
from vivek.project.words import SURE, Asked, read_request
from vivek.schema.index import Definition, Ranked

_MOST_DEFINITIONS = 60
_MOST_REFERENCES = 100
_NAMES_A_PLACE = frozenset({"class", "function", "struct", "enum", "interface", "trait", "type", "module"})
"""Kinds of definitions that a plain word may mean; a field or a variable must be written as a name."""

_MATCHES = 60
_SEEDS = 8
_PARTNERS = 5
_RECENT = 30
_REASONS = 3
_NOTHING: Mapping[str, Mapping[str, float]] = MappingProxyType({})

_ROLES: Mapping[Role, float] = MappingProxyType(
    {"source": 1.0, "test": 0.9, "settings": 0.8, "text": 0.7, "data": 0.5, "generated": 0.2, "vendored": 0.2}
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts; 0 turns it off.

    Attributes:
        named: Files that the request names.
        defines: Files that define a name of the request.
        places: Files that lie at a place whose name is a word of the request.
        words: Files whose path, names and text fit the words of the request.
        uses: Files that use a name of the request.
        graph: Files that import, or are imported by, what the other signals chose.
        together: Files that were often changed in one commit with what the other signals chose.
        near: Files with a part that is near to the request in meaning.
        recent: Files that were changed lately.
    """

    named: float = 4.0
    defines: float = 1.0
    places: float = 0.5
    words: float = 1.0
    uses: float = 0.2
    graph: float = 0.3
    together: float = 0.3
    near: float = 0.35
    recent: float = 0.2


WEIGHTS = Weights()


@dataclass(slots=True)
class _Tally:
    """What was found so far: shares of each file, and the reasons with what they weigh."""

    scores: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    reasons: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, weight: float, shares: Mapping[str, float], why: Callable[[str], str], *, full: float = 0.0) -> None:
        """Count a signal: the best file has the whole weight, when its share is at least `full`."""
        top = max(full, max(shares.values(), default=0.0))
        if weight <= 0 or top <= 0:
            return
        for path, share in shares.items():
            points = weight * share / top
            self.scores[path] += points
            self.reasons[path].append((points, why(path)))

    def why(self, path: str) -> tuple[str, ...]:
        """Return the reasons for a file, the strongest first."""
        reasons = sorted(self.reasons[path], key=lambda each: -each[0])
        return tuple(dict.fromkeys(why for _, why in reasons))[:_REASONS]

    def best(self, count: int) -> list[tuple[str, float]]:
        """Return the files with the highest scores, the best first."""
        return heapq.nsmallest(count, self.scores.items(), key=lambda each: (-each[1], each[0]))


def rank(
    request: str,
    lookup: Lookup,
    *,
    named: Sequence[str] = (),
    recent: Sequence[str] = (),
    together: Mapping[str, Mapping[str, float]] = _NOTHING,
    near: Sequence[tuple[str, float]] = (),
    limit: int = 20,
    weights: Weights = WEIGHTS,
) -> tuple[Ranked, ...]:
    """Return the files that a request is about, the best first; fewer than `limit` where there is nothing to go by.

    Args:
        request: The words of the user.
        lookup: What is known of the repository.
        named: Files that the request names; they come first.
        recent: Files that were changed lately, the latest first.
        together: From a file to those that were changed in one commit with it, with how often, from 0 to 1.
        near: Files by how near a part of them is to the request in meaning, the best first; higher is nearer.
        limit: Files to return at most.
        weights: How much each signal counts.
    """
    paths = lookup.paths()
    known = frozenset(paths)
    asked = read_request(request)
    tally = _Tally()
    tally.add(weights.named, dict.fromkeys(known.intersection(named), 1.0), lambda _: "named in the request")
    names = sure_names(asked, lookup)
    defined = _defining(names, lookup)
    tally.add(weights.defines, _sums(defined), lambda path: f"defines {_most(defined[path])}", full=1.0)
    if weights.places:
        tally.add(weights.places, places(asked, paths), lambda _: "has its name in the request", full=1.0)
    if weights.words:
        matches = {path: score for path, score in lookup.match(asked.words, limit=_MATCHES) if path in known}
        tally.add(weights.words, matches, lambda _: "fits the words of the request")
    if near:
        tally.add(weights.near, {path: score for path, score in near if path in known}, lambda _: "is near in meaning")
    if weights.uses:
        used = _using(names, lookup, len(known))
        tally.add(weights.uses, _sums(used), lambda path: f"uses {_most(used[path])}", full=0.2)
    _add_neighbours(tally, lookup, together, weights, known)
    order = {path: 1 / (1 + place) for place, path in enumerate(recent[:_RECENT]) if path in tally.scores}
    tally.add(weights.recent, order, lambda _: "was changed lately")
    # What alone defines a name that is surely meant is what was asked for, whatever part it plays.
    alone = [path for path, shares in defined.items() if max(shares.values()) >= SURE]
    _weigh_roles(tally, asked, [*named, *alone])
    return tuple(Ranked(path, score, tally.why(path)) for path, score in tally.best(limit))


def _defining(names: Mapping[str, float], lookup: Lookup) -> dict[str, dict[str, float]]:
    """Return the files that define names, with what each of them counts."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for name, sure in names.items():
        for each in lookup.definitions(name, limit=_MOST_DEFINITIONS):
            share = sure * _fit(each, name, sure)
            if share > 0 and share > found[each.path].get(name, 0.0):
                found[each.path][name] = share
    return found


def _fit(definition: Definition, name: str, sure: float) -> float:
    """Return how well a definition fits a name; one that is nested in another is a little less likely meant."""
    if definition.kind not in _NAMES_A_PLACE and sure < SURE:
        return 0.0
    if definition.name == name:
        return 1.0
    return 0.9 if definition.last == name or definition.name.endswith(f".{name}") else 0.0


def _using(names: Mapping[str, float], lookup: Lookup, files: int) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for name, sure in names.items():
        places = lookup.references(name.rpartition(".")[2], limit=_MOST_REFERENCES)
        rarity = 1 - len(places) / max(files, _MOST_REFERENCES)
        for path, lines in places.items():
            found[path][name] = sure * rarity * min(len(lines), 5) ** 0.5 / len(places) ** 0.5
    return found


def _add_neighbours(
    tally: _Tally,
    lookup: Lookup,
    together: Mapping[str, Mapping[str, float]],
    weights: Weights,
    known: frozenset[str],
) -> None:
    seeds = dict(tally.best(_SEEDS))
    if weights.graph and seeds:
        closeness = Closeness(lookup.edges(), lookup.importers())
        walked = closeness.near_to(seeds)
        shares = {path: share for path, share in walked.items() if path in known and path not in seeds}
        shares |= {path: max(0.0, walked.get(path, 0.0) - _own(seeds, path)) for path in seeds}
        tally.add(weights.graph, shares, lambda path: _neighbour(path, seeds, closeness))
    if weights.together and together:
        shares = defaultdict(float)
        for seed, score in list(seeds.items())[:_PARTNERS]:
            for other, share in together.get(seed, {}).items():
                if other in known and other != seed:
                    shares[other] += score * share
        tally.add(weights.together, shares, lambda _: "is often changed together with the others")


def _own(seeds: Mapping[str, float], path: str) -> float:
    """Return what a walk leaves at its own start before it goes anywhere: that is no news."""
    return STAY * seeds[path] / sum(seeds.values())


def _neighbour(path: str, seeds: Mapping[str, float], closeness: Closeness) -> str:
    beside = closeness.beside(path)
    best = next((seed for seed in seeds if seed in beside), None)
    return f"is connected with {best}" if best else "is near to the others by imports"


def _weigh_roles(tally: _Tally, asked: Asked, spared: Collection[str]) -> None:
    wanted = {role for role, spoken in (("test", asked.tests), ("text", asked.texts)) if spoken}
    for path in tally.scores:
        role = role_of(path)
        if path not in spared and role not in wanted:
            tally.scores[path] *= _ROLES[role]


def _sums(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {path: sum(shares.values()) for path, shares in found.items()}


def _most(shares: Mapping[str, float]) -> str:
    return min(shares, key=lambda name: (-shares[name], name))
