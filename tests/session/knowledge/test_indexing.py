"""The child that builds an index: it obeys its parent's lines, and leaves with it."""

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from vivek.session.doors.index import find_home, open_lookup
from vivek.session.knowledge.indexing import Builder
from vivek.session.place import open_place


def test_it_tells_how_far_it_is_and_how_it_ended(workspace: Path) -> None:
    place, out = open_place(workspace), io.StringIO()
    Builder(out).build(place, find_home(place))

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines[-1] == {"done": True, "told": [], "files": 4, "definitions": lines[-1]["definitions"]}
    assert all(line["at"] <= line["of"] for line in lines[:-1])


def test_it_leaves_when_its_parent_is_gone_even_while_it_waits(workspace: Path) -> None:
    place, builder = open_place(workspace), Builder(io.StringIO())
    builder.listen(["wait\n"])  # and then the lines end
    building = threading.Thread(target=builder.build, args=(place, find_home(place)), daemon=True)
    building.start()
    building.join(timeout=30)

    assert not building.is_alive()
    with open_lookup(place, find_home(place)) as lookup:
        assert not lookup.status().complete


def test_it_goes_on_when_it_may(workspace: Path) -> None:
    place, out = open_place(workspace), io.StringIO()
    builder = Builder(out)

    def lines() -> Iterator[str]:
        yield "wait\n"
        building.start()
        yield "go\n"
        building.join(timeout=60)

    building = threading.Thread(target=builder.build, args=(place, find_home(place)), daemon=True)
    builder.listen(lines())

    assert json.loads(out.getvalue().splitlines()[-1])["done"] is True
