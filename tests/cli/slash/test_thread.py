from pathlib import Path

import pytest

from tests.cli.fakes import FakePlace
from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.slash.registry import run_slash
from vivek.errors import ThreadError
from vivek.schema.threads import ThreadStatus
from vivek.session.threads.index import ThreadIndex


def desk_in(root: Path) -> FakeDesk:
    return FakeDesk(place=FakePlace(root, root / ".vivek"))


def add_thread(name: str, root: Path, status: ThreadStatus) -> None:
    with ThreadIndex.open() as index:
        index.begin(name, root, kind="chat", title="Add a discount", model="ollama/qwen2.5")
        index.end(name, root, status=status, turns=2, log=None)


async def test_threads_lists_those_of_the_project(workspace: Path, tmp_path: Path) -> None:
    desk = desk_in(workspace)
    await run_slash(desk, "/threads")
    add_thread("calm-otter-7", workspace, "finished")
    add_thread("old-owl-1", tmp_path, "finished")
    await run_slash(desk, "/threads")

    assert desk.told[0] == "This project has no threads yet."
    assert "calm-otter-7" in desk.told[1]
    assert "old-owl-1" not in desk.told[1]


@pytest.mark.parametrize(
    ("status", "goes_on"),
    [("finished", False), ("unfinished", True), ("needs_approval", True), ("needs_answer", False)],
)
async def test_resume_changes_the_thread_and_goes_on_with_an_open_turn(
    workspace: Path, status: ThreadStatus, goes_on: bool
) -> None:
    add_thread("red-fox-12", workspace, status)
    desk = desk_in(workspace)

    await run_slash(desk, "/resume red")

    assert (desk.choices.thread, desk.choices.latest) == ("red-fox-12", False)
    assert desk.told == ["thread red-fox-12: Add a discount"]
    assert desk.done == ["reopen", *([("run", None)] if goes_on else [])]


async def test_resume_of_a_thread_that_does_not_open_stops_there(workspace: Path) -> None:
    add_thread("red-fox-12", workspace, "unfinished")
    desk = desk_in(workspace)
    desk.conversation = None

    await run_slash(desk, "/resume red")

    assert desk.done == ["reopen"]
    assert desk.told == []


async def test_resume_of_no_thread_is_an_error(workspace: Path) -> None:
    with pytest.raises(ThreadError):
        await run_slash(desk_in(workspace), "/resume nope")
