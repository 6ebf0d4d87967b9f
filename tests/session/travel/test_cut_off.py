"""Returns that are cut off between two of their three databases: the next start completes or forgets them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.travel.talking import THREAD, request_of, talk, tree_of
from vivek.errors import ThreadError
from vivek.session.doors.history import show_thread
from vivek.session.doors.travel import preview_rewind, undo_rewind
from vivek.session.place import Place, open_place
from vivek.session.threads.branches import Branch
from vivek.session.threads.heads import Heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.returning import Trip, open_trip

ONE, TWO = {"a.txt": "one\n"}, {"a.txt": "two\n", "sub/b.txt": "b\n"}
ASIDE = f"{THREAD}-r1"


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


@contextmanager
def begun(place: Place) -> Iterator[tuple[Trip, Branch]]:
    """Write down a return to turn 1, as the first thing that a return does."""
    with open_trip(place, THREAD) as trip:
        aim = trip.aim("1")
        branch = Branch(ASIDE, THREAD, 1, "rewind", state="begun", kept=1, checkpoint=aim.checkpoint)
        trip.index.branches.add(branch, place.root)
        yield trip, branch


def requests(place: Place) -> list[str]:
    return [text for role, text in show_thread(place, THREAD) if role == "user"]


async def test_one_that_only_was_written_down_is_forgotten(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    before = tree_of(place.root)
    with begun(place):
        pass

    preview_rewind(place, THREAD, "1")

    assert tree_of(place.root) == before
    assert requests(place) == [request_of(ONE), request_of(TWO)]
    with ThreadIndex.open() as index:
        assert index.branches.names(place.root) == set()


@pytest.mark.parametrize("far", ["files", "files and checkpoints"])
async def test_one_whose_files_went_is_completed(place: Place, far: str) -> None:
    await talk(place.root, ONE, TWO)
    before = tree_of(place.root)
    with begun(place) as (trip, branch):
        trip.travel.go(branch.leap)
        if far != "files":
            trip.heads.leap(branch.leap, branch.checkpoint, branch.turn)

    # A session, not only another return, ends what was cut off.
    await talk(place.root, {"c.txt": "c\n"})

    assert requests(place) == [request_of(ONE), request_of({"c.txt": ""})]
    assert not (place.root / "sub").exists()
    undo_rewind(place, THREAD)
    assert tree_of(place.root) == before
    assert requests(place) == [request_of(ONE), request_of(TWO)]


@pytest.mark.parametrize("far", ["files", "files and checkpoints"])
async def test_a_way_back_that_was_cut_off_is_completed_once(place: Place, far: str) -> None:
    await talk(place.root, ONE, TWO)
    after = tree_of(place.root)
    with begun(place) as (trip, branch):
        trip.go(replace(branch, id=f"{THREAD}-r7"), trip.aim("1"), force=False)
    await talk(place.root, {"c.txt": "c\n"})
    with open_trip(place, THREAD) as trip:
        last = trip.index.branches.last_return(THREAD, place.root)
        assert last is not None
        back = replace(last, id=f"{THREAD}-r9", state="begun", back=last.id)
        trip.index.branches.add(back, place.root)
        trip.travel.go(back.leap)
        if far != "files":
            trip.heads.leap(back.leap, back.checkpoint, back.turn)

    for _ in range(2):
        with open_trip(place, THREAD):
            assert tree_of(place.root) == after
            assert requests(place) == [request_of(ONE), request_of(TWO)]
    undo_rewind(place, THREAD)
    assert requests(place) == [request_of(ONE), request_of({"c.txt": ""})]


async def test_a_checkpoint_that_is_gone_is_an_error_before_anything_happens(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    before = tree_of(place.root)
    with open_trip(place, THREAD) as trip:
        ends = trip.heads.ends(THREAD)
    _delete(place, ends[1])

    with pytest.raises(ThreadError, match="not kept any more"):
        preview_rewind(place, THREAD, "1")

    assert tree_of(place.root) == before


async def test_a_state_that_is_no_state_of_ours_is_an_error(place: Place) -> None:
    await talk(place.root, ONE, TWO)
    with open_trip(place, THREAD) as trip:
        end = trip.heads.ends(THREAD)[1]
        for bad in (b"\xc7\x01\x05x", b"\x81\xa1a\x01", b"", b"\xff"):
            _overwrite(trip.heads, end, bad)
            with pytest.raises(ThreadError, match="damaged"):
                trip.aim("1")


def _delete(place: Place, checkpoint: str) -> None:
    with open_trip(place, THREAD) as trip:
        trip.heads._db.execute("DELETE FROM checkpoints WHERE checkpoint_id = ?", [checkpoint])


def _overwrite(heads: Heads, checkpoint: str, data: bytes) -> None:
    heads._db.execute("UPDATE checkpoints SET checkpoint = ? WHERE checkpoint_id = ?", [data, checkpoint])
