"""Databases of every earlier form are opened, shown, resumed and gone on with.

Each archive holds what the program of its time wrote: a thread with an answer, an applied edit and one that waits for
approval (`old-otter-1`), one that broke off (`old-lark-3`), and where that existed one that was summed up
(`old-heron-2`). A change of a schema adds an archive; none is ever made anew.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.session.conftest import decide, say
from tests.stored.conftest import FORMS, Unpack
from vivek.errors import ThreadError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.doors.collecting import collect
from vivek.session.doors.history import show_thread
from vivek.session.doors.undo import undo
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.store import Store

PRICES = "till/prices.py"
UNREADABLE = "1-first"
"""Its states are laid out in another way; its conversations, files and undo are not lost."""

READABLE = [form for form in FORMS if form != UNREADABLE]
SUMMED_UP = [form for form in FORMS if form >= "3"]


def choices(thread: str, **more: object) -> Choices:
    return Choices(thread=thread, depth="fast", **more)  # type: ignore[arg-type]  # names are checked by the class


def integrity(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return list(connection.execute("PRAGMA integrity_check"))


def test_there_is_an_archive_of_every_form() -> None:
    assert len(FORMS) >= 5


@pytest.mark.parametrize("form", FORMS)
def test_threads_are_listed_and_shown(form: str, unpack: Unpack) -> None:
    place = open_place(unpack(form))

    with ThreadIndex.open() as index:
        listed = {thread.id: (thread.status, thread.turns) for thread in index.list(place.root)}
        assert index.base_url("old-otter-1", place.root) in (None, "")
    shown = show_thread(place, "old-otter")

    assert listed["old-otter-1"] == ("needs_approval", 2)
    assert listed["old-lark-3"] == ("unfinished", 0)
    assert [role for role, _ in shown] == ["user", "assistant"] * 2
    assert shown[0][1] == "What does till/prices.py do?"
    assert shown[1][1] == "It takes a percentage off a price."
    assert "use round" in shown[2][1]
    assert integrity(place.data / "workspace.db") == [("ok",)]


@pytest.mark.parametrize("form", READABLE)
async def test_a_waiting_approval_is_resumed_and_the_thread_goes_on(form: str, unpack: Unpack) -> None:
    root = unpack(form)
    provider = ScriptedProvider(["It still takes a percentage off."])
    async with open_session(open_place(root), choices("old-otter-1"), provider=provider) as session:
        assert session.waiting is not None
        done = await decide(session)
        assert done.report.status == "done"
        answered = await say(session, "And now?")

    assert answered.report.answer == "It still takes a percentage off."
    assert not (root / PRICES).read_text().startswith('"""')
    said = [message.content for message in provider.requests[0].messages]
    assert any("What does till/prices.py do?" in text for text in said)
    assert any("I round now." in text for text in said)
    assert len(show_thread(open_place(root), "old-otter-1")) == 8


@pytest.mark.parametrize("form", FORMS)
def test_a_turn_of_an_earlier_version_is_undone(form: str, unpack: Unpack) -> None:
    root = unpack(form)
    assert "round(" in (root / PRICES).read_text()

    undo(open_place(root), "old-otter-1")

    assert "price - price * percent // 100" in (root / PRICES).read_text()


@pytest.mark.parametrize("form", READABLE)
async def test_a_turn_that_broke_off_is_closed_and_what_it_said_is_kept(form: str, unpack: Unpack) -> None:
    root = unpack(form)
    async with open_session(
        open_place(root), choices("old-lark-3"), provider=ScriptedProvider(["Then it goes on."])
    ) as session:
        heard = await say(session, "Go on.")

    assert heard.report.answer == "Then it goes on."
    assert any("It begins well and then" in text for _, text in show_thread(open_place(root), "old-lark-3"))


@pytest.mark.parametrize("form", SUMMED_UP)
async def test_a_thread_that_was_summed_up_goes_on(form: str, unpack: Unpack) -> None:
    root = unpack(form)
    provider = ScriptedProvider(["A rule."], window=4096)
    async with open_session(open_place(root), choices("old-heron-2", window=4096), provider=provider) as session:
        heard = await say(session, "Which rule was first?")

    assert heard.report.answer == "A rule."
    assert "what is rule number 1?" in " ".join(message.content for message in provider.requests[0].messages)


async def test_a_state_of_the_first_form_is_refused_by_name_and_new_threads_work(unpack: Unpack) -> None:
    root = unpack(UNREADABLE)
    with pytest.raises(ThreadError, match="form") as refused:
        async with open_session(open_place(root), choices("old-otter-1"), provider=ScriptedProvider([])):
            pass
    assert "start a new one" in refused.value.hint
    assert len(show_thread(open_place(root), "old-otter-1")) == 4

    async with open_session(open_place(root), choices("new-otter-2"), provider=ScriptedProvider(["Yes."])) as session:
        assert (await say(session, "Does it work?")).report.answer == "Yes."


@pytest.mark.parametrize("form", READABLE)
async def test_collecting_leaves_an_earlier_versions_threads_whole(form: str, unpack: Unpack) -> None:
    root = unpack(form)
    place = open_place(root)
    before = show_thread(place, "old-otter-1")

    collect(place)

    assert show_thread(place, "old-otter-1") == before
    with Store.open(place.data) as store:
        store.put(b"x")
    async with open_session(place, choices("old-otter-1"), provider=ScriptedProvider([])) as session:
        assert session.waiting is not None
        assert (await decide(session)).report.status == "done"
    undo(place, "old-otter-1")
    undo(place, "old-otter-1")
    assert "price - price * percent // 100" in (root / PRICES).read_text()
