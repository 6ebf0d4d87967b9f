"""Nearness in a graph of files, by walks that follow its edges. Pure: mappings in, scores out."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

Edges = Mapping[str, Mapping[str, float]]

STAY = 0.25
"""How likely a walk is to return to where it began, at each step."""

_ROUNDS = 40
_CLOSE_ENOUGH = 1e-7


class Closeness:
    """How near files are to each other when imports can be walked in both directions.

    Many names taken from one file do not make it many times as near, so weights are dampened. A file that everything is
    connected with draws few walks: an edge weighs less the more edges end at its other end.

    Args:
        edges: From each file to those it needs, with how much of each.
        needed: The same the other way round, as `turned` returns it.
    """

    def __init__(self, edges: Edges, needed: Mapping[str, Sequence[str]]) -> None:
        self._edges = edges
        self._needed = needed
        self._beside: dict[str, dict[str, float]] = {}

    def beside(self, node: str) -> Mapping[str, float]:
        """Return what a node is connected with directly, with how strongly."""
        if node not in self._beside:
            found: dict[str, float] = defaultdict(float)
            for target, weight in self._edges.get(node, {}).items():
                if target != node:
                    found[target] += math.sqrt(weight / self._degree(target))
            for source in self._needed.get(node, ()):
                found[source] += math.sqrt(self._edges[source][node] / self._degree(source))
            self._beside[node] = dict(found)
        return self._beside[node]

    def near_to(self, seeds: Mapping[str, float], *, exact: float = 3e-4) -> dict[str, float]:
        """Return how often walks that start at some nodes, and return there again and again, come by each node.

        Only nodes near the seeds are touched, so the time does not grow with the graph.

        Args:
            seeds: Where walks start, with how many of them; nothing is near to no seeds.
            exact: How much of a walk may be lost at a node, for each of its edges; smaller is slower.
        """
        total = sum(seeds.values())
        if total <= 0:
            return {}
        near: dict[str, float] = defaultdict(float)
        rest = {node: weight / total for node, weight in sorted(seeds.items()) if weight > 0}
        waiting, queued = deque(rest), set(rest)
        while waiting:
            node = waiting.popleft()
            queued.discard(node)
            held, rest[node] = rest[node], 0.0
            beside = self.beside(node)
            near[node] += STAY * held if beside else held
            moved = (1 - STAY) * held / (sum(beside.values()) or 1.0)
            for other, weight in beside.items():
                rest[other] = rest.get(other, 0.0) + moved * weight
                if other not in queued and rest[other] > exact * self._degree(other):
                    queued.add(other)
                    waiting.append(other)
        return dict(near)

    def _degree(self, node: str) -> int:
        return len(self._edges.get(node, ())) + len(self._needed.get(node, ()))


def turned(edges: Mapping[str, Mapping[str, object]]) -> dict[str, list[str]]:
    """Return from each node to the others whose edges end there, in the order of the edges."""
    found: dict[str, list[str]] = defaultdict(list)
    for source, targets in edges.items():
        for target in targets:
            if target != source:
                found[target].append(source)
    return dict(found)


def importance(edges: Edges, nodes: Mapping[str, float], *, stay: float = 0.15) -> dict[str, float]:
    """Return what share of endless walks along the edges is at each node; the shares add up to 1.

    Args:
        edges: From each node to those it points at, with weights; targets that are no nodes are passed over.
        nodes: All nodes, with how likely a walk is to start there.
        stay: How likely a walk is to start anew at each step.
    """
    total = sum(nodes.values())
    if not nodes or total <= 0:
        return {}
    start = {node: weight / total for node, weight in nodes.items()}
    steps = [
        (source, [(target, weight) for target, weight in edges[source].items() if target in nodes])
        for source in nodes
        if source in edges
    ]
    moves = [
        (source, [(target, weight / whole) for target, weight in targets])
        for source, targets in steps
        if (whole := sum(weight for _, weight in targets)) > 0
    ]
    leaving = {source for source, _ in moves}
    ranks = dict(start)
    for _ in range(_ROUNDS):
        stuck = sum(rank for node, rank in ranks.items() if node not in leaving)
        again = stay + (1 - stay) * stuck
        new = {node: again * share for node, share in start.items()}
        for source, targets in moves:
            held = (1 - stay) * ranks[source]
            for target, share in targets:
                new[target] += held * share
        done = sum(abs(new[node] - ranks[node]) for node in nodes) < _CLOSE_ENOUGH
        ranks = new
        if done:
            break
    return ranks
