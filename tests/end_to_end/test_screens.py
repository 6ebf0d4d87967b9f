"""The pictures in the documentation: the main screens as a real terminal was sent them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from tests.cli.terminal import Terminal, running
from tests.end_to_end.conftest import environment
from tests.end_to_end.screens import draw_screen
from tests.guards.golden import compare
from vivek.schema.threads import ThreadStatus
from vivek.session.threads.index import ThreadIndex

CHILD = Path(__file__).parent / "screen_child.py"
DOCS = Path(__file__).parents[2] / "docs"
COLUMNS, ROWS = 92, 34
# What the clock says in one run, so that the pictures do not change with every other.
STEADY = (
    (r"^vivek \S+ ·", "vivek ·"),
    (r"thought for \d+ s", "thought for 6 s"),
    (r"~[\d.]+ tok/s · first token [\d.]+ s", "~11.8 tok/s · first token 2.1 s"),
    (r"(16k.*) · \d+ s$", r"\1 · 14 s"),
)

Keep = Callable[[str, Terminal], None]

pytestmark = pytest.mark.pty


@contextmanager
def chat(folder: Path, *arguments: str) -> Iterator[Terminal]:
    run = running(
        str(CHILD), str(folder), *arguments, folder=folder, columns=COLUMNS, rows=ROWS, variables=environment()
    )
    with run as terminal:
        terminal.shows("/model")
        yield terminal


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Compare a terminal with its picture."""

    def keep_(name: str, terminal: Terminal) -> None:
        picture = draw_screen(terminal.raw, COLUMNS, ROWS, steady=STEADY)
        compare(DOCS / f"{name}.svg", picture, update=request.config.getoption("--update-golden"))

    return keep_


def frame(terminal: Terminal) -> None:
    """Take in what belongs to the frame that is being drawn."""
    while not terminal.raw.endswith(b"\x1b[?2026l"):
        terminal.feed()


def settle(terminal: Terminal) -> None:
    """Take in all that the child has to say."""
    while True:
        size = len(terminal.raw)
        end = time.monotonic() + 0.4
        while time.monotonic() < end:
            terminal.feed()
        if len(terminal.raw) == size:
            return


def test_an_answer_while_it_comes(tmp_path: Path, keep: Keep) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("Why does discount lose a cent?\r")
        terminal.shows("so one of them")
        terminal.shows("writing")
        frame(terminal)
        keep("screen-answer", terminal)


def test_a_change_that_waits_for_a_yes(tmp_path: Path, keep: Keep) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("Round the discount to the nearest cent.\r")
        terminal.shows("Apply?")
        settle(terminal)
        keep("screen-approval", terminal)


def test_a_first_edit(tmp_path: Path, keep: Keep) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("Round the discount to the nearest cent.\r")
        terminal.shows("Apply?")
        terminal.child.send("y\r")
        terminal.shows("tok/s", times=2)
        settle(terminal)
        keep("first-edit", terminal)


def test_what_fills_the_window(tmp_path: Path, keep: Keep) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("Round the discount to the nearest cent.\r")
        terminal.shows("Apply?")
        terminal.child.send("y\r")
        terminal.shows("tok/s", times=2)
        settle(terminal)
        begin = len(terminal.raw)
        terminal.child.send("/context\r")
        terminal.shows("this thread, ")
        settle(terminal)
        terminal.raw = terminal.raw[begin:]
        keep("screen-context", terminal)


def test_the_help_of_the_chat(tmp_path: Path, keep: Keep) -> None:
    with chat(tmp_path) as terminal:
        settle(terminal)
        terminal.child.send("/help\r")
        terminal.shows("Ctrl-D leaves")
        settle(terminal)
        keep("screen-help", terminal)


def test_a_thread_that_is_taken_up_again(tmp_path: Path, keep: Keep) -> None:
    with chat(tmp_path, "calm-otter-7") as terminal:
        terminal.shows("/resume")
        settle(terminal)
        keep("screen-resume", terminal)


THREADS = (
    ("calm-otter-7", "Round the discount to the nearest cent", "needs_approval", 3, 240),
    ("red-fox-12", "Where are prices added up?", "done", 1, 7_500),
    ("brave-lynx-88", "Write tests for the tax table", "done", 12, 100_000),
    ("quiet-crane-3", "Move the bill into a module of its own", "unfinished", 5, 700_000),
)


def test_the_list_of_threads(workspace: Path, keep: Keep) -> None:
    with ThreadIndex.open() as index:
        for name, title, status, turns, age in THREADS:
            index.begin(name, workspace, kind="chat", title=title, model="ollama/qwen3:4b")
            index.end(name, workspace, status=cast(ThreadStatus, status), turns=turns, log=None)
            index._db.execute("UPDATE threads SET updated = ? WHERE id = ?", (time.time() - age, name))
        index._db.commit()
    arguments = ("-m", "vivek", "threads", "list")
    run = running(*arguments, folder=workspace, columns=COLUMNS, rows=ROWS, variables=environment())
    with run as terminal:
        terminal.ends()
        keep("screen-threads", terminal)
