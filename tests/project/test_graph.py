"""Nearness and importance in graphs of files."""

import time
from collections.abc import Mapping

import pytest

from vivek.project.graph import Closeness, importance, turned

CHAIN = {"a": {"b": 1.0}, "b": {"c": 1.0}, "c": {"d": 1.0}}


def walks(edges: Mapping[str, Mapping[str, float]]) -> Closeness:
    """Return walks along edges, in both directions."""
    return Closeness(edges, turned(edges))


def test_what_is_fewer_steps_away_is_nearer() -> None:
    near = walks(CHAIN).near_to({"a": 1.0})

    assert near["a"] > near["b"] > near["c"] > near["d"]


def test_an_edge_is_walked_in_both_directions() -> None:
    assert walks(CHAIN).near_to({"d": 1.0})["c"] > 0


def test_a_hub_draws_fewer_walks_than_a_neighbour_of_few() -> None:
    edges = {"a": {"hub": 1.0, "b": 1.0}, **{f"user{number}": {"hub": 1.0} for number in range(100)}}

    near = walks(edges).near_to({"a": 1.0})

    assert near["b"] > 2 * near["hub"]


def test_more_names_taken_make_nearer() -> None:
    near = walks({"a": {"b": 9.0, "c": 1.0}}).near_to({"a": 1.0})

    assert near["b"] > near["c"]


def test_walks_end_in_a_ring_and_at_a_node_alone() -> None:
    closeness = walks({"a": {"b": 1.0}, "b": {"a": 1.0}, "c": {"c": 1.0}})

    assert sum(closeness.near_to({"a": 1.0}).values()) == pytest.approx(1, abs=0.01)
    assert closeness.near_to({"c": 1.0}) == {"c": 1.0}
    assert closeness.near_to({"unknown": 2.0}) == {"unknown": 1.0}


@pytest.mark.parametrize("seeds", [{}, {"a": 0.0}])
def test_nothing_is_near_to_no_seeds(seeds: dict[str, float]) -> None:
    assert walks(CHAIN).near_to(seeds) == {}


def test_walks_in_a_large_graph_touch_little_of_it() -> None:
    edges = {f"n{number}": {f"n{number + 1}": 1.0, f"n{number + 7}": 1.0} for number in range(50_000)}
    closeness = walks(edges)

    assert len(closeness.near_to({"n25000": 1.0})) < 150


def test_what_many_point_at_is_important_and_shares_add_up() -> None:
    edges = {"a": {"c": 1.0}, "b": {"c": 1.0}, "c": {"a": 1.0}}

    shares = importance(edges, dict.fromkeys("abcd", 1.0))

    assert max(shares, key=lambda node: shares[node]) == "c"
    assert sum(shares.values()) == pytest.approx(1)


def test_where_walks_start_counts() -> None:
    edges = {"a": {"b": 1.0}, "c": {"d": 1.0}}

    shares = importance(edges, {"a": 10.0, "b": 1.0, "c": 1.0, "d": 1.0})

    assert shares["b"] > shares["d"]


def test_targets_that_are_no_nodes_are_passed_over_and_no_nodes_have_no_importance() -> None:
    assert importance({"a": {"gone": 1.0}}, {"a": 1.0}) == {"a": pytest.approx(1)}
    assert importance({"a": {"b": 1.0}}, {}) == {}
    assert importance({}, {"a": 0.0}) == {}


def test_importance_in_a_large_graph_takes_no_time_to_speak_of() -> None:
    edges = {f"n{number}": {f"n{number * 7 % 5_000}": 1.0, f"n{number // 3}": 2.0} for number in range(5_000)}
    began = time.process_time()

    importance(edges, dict.fromkeys(edges, 1.0))

    assert time.process_time() - began < 5
