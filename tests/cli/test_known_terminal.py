"""An answer from the index on a real terminal, and the one key that asks the model instead."""

from pathlib import Path

import pytest

from tests.cli.test_terminal import chat
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.place import Place

pytestmark = pytest.mark.pty


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_enter_alone_asks_the_model_what_the_index_answered(tmp_path: Path, term: str) -> None:
    (tmp_path / "desk.py").write_text("def take_money() -> int:\n    return 1\n")
    place = Place(tmp_path, tmp_path, restricted=False)
    with open_lookup(place, find_home(place)) as lookup:
        lookup.refresh()
    with chat(tmp_path, term=term) as terminal:
        terminal.child.send("where is take_money\r")
        terminal.shows("from the index: where take_money is")
        terminal.shows("desk.py:1: def take_money() -> int")
        terminal.shows("Enter asks the model instead.")
        terminal.child.send("\r")
        terminal.shows("You said 'where is take_money'.")
        terminal.child.send("\r")
        terminal.child.send("\x04")
        terminal.shows("left with 0")

    assert "\n".join(terminal.lines()).count("You said") == 1
