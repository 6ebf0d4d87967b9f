"""A turn killed at any call of a database, in any node, or at any time: nothing is lost, nothing happens twice."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SOURCES
from tests.session.doomed import Lives, Order
from tests.session.turn_kills import aftermath, fill

pytestmark = pytest.mark.kill

KILLS = 50
"""Kills at calls of databases and of the file system, spread over a turn; the benchmark has more."""

NODES = ("planner", "executor", "act", "stage", "check", "reviewer", "approve", "apply", "formatter")


@pytest.fixture
def lives() -> Iterator[Lives]:
    """Start the process that lives and dies on order."""
    with Lives(dict(os.environ)) as started:
        yield started


@pytest.mark.covers("F-A01", "F-A04", "F-A05", "F-A06")
def test_a_turn_killed_at_any_call_of_a_database_is_finished_once(tmp_path: Path, lives: Lives) -> None:
    whole = lives.live(fill(tmp_path / "whole", SOURCES))
    assert (whole.status, whole.error) == ("done", "")

    seen: dict[str, int] = {}
    for number in range(KILLS):
        order = fill(tmp_path / str(number), SOURCES)
        order.at = 1 + number * whole.calls // KILLS
        after = aftermath(lives, order)
        assert not after.wrong, f"killed before call {order.at} of {whole.calls}: {after.wrong}"
        seen[after.standing] = seen.get(after.standing, 0) + 1

    assert {"new", "unfinished", "needs_approval"} <= seen.keys(), seen


@pytest.mark.covers("F-A01")
@pytest.mark.parametrize("end", [False, True], ids=["as it begins", "once it is saved"])
def test_a_turn_killed_in_any_node_is_finished_once(tmp_path: Path, lives: Lives, end: bool) -> None:
    for node in NODES:
        order: Order = fill(tmp_path / node, SOURCES)
        order.node, order.end = node, end
        after = aftermath(lives, order)
        assert after.killed, node
        assert not after.wrong, f"{node}: {after.wrong}"
