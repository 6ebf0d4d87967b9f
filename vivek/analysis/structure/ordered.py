"""A graph without cycles, and an order in which every edge goes on; edges are added one by one. Pure."""

from collections.abc import Iterable, Mapping, Sequence


class OrderedGraph:
    """Holds those edges that go on in an order, and takes in others as long as they close no cycle.

    After Pearce and Kelly (2006): whether an edge closes a cycle is found out among the nodes between its ends alone,
    and they alone change their places.

    Args:
        graph: The edges; those that go back in the order are left out.
        order: All nodes.

    Attributes:
        looked_at: Nodes that were looked at to find out about edges.
    """

    def __init__(self, graph: Mapping[str, Iterable[str]], order: Sequence[str]) -> None:
        self.looked_at = 0
        self._at = {node: place for place, node in enumerate(order)}
        self._on: dict[str, list[str]] = {node: [] for node in order}
        self._back: dict[str, list[str]] = {node: [] for node in order}
        for source, targets in graph.items():
            for target in targets:
                if self.goes_on(source, target):
                    self._join(source, target)

    def goes_on(self, source: str, target: str) -> bool:
        """Tell whether an edge would go on in the present order."""
        return self._at[source] < self._at[target]

    def add(self, source: str, target: str) -> bool:
        """Take in an edge; False, and nothing changes, if it would close a cycle."""
        if not self.goes_on(source, target):
            last, first = self._at[source], self._at[target]
            behind = self._within(target, self._on, first, last)
            if source in behind:
                return False
            before = self._within(source, self._back, first, last)
            self._place([*self._sorted(before), *self._sorted(behind)])
        self._join(source, target)
        return True

    def _join(self, source: str, target: str) -> None:
        self._on[source].append(target)
        self._back[target].append(source)

    def _within(self, start: str, edges: Mapping[str, Sequence[str]], first: int, last: int) -> set[str]:
        """Return what is reached from a node without leaving a part of the order."""
        found = {start}
        waiting = [start]
        while waiting:
            for node in edges[waiting.pop()]:
                if node not in found and first <= self._at[node] <= last:
                    found.add(node)
                    waiting.append(node)
        self.looked_at += len(found)
        return found

    def _sorted(self, nodes: Iterable[str]) -> list[str]:
        return sorted(nodes, key=self._at.__getitem__)

    def _place(self, nodes: Sequence[str]) -> None:
        """Give nodes the places that they have together, in this order."""
        for place, node in zip(sorted(self._at[node] for node in nodes), nodes, strict=True):
            self._at[node] = place
