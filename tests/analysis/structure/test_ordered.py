"""Edges are taken in one by one, and refused exactly when they would close a cycle."""

from hypothesis import given
from hypothesis import strategies as st

from vivek.analysis.structure.graphs import shortest
from vivek.analysis.structure.ordered import OrderedGraph

NODES = "abcdefgh"
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda edge: edge[0] != edge[1]))


@given(order=st.permutations(NODES), edges=EDGES)
def test_an_edge_is_refused_exactly_when_it_closes_a_cycle(order: list[str], edges: list[tuple[str, str]]) -> None:
    held: dict[str, dict[str, int]] = {}
    ordered = OrderedGraph(held, order)
    for source, target in edges:
        closes = shortest(held, target, source) is not None

        assert ordered.add(source, target) is not closes
        if not closes:
            held.setdefault(source, {})[target] = 1
        assert all(ordered.goes_on(one, other) for one, targets in held.items() for other in targets)


def test_of_the_edges_it_begins_with_only_those_that_go_on_are_held() -> None:
    ordered = OrderedGraph({"a": ["b"], "b": ["a"]}, "ab")

    assert ordered.add("b", "a") is False
    assert OrderedGraph({"b": ["a"]}, "ab").add("b", "a") is True
