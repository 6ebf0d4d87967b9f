"""The user's index of threads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vivek.errors import ThreadError, WorkspaceError
from vivek.session.threads.branches import Branch
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.tables import MIGRATIONS
from vivek.workspace.database import open_database

HERE, ELSEWHERE = Path("/project/here"), Path("/project/elsewhere")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ThreadIndex]:
    ticks = iter(range(1_000))
    with ThreadIndex.open(tmp_path) as opened:
        opened._clock = lambda: float(next(ticks))
        yield opened


def begin(index: ThreadIndex, thread_id: str, directory: Path = HERE, title: str = "add a test") -> None:
    index.begin(thread_id, directory, kind="chat", title=title, model="ollama/m")


def test_threads_are_listed_newest_first_and_by_project(index: ThreadIndex) -> None:
    begin(index, "one-fox-1")
    begin(index, "two-fox-2", ELSEWHERE)
    begin(index, "red-fox-3")
    begin(index, "one-fox-1")

    assert [row.id for row in index.list(HERE)] == ["one-fox-1", "red-fox-3"]
    assert [row.id for row in index.list()] == ["one-fox-1", "red-fox-3", "two-fox-2"]
    latest = index.latest(HERE)
    assert latest is not None
    assert latest.id == "one-fox-1"
    assert index.latest(Path("/nowhere")) is None


def test_a_long_title_is_one_short_line(index: ThreadIndex) -> None:
    begin(index, "one-fox-1", title="first line\n\tsecond " + "word " * 40)

    title = index.list(HERE)[0].title
    assert title.startswith("first line second word")
    assert title.endswith("…")
    assert len(title) == 72


def test_a_thread_is_found_by_id_or_by_the_beginning_of_one(index: ThreadIndex) -> None:
    for name in ("calm-otter-7", "calm-otter-77", "bold-fox-1"):
        begin(index, name)

    assert index.find("calm-otter-7", HERE).id == "calm-otter-7"
    assert index.find("b", HERE).id == "bold-fox-1"
    with pytest.raises(ThreadError) as error:
        index.find("calm", HERE)
    assert "calm-otter-7, calm-otter-77" in error.value.hint
    with pytest.raises(ThreadError, match="no thread"):
        index.find("zebra", HERE)
    with pytest.raises(ThreadError, match="no thread"):
        index.find("", HERE)
    with pytest.raises(ThreadError, match="no thread"):
        index.find("bold-fox-1", ELSEWHERE)


def test_a_turn_begins_breaks_off_and_ends(index: ThreadIndex) -> None:
    begin(index, "calm-otter-7")
    assert index.list(HERE)[0].status == "unfinished"
    assert index.broken_off("calm-otter-7", HERE) is None

    index.break_off("calm-otter-7", HERE, "n" * 64)
    assert index.broken_off("calm-otter-7", HERE) == "n" * 64

    index.end("calm-otter-7", HERE, status="finished", turns=1, log="f" * 64)
    found = index.get("calm-otter-7", HERE)
    assert found is not None
    assert (found.status, found.turns, found.model) == ("finished", 1, "ollama/m")
    assert index.log("calm-otter-7", HERE) == "f" * 64
    assert index.broken_off("calm-otter-7", HERE) is None


def test_the_same_id_in_two_projects_is_two_threads(index: ThreadIndex) -> None:
    begin(index, "calm-otter-7", HERE)
    begin(index, "calm-otter-7", ELSEWHERE)

    index.rename("calm-otter-7", "here", HERE)
    index.delete("calm-otter-7", ELSEWHERE)

    assert [(row.directory, row.title) for row in index.list()] == [(str(HERE), "here")]
    assert index.ids(HERE) == {"calm-otter-7"}
    assert index.get("calm-otter-7", ELSEWHERE) is None


def test_the_index_outlives_the_process(tmp_path: Path) -> None:
    with ThreadIndex.open(tmp_path) as first:
        begin(first, "calm-otter-7")
    with ThreadIndex.open(tmp_path) as second:
        assert [row.id for row in second.list()] == ["calm-otter-7"]


def test_a_list_from_before_forks_were_named_where_they_left_keeps_them(tmp_path: Path) -> None:
    before = open_database(tmp_path / "threads.db", migrations=MIGRATIONS[:5]).connection
    before.execute(
        "INSERT INTO branches (directory, id, parent, turn, how, at) VALUES ('/p', 'b', 'a', 1, 'fork', 2.0)"
    )
    before.close()

    with ThreadIndex.open(tmp_path) as index:
        assert index.branches.all(Path("/p")) == [Branch("b", "a", 1, "fork", 2.0)]
        assert index.branches.elsewhere(Path("/p")) == []


def test_a_folder_where_no_list_can_be_made_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WorkspaceError, match="cannot be made") as caught:
        ThreadIndex.open(tmp_path / "file" / "state")

    assert caught.value.hint == (
        f"Let vivek write {tmp_path / 'file'}, or name another folder in the variable VIVEK_STATE_DIR."
    )
