"""A list of threads that was lost is made anew out of what the project itself keeps."""

import time
from pathlib import Path

import pytest

from tests.session.travel.talking import THREAD, request_of, talk
from vivek.config.folders import state_folder
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.doors.history import delete_thread, show_thread
from vivek.session.doors.travel import rewind_thread
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.relisting import relist

ONE, TWO = {"a.txt": "one\n"}, {"a.txt": "two\n"}


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


def lose_list() -> None:
    for file in state_folder().glob("threads.db*"):
        file.unlink()


async def test_a_lost_list_is_made_anew_once_and_its_threads_go_on(place: Place) -> None:
    began = time.time()
    await talk(place.root, ONE, TWO)
    rewind_thread(place, THREAD, "1")
    await talk(place.root, TWO, thread="bold-fox-1", approve="ask")
    with ThreadIndex.open() as index:
        before = index.list(place.root)
        said = show_thread(place, THREAD)
    lose_list()

    with ThreadIndex.open() as index:
        [notice] = relist(place, index)
        assert relist(place, index) == ()
        after = index.list(place.root)

    assert "2 of its threads were found again" in notice.text
    assert [(row.id, row.kind, row.title, row.turns, row.status) for row in after] == [
        (row.id, row.kind, row.title, row.turns, row.status) for row in before
    ]
    assert [row.status for row in after] == ["needs_approval", "finished"]
    assert after[1].title == request_of(ONE)
    assert all(began - 1 < row.updated < time.time() + 1 for row in after)
    assert show_thread(place, THREAD) == said
    reports, _ = await talk(place.root, {"b.txt": "b\n"})
    assert reports[0].status == "done"


async def test_whoever_begins_a_new_thread_first_is_told_of_the_old_ones(place: Place) -> None:
    await talk(place.root, ONE)
    lose_list()

    async with open_session(place, Choices(latest=True), provider=ScriptedProvider(["Yes."])) as session:
        assert session.thread_id == THREAD
        assert any("1 of its threads" in notice.text for notice in session.notices)


async def test_a_thread_that_was_deleted_does_not_come_back(place: Place) -> None:
    await talk(place.root, ONE)
    delete_thread(place, THREAD)

    with ThreadIndex.open() as index:
        assert relist(place, index) == ()
        assert index.list(place.root) == []
