"""`/review` tells in short what `vivek review` would show."""

import os
import signal
import threading
from pathlib import Path

from tests.cli.fakes import FakePlace
from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.slash.registry import run_slash

PRICES = "till/prices.py"


def desk_in(root: Path) -> FakeDesk:
    return FakeDesk(place=FakePlace(root, root / ".vivek"))


async def test_review_tells_a_line_for_each_grave_finding_and_who_read_it(workspace: Path) -> None:
    with (workspace / PRICES).open("a") as file:
        file.write("\n\nimport os\n\n\ndef load(text: str) -> object:\n    return eval(text)\n")
    desk = desk_in(workspace)

    await run_slash(desk, "/review")
    await run_slash(desk, "/review README.md")

    found, elsewhere = desk.told
    assert f"  {PRICES}:13: high: " in found
    assert "2 findings: 1 high, 1 low; not shown: 1 low." in found
    assert "no model read them" in found
    assert "hint: `vivek review --all`" in found
    assert desk.done == [], "the session stays as it is"
    assert "nothing to review" in elsewhere


async def test_review_of_an_unchanged_tree_says_that_there_is_nothing(workspace: Path) -> None:
    desk = desk_in(workspace)

    await run_slash(desk, "/review")

    assert desk.told[0].endswith("nothing to review")


class Interrupting(FakePlace):
    """A place at whose first look somebody presses Ctrl-C."""

    over = threading.Event()

    @property
    def restricted(self) -> bool:
        if threading.current_thread() is not threading.main_thread():
            os.kill(os.getpid(), signal.SIGINT)
            self.over.wait(60)
        return True

    @restricted.setter
    def restricted(self, value: bool) -> None:
        pass


async def test_ctrl_c_stops_waiting_for_a_review(workspace: Path) -> None:
    desk = FakeDesk(place=Interrupting(workspace, workspace / ".vivek"))

    await run_slash(desk, "/review")
    Interrupting.over.set()

    assert desk.told == ["stopped"]
