"""`vivek` on a real terminal, with a real engine that says scripted words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, running
from tests.end_to_end.conftest import environment
from tests.engine.forced import ForcedEngine
from vivek.workspace.sandbox.ladder import probe

pytestmark = [pytest.mark.engine, pytest.mark.pty]

PRICES = "till/prices.py"
NEW = "def discount(price: int, percent: int) -> int:\n    return round(price - price * percent / 100)\n"
EDIT = f"It rounds.\n\n{PRICES}\n```python\n{NEW}```\n"


@contextmanager
def chat(workspace: Path, *arguments: str, columns: int = 80) -> Iterator[Terminal]:
    with running(
        "-m", "vivek", *arguments, folder=workspace, columns=columns, rows=40, variables=environment()
    ) as terminal:
        terminal.shows("llamacpp/default")
        yield terminal


@pytest.mark.parametrize("columns", [80, 40])
def test_a_first_edit_in_the_chat(
    columns: int, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script([EDIT, "It rounds to whole cents."])
    with chat(workspace, *there, columns=columns) as terminal:
        terminal.child.send(f"change {PRICES}\r")
        terminal.shows("Apply?")
        assert "// 100" in (workspace / PRICES).read_text()
        terminal.child.send("y\r")
        terminal.shows("tok/s")
        assert (workspace / PRICES).read_text() == NEW
        terminal.child.send("what does it do?\r")
        terminal.shows("It rounds to whole cents.")
        terminal.shows("tok/s", times=2)
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    text = "\n".join(terminal.lines())
    assert "+    return round(price" in text
    # A narrow terminal breaks lines anywhere.
    assert "resume:vivek--continue(" in "".join(text.split())
    assert max(len(line) for line in terminal.lines()) <= columns


def test_ctrl_c_stops_the_turn_keeps_its_text_and_gives_the_prompt_back(
    workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["one two three four five six seven eight\n" * 4, "Good."])
    forced_engine.hold_after = 12
    with chat(workspace, *there) as terminal:
        terminal.child.send("what can you count?\r")
        assert forced_engine.holding.wait(30)
        terminal.shows("one two")
        pressed = time.monotonic()
        terminal.child.send("\x03")
        terminal.shows("stopped")
        took = time.monotonic() - pressed
        forced_engine.hold_after = None
        terminal.child.send("what else?\r")
        terminal.shows("Good.")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert took < 5
    sent = forced_engine.requests[1]["messages"]
    assert sent[-2]["content"].endswith("[interrupted]")


@pytest.mark.usefixtures("_nothing_serves")
def test_a_chat_without_a_model_stays_useful(workspace: Path) -> None:
    with running("-m", "vivek", folder=workspace, rows=40, variables=environment()) as terminal:
        terminal.shows("No model was found")
        terminal.shows("hint:")
        terminal.child.send("/threads\r")
        terminal.shows("no thread")
        terminal.child.send("/help\r")
        terminal.shows("/undo")
        terminal.child.send("\x04")
        assert terminal.ends() == 0


TESTS = """\
import unittest

from till.prices import discount


class Discount(unittest.TestCase):
    def test_ten_percent_off(self) -> None:
        self.assertEqual(discount(100, 10), 90)
"""


def test_tests_run_before_the_question_once_they_are_trusted_and_a_command_is_asked_for(
    workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    if not probe(workspace, workspace.parent / "cache").confines:
        pytest.skip("nothing holds commands back here, so no test runs by itself")
    (workspace / "tests").mkdir(exist_ok=True)
    (workspace / "tests/__init__.py").touch()
    (workspace / "tests/test_prices.py").write_text(TESTS)
    wrong = EDIT.replace("price - price", "price + price")
    forced_engine.script([wrong, EDIT, "run: rm -r till", "I leave it."])
    with chat(workspace, *there) as terminal:
        terminal.child.send(f"change {PRICES}\r")
        terminal.shows("always in this folder")
        terminal.child.send("a\r")
        terminal.shows("Apply?")
        terminal.child.send("y\r")
        terminal.shows("applied till/prices.py")
        terminal.shows("tok/s")
        assert (workspace / PRICES).read_text() == NEW
        terminal.child.send(f"clean up {PRICES}\r")
        terminal.shows("rm -r till")
        terminal.shows("[y/N")
        terminal.child.send("n\r")
        terminal.shows("Why not?")
        terminal.child.send("\r")
        terminal.shows("I leave it.")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert (workspace / PRICES).exists()
    assert "110 != 90" in forced_engine.requests[1]["messages"][-1]["content"]
