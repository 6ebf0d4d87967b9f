"""Measures of a graph of imports: cycles and what to cut, depth, ways through it. Pure; no names are looked at."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from vivek.analysis.structure.ordered import OrderedGraph

Graph = Mapping[str, Mapping[str, int]]
"""From a node to those it reaches by one edge, each with its weight."""

_EXACT = 12
"""Nodes of a cycle up to which the cheapest cut is found by looking at all orders."""

MOST_LOOKS = 1_000_000
"""Nodes looked at to put edges back: seconds in a cycle of many thousand nodes, which no other one comes near to."""


def nodes_of(graph: Graph) -> list[str]:
    """Return all nodes, sorted, those without edges of their own included."""
    return sorted({*graph, *(target for targets in graph.values() for target in targets)})


def reversed_graph(graph: Graph) -> dict[str, dict[str, int]]:
    """Return the graph with every edge the other way round."""
    turned: dict[str, dict[str, int]] = {}
    for source, targets in graph.items():
        for target, weight in targets.items():
            turned.setdefault(target, {})[source] = weight
    return turned


def components(graph: Graph) -> list[tuple[str, ...]]:
    """Return the strongly connected components, each sorted, in an order in which what is reached comes first.

    After Tarjan (1972), with a stack of its own: modules may be chained more deeply than Python calls.
    """
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for start in nodes_of(graph):
        if start in order:
            continue
        walk = [(start, iter(sorted(graph.get(start, ()))))]
        order[start] = lowest[start] = len(order)
        waiting.append(start)
        on_stack.add(start)
        while walk:
            node, targets = walk[-1]
            for target in targets:
                if target not in order:
                    order[target] = lowest[target] = len(order)
                    waiting.append(target)
                    on_stack.add(target)
                    walk.append((target, iter(sorted(graph.get(target, ())))))
                    break
                if target in on_stack:
                    lowest[node] = min(lowest[node], order[target])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[node])
                if lowest[node] == order[node]:
                    found.append(_taken_off(waiting, on_stack, node))
    return found


def cycles(graph: Graph) -> list[tuple[str, ...]]:
    """Return the components in which every node reaches every other, the largest first; a node alone is none."""
    return sorted((each for each in components(graph) if len(each) > 1), key=lambda each: (-len(each), each))


def cheapest_cut(graph: Graph, members: Collection[str], *, looks: int = MOST_LOOKS) -> list[tuple[str, str]]:
    """Return edges among some nodes whose removal leaves no cycle, of the least weight that could be found.

    Exact up to a dozen nodes; beyond that a good order is built by taking sinks and sources off (Eades, Lin and
    Smyth, 1993), and every edge that closes no cycle after all is put back, the heaviest first, while that is quick.

    Args:
        graph: The edges.
        members: The nodes.
        looks: Nodes that may be looked at to put edges back.
    """
    held = frozenset(members)
    inside = {
        node: {to: weight for to, weight in graph.get(node, {}).items() if to in held and to != node}
        for node in sorted(held)
    }
    order = _best_order(inside) if len(inside) <= _EXACT else _good_order(inside)
    ordered = OrderedGraph(inside, order)
    back = [(source, to) for source, targets in inside.items() for to in targets if not ordered.goes_on(source, to)]
    heaviest_first = sorted(back, key=lambda edge: (-inside[edge[0]][edge[1]], edge))
    return sorted(edge for edge in heaviest_first if ordered.looked_at > looks or not ordered.add(*edge))


def depths(graph: Graph) -> dict[str, int]:
    """Return the number of edges of the longest way down from each node; a cycle counts as one node."""
    found: dict[str, int] = {}
    for members in components(graph):
        inside = frozenset(members)
        below = [found[to] for node in members for to in graph.get(node, ()) if to not in inside and to in found]
        depth = 1 + max(below) if below else 0
        found.update(dict.fromkeys(members, depth))
    return found


def shortest(graph: Graph, start: str, end: str) -> list[str] | None:
    """Return the nodes of a shortest way from one node to another, both included; None where there is none."""
    before: dict[str, str] = {start: start}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == end:
            return _way(before, start, end)
        for target in sorted(graph.get(node, ())):
            if target not in before:
                before[target] = node
                waiting.append(target)
    return None


def reached(graph: Graph, starts: Iterable[str]) -> dict[str, int]:
    """Return every node that can be reached, with the number of edges to it; those begun from have 0."""
    far = dict.fromkeys(sorted(starts), 0)
    waiting = deque(far)
    while waiting:
        node = waiting.popleft()
        for target in sorted(graph.get(node, ())):
            if target not in far:
                far[target] = far[node] + 1
                waiting.append(target)
    return far


def merged(graph: Graph, group: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return the graph of groups of nodes; edges within a group are left out, weights between two are added up."""
    found: dict[str, dict[str, int]] = {name: {} for name in sorted(set(group.values()))}
    for source, targets in sorted(graph.items()):
        for target, weight in sorted(targets.items()):
            one, other = group.get(source), group.get(target)
            if one is not None and other is not None and one != other:
                found[one][other] = found[one].get(other, 0) + weight
    return found


