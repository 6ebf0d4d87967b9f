"""What is offered behind an `@`: files at once, definitions once there is an index; never slowly, never secrets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vivek.session.doors.adding import files_meant
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.doors.mentionable import MOST, Mentionable
from vivek.session.place import open_place

ALWAYS = ("till/__init__.py", "till/prices.py")


@pytest.fixture
def known(workspace: Path) -> Iterator[Mentionable]:
    """Return what completes in an indexed project."""
    (workspace / "till/desk.py").write_text("class Till:\n    def total(self): ...\n\n    def take(self): ...\n")
    place = open_place(workspace)
    with open_lookup(place, find_home(place)) as lookup:
        lookup.refresh()
    mentionable = Mentionable(place)
    yield mentionable
    mentionable.close()


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("till/pr", [("till/prices.py", "file")]),
        ("pri", [("till/prices.py", "file")]),
        ("PRI", [("till/prices.py", "file")]),
        ("disc", [("discount", "function in till/prices.py")]),
        ("Till.to", [("Till.total", "method in till/desk.py")]),
        ("Till.", [("Till.total", "method in till/desk.py"), ("Till.take", "method in till/desk.py")]),
        ("till/desk.py::Till.ta", [("till/desk.py::Till.take", "method")]),
        ("till/desk.py::to", [("till/desk.py::Till.total", "method")]),
        ("zzz", []),
        ("", []),
    ],
)
def test_the_beginning_of_a_name_is_completed(known: Mentionable, begun: str, offered: list[tuple[str, str]]) -> None:
    assert known.complete(begun) == offered


def test_without_an_index_files_are_offered_and_none_is_made(workspace: Path) -> None:
    mentionable = Mentionable(open_place(workspace))

    assert mentionable.complete("pri") == [("till/prices.py", "file")]
    assert mentionable.complete("disc") == []
    assert not (workspace / ".vivek/index.db").exists()


def test_not_more_is_offered_than_can_be_looked_at(workspace: Path) -> None:
    for number in range(2 * MOST):
        (workspace / f"made_{number:02}.py").write_text(f"def made_{number:02}(): ...\n")
    place = open_place(workspace)
    assert len(Mentionable(place).complete("made")) == MOST

    with open_lookup(place, find_home(place)) as lookup:
        lookup.refresh()
    mentionable = Mentionable(place)
    kinds = [about.partition(" ")[0] for _, about in mentionable.complete("made")]
    mentionable.close()
    assert kinds == ["file"] * (MOST // 2) + ["function"] * (MOST // 2)


def test_a_new_file_is_offered_after_some_seconds(workspace: Path) -> None:
    now = [0.0]
    mentionable = Mentionable(open_place(workspace), clock=lambda: now[0])
    mentionable.complete("till")
    (workspace / "newer.py").write_text("")
    assert mentionable.complete("newer") == []
    now[0] = 11.0
    assert mentionable.complete("newer") == [("newer.py", "file")]


def test_what_the_profile_in_force_keeps_from_the_model_is_neither_offered_nor_added(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    (workspace / ".vivek/config.toml").write_text('[profiles.narrow.project]\nignore = ["till/report.py"]\n')
    place = open_place(workspace)

    assert Mentionable(place).complete("report") == [("till/report.py", "file")]
    assert Mentionable(place, profile="narrow").complete("report") == []
    assert files_meant(place, ["till"]).paths == (*ALWAYS, "till/report.py")
    assert files_meant(place, ["till"], profile="narrow").paths == ALWAYS


def test_nothing_of_the_home_folder_is_offered(home: Path) -> None:
    (home / "private.py").write_text("def private(): ...\n")

    assert Mentionable(open_place(home)).complete("private") == []


def test_a_damaged_index_is_no_reason_to_stop_typing(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    (workspace / ".vivek/index.db").mkdir()

    assert Mentionable(open_place(workspace)).complete("pri") == [("till/prices.py", "file")]
