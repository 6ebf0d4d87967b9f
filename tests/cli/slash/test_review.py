"""`/review` tells in short what `vivek review` would show."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from tests.cli.fakes import FakePlace
from tests.cli.slash.test_registry import FakeDesk
from tests.session.reviewers import DEFECT, HOLDS, spoil
from vivek.cli.slash.registry import run_slash
from vivek.errors import ConfigError
from vivek.session.options import Choices

PRICES = "till/prices.py"


def desk_in(root: Path) -> FakeDesk:
    return FakeDesk(place=FakePlace(root, root / ".vivek"))


async def test_review_tells_a_line_for_each_grave_finding_and_who_read_it(workspace: Path) -> None:
    with (workspace / PRICES).open("a") as file:
        file.write("\n\nimport os\n\n\ndef load(text: str) -> object:\n    return eval(text)\n")
    desk = desk_in(workspace)

    await run_slash(desk, "/review --no-model")
    await run_slash(desk, "/review README.md --no-model")

    found, elsewhere = desk.told
    assert f"  {PRICES}:13: high: " in found
    assert "2 findings: 1 high, 1 low; not shown: 1 low." in found
    assert "no model read them" in found
    assert "hint: `vivek review --all` shows them" in found
    assert desk.done == [], "the session stays as it is"
    assert "nothing to review" in elsewhere


async def test_review_of_an_unchanged_tree_says_that_there_is_nothing(workspace: Path) -> None:
    desk = desk_in(workspace)

    await run_slash(desk, "/review --no-model")

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

    await run_slash(desk, "/review --no-model")
    Interrupting.over.set()

    assert desk.told == ["stopped"]


FOUND = "  till/report.py:8: high: The first price is left out. [review/wrong-result]"


def scripted(root: Path, *replies: object) -> FakeDesk:
    """Spoil a project; return a chat whose model says these replies."""
    spoil(root)
    script = root.parent / "replies.jsonl"
    script.write_text("".join(f"{json.dumps(json.dumps(reply))}\n" for reply in replies))
    place = FakePlace(root, root / ".vivek")
    return FakeDesk(place=place, choices=Choices(model=f"scripted/{script}"), conversation=None)


async def test_the_model_is_asked_after_what_needs_none_was_told(workspace: Path) -> None:
    found: object = {"findings": [DEFECT]}
    nothing: object = {"findings": []}
    desk = scripted(workspace, found, found, HOLDS, nothing, nothing)

    await run_slash(desk, "/review")
    first = list(desk.told)
    await run_slash(desk, "/review")

    assert "no model read them" in first[0]
    assert "2 pieces, up to 3 questions each, 4 calls" in first[2]
    assert FOUND.removesuffix("]") in first[3], "as it is found"
    assert FOUND in first[-1].splitlines()
    assert "no model read them" not in first[-1]
    assert desk.told[len(first) + 1 :] == first[-1:], "the second time nothing is asked"
    assert desk.done == [], "the session stays as it is"


async def test_a_model_that_dies_leaves_what_was_read(workspace: Path) -> None:
    desk = scripted(workspace)

    await run_slash(desk, "/review")

    assert "Not all of it was read: the model failed" in desk.told[-1]
    assert "No findings in what was read." in desk.told[-1] or "Nothing of it was read" in desk.told[-1]


async def test_words_that_make_no_sense_are_refused(workspace: Path) -> None:
    desk = desk_in(workspace)

    with pytest.raises(ConfigError, match="`--effort` is one of quick, normal, deep"):
        await run_slash(desk, "/review --effort much")
    with pytest.raises(ConfigError, match="`/review` knows no `--staged`"):
        await run_slash(desk, "/review --staged")

    assert desk.told == []