def _taken_off(waiting: list[str], on_stack: set[str], node: str) -> tuple[str, ...]:
    members: list[str] = []
    while not members or members[-1] != node:
        members.append(waiting.pop())
    on_stack.difference_update(members)
    return tuple(sorted(members))


def _way(before: Mapping[str, str], start: str, end: str) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


def _best_order(inside: Graph) -> list[str]:
    """Return the order whose edges backwards weigh least: the best way to set each set of nodes first."""
    names = sorted(inside)
    index = {name: at for at, name in enumerate(names)}
    into = [[0] * len(names) for _ in names]  # into[node][from]
    for source, targets in inside.items():
        for to, weight in targets.items():
            into[index[source]][index[to]] += weight  # an edge to what stands before is one backwards
    cost = [0] * (1 << len(names))
    last = [0] * (1 << len(names))
    for chosen in range(1, 1 << len(names)):
        members = [at for at in range(len(names)) if chosen >> at & 1]
        options = (
            (cost[chosen ^ (1 << at)] + sum(into[at][other] for other in members if other != at), at) for at in members
        )
        cost[chosen], last[chosen] = min(options)
    order: list[str] = []
    chosen = (1 << len(names)) - 1
    while chosen:
        order.append(names[last[chosen]])
        chosen ^= 1 << last[chosen]
    return order[::-1]


def _good_order(inside: Graph) -> list[str]:
    left = {node: dict(targets) for node, targets in inside.items()}
    turned: dict[str, dict[str, int]] = {**{node: {} for node in inside}, **reversed_graph(inside)}
    surplus = {node: sum(left[node].values()) - sum(turned[node].values()) for node in left}
    rank = {node: number for number, node in enumerate(sorted(left))}
    best = [(-surplus[node], -rank[node], node) for node in left]
    heapify(best)
    front: list[str] = []
    behind: list[str] = []
    free = sorted(node for node in left if not left[node] or not turned[node])
    while left:
        less, _, node = (None, 0, free.pop()) if free else heappop(best)
        if node not in left or less not in (None, -surplus[node]):
            continue  # it is gone, or stands in the heap again with another surplus
        (front if left[node] else behind).append(node)
        targets, sources = left.pop(node), turned.pop(node)
        for other, weight in targets.items():
            del turned[other][node]
            surplus[other] += weight
        for other, weight in sources.items():
            del left[other][node]
            surplus[other] -= weight
        for other in dict.fromkeys([*targets, *sources]):
            heappush(best, (-surplus[other], -rank[other], other))
            if not left[other] or not turned[other]:
                free.append(other)
    return [*front, *behind[::-1]]


def edge_list(graph: Graph, members: Collection[str]) -> Sequence[tuple[str, str, int]]:
    """Return the edges among some nodes, sorted, with their weights."""
    return [
        (source, to, weight)
        for source in sorted(members)
        for to, weight in sorted(graph.get(source, {}).items())
        if to in members
    ]
