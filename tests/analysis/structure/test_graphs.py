import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.analysis.structure import graphs
from vivek.analysis.structure.graphs import (
    cheapest_cut,
    components,
    cycles,
    depths,
    edge_list,
    merged,
    nodes_of,
    reached,
    reversed_graph,
    shortest,
)

NAMES = ["a", "b", "c", "d", "e"]
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES), st.dictionaries(st.sampled_from(NAMES), st.integers(1, 5), max_size=4), max_size=5
)
LOOP = {"a": {"b": 2}, "b": {"c": 1}, "c": {"a": 3, "d": 1}, "d": {}}


def reaches(graph: graphs.Graph, start: str, end: str) -> bool:
    """Tell by brute force whether a way of at least one edge leads from one node to another."""
    seen: set[str] = set()
    waiting = [*graph.get(start, ())]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += graph.get(node, ())
    return end in seen


def without(graph: graphs.Graph, cut: list[tuple[str, str]]) -> dict[str, dict[str, int]]:
    return {a: {b: w for b, w in targets.items() if (a, b) not in cut} for a, targets in graph.items()}


@given(GRAPHS)
def test_components_are_what_reaches_each_other_and_come_after_what_they_reach(
    graph: dict[str, dict[str, int]],
) -> None:
    found = components(graph)

    assert sorted(node for members in found for node in members) == nodes_of(graph)
    for one, other in itertools.combinations(nodes_of(graph), 2):
        together = any(one in members and other in members for members in found)
        assert together == (reaches(graph, one, other) and reaches(graph, other, one))
    at = {node: place for place, members in enumerate(found) for node in members}
    assert all(at[to] <= at[source] for source, targets in graph.items() for to in targets)


def test_a_chain_as_long_as_a_large_project_is_walked() -> None:
    chain = {f"m{number}": {f"m{number + 1}": 1} for number in range(20_000)}

    assert len(components(chain)) == 20_001
    assert cycles(chain) == []
    assert depths(chain)["m0"] == 20_000


def test_cycles_are_the_components_of_more_than_one_the_largest_first() -> None:
    graph = {"x": {"y": 1}, "y": {"x": 1}, **LOOP, "self": {"self": 1}}

    assert cycles(graph) == [("a", "b", "c"), ("x", "y")]


@given(GRAPHS)
def test_the_cut_of_a_small_cycle_is_the_cheapest_of_all(graph: dict[str, dict[str, int]]) -> None:
    for members in cycles(graph):
        cut = cheapest_cut(graph, members)
        inside = {a: {b: w for b, w in graph.get(a, {}).items() if b in members and a != b} for a in members}

        assert cycles(without(inside, cut)) == []
        least = min(
            sum(w for a, targets in inside.items() for b, w in targets.items() if order.index(b) < order.index(a))
            for order in itertools.permutations(members)
        )
        assert sum(inside[a][b] for a, b in cut) == least


def test_the_cut_of_a_large_cycle_leaves_none_and_no_edge_of_it_is_needless() -> None:
    size = 40
    graph = {f"n{i:02}": {f"n{(i + 1) % size:02}": 1 + i % 3, f"n{(i * 7) % size:02}": 2} for i in range(size)}
    members = cycles(graph)[0]

    cut = cheapest_cut(graph, members)

    assert len(members) > 12
    assert cycles(without(graph, cut)) == []
    for edge in cut:
        assert cycles(without(graph, [each for each in cut if each != edge])) != []


def test_a_cut_that_may_look_at_nothing_is_whole_and_larger() -> None:
    chance = random.Random(2)
    graph = {
        f"n{i:02}": {f"n{(i + 1) % 60:02}": 1} | {f"n{chance.randrange(60):02}": chance.randrange(1, 5) for _ in "abcd"}
        for i in range(60)
    }
    members = cycles(graph)[0]

    quick = cheapest_cut(graph, members, looks=0)

    assert cycles(without(graph, quick)) == []
    assert len(quick) > len(cheapest_cut(graph, members))


def test_depth_counts_a_cycle_as_one() -> None:
    assert depths({"top": {"a": 1}, **LOOP}) == {"d": 0, "a": 1, "b": 1, "c": 1, "top": 2}


@pytest.mark.parametrize(
    ("start", "end", "way"),
    [("a", "d", ["a", "b", "c", "d"]), ("a", "a", ["a"]), ("d", "a", None), ("a", "gone", None)],
)
def test_the_shortest_way_is_found(start: str, end: str, way: list[str] | None) -> None:
    assert shortest(LOOP, start, end) == way


def test_what_is_reached_is_told_with_how_far_it_is() -> None:
    assert reached(LOOP, ["b"]) == {"b": 0, "c": 1, "a": 2, "d": 2}
    assert reversed_graph(LOOP) == {"a": {"c": 3}, "b": {"a": 2}, "c": {"b": 1}, "d": {"c": 1}}


def test_groups_add_up_the_edges_between_them() -> None:
    group = {"a": "one", "b": "one", "c": "two", "d": "three"}

    assert merged(LOOP, group) == {"one": {"two": 1}, "three": {}, "two": {"one": 3, "three": 1}}
    assert edge_list(LOOP, ["a", "c"]) == [("c", "a", 3)]
