"""Collecting what no thread names: the room comes back, and nothing that can still be reached is lost."""

import json
import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.session.conftest import decide, say
from vivek.config.folders import state_folder
from vivek.errors import VivekError
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.session.doors.collecting import DUE_DAYS, collect, collect_if_due
from vivek.session.doors.history import delete_thread, show_thread
from vivek.session.doors.undo import redo, undo
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.store import Store

PRICES = "till/prices.py"


def edit_to(text: str) -> str:
    return f"I change it.\n\n{PRICES}\n```python\n{text}```\n"


def noise(chance: random.Random, size: int) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=size))


async def talk(place: Place, thread: str, turns: Sequence[tuple[str, ScriptedReply | str]], **more: object) -> None:
    provider = ScriptedProvider([reply for _, reply in turns])
    choices = Choices(thread=thread, depth="fast", **more)  # type: ignore[arg-type]  # names are checked by the class
    async with open_session(place, choices, provider=provider) as session:
        for said, _ in turns:
            try:
                await say(session, said)
            except AssertionError:  # a turn that broke off
                continue


def room_of(place: Place) -> int:
    return sum(path.stat().st_size for name in ("workspace", "checkpoints") for path in place.data.glob(f"{name}.db*"))


async def test_the_room_of_a_deleted_thread_comes_back(workspace: Path) -> None:
    place, chance = open_place(workspace), random.Random(1)
    await talk(place, "kept-otter-1", [("What is it?", "A till.")])
    await talk(place, "gone-otter-2", [(f"Question {n}?", noise(chance, 6_000)) for n in range(12)])
    collect(place)
    full = room_of(place)
    delete_thread(place, "gone-otter-2")

    freed = collect(place)

    assert 0 < freed <= full - room_of(place)
    assert room_of(place) < full / 2
    assert show_thread(place, "kept-otter-1") == [("user", "What is it?"), ("assistant", "A till.")]
    assert collect(place) == 0


async def test_threads_of_every_kind_can_be_read_resumed_and_undone_after_a_collection(workspace: Path) -> None:
    place, chance = open_place(workspace), random.Random(2)
    old = (workspace / PRICES).read_text()
    await talk(place, "edits-1", [(f"fix {PRICES}: one", edit_to("ONE = 1\n"))], approve="edits")
    await talk(place, "edits-1", [(f"fix {PRICES}: two", edit_to("TWO = 2\n"))], approve="edits")
    await talk(place, "waits-1", [(f"fix {PRICES}: three", edit_to("THREE = 3\n"))])
    await talk(place, "broke-1", [("Tell me.", ScriptedReply("It was said before", finish=None))])
    await talk(place, "long-1", [("Tell me all.", noise(chance, 1_100_000))])
    undo(place, "edits-1")
    before = {thread: show_thread(place, thread) for thread in ("edits-1", "waits-1", "long-1")}

    collect(place)

    assert {thread: show_thread(place, thread) for thread in before} == before
    redo(place, "edits-1")
    assert (workspace / PRICES).read_text() == "TWO = 2\n"
    async with open_session(place, Choices(thread="broke-1"), provider=ScriptedProvider(["Done."])) as session:
        assert (await say(session, "And?")).report.answer == "Done."
    assert any("It was said before" in text for _, text in show_thread(place, "broke-1"))
    async with open_session(place, Choices(thread="waits-1"), provider=ScriptedProvider([])) as session:
        assert (await decide(session)).report.status == "done"
    assert (workspace / PRICES).read_text() == "THREE = 3\n"
    undo(place, "waits-1")
    undo(place, "edits-1")
    undo(place, "edits-1")
    assert (workspace / PRICES).read_text() == old


@pytest.mark.parametrize("seed", range(6))
async def test_random_threads_go_on_after_collections_between_their_turns(workspace: Path, seed: int) -> None:
    place, chance = open_place(workspace), random.Random(seed)
    said: dict[str, list[tuple[str, str]]] = {}
    for step in range(14):
        thread = f"walk-{chance.randrange(3)}"
        if thread in said and chance.random() < 0.25:
            delete_thread(place, thread)
            del said[thread]
        elif chance.random() < 0.3:
            text = f"VALUE = 1{seed}{step}\n"
            await talk(place, thread, [(f"fix {PRICES}: {step}", edit_to(text))], approve="edits")
            said[thread] = show_thread(place, thread)
            assert (workspace / PRICES).read_text() == text
        else:
            await talk(place, thread, [(f"Question {step}?", f"Answer {step}: {noise(chance, 500)}")])
            said.setdefault(thread, [])
            assert show_thread(place, thread)[: len(said[thread])] == said[thread]
            said[thread] = show_thread(place, thread)
        if chance.random() < 0.6:
            collect(place)
        for each, lines in said.items():
            assert show_thread(place, each) == lines
    with closing(sqlite3.connect(place.data / "workspace.db")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_nothing_is_collected_while_a_session_is_open(workspace: Path) -> None:
    place = open_place(workspace)
    await talk(place, "gone-1", [("Say much.", noise(random.Random(3), 60_000))])
    delete_thread(place, "gone-1")
    with Store.open(place.data) as store:
        content = store.put_text("kept a moment ago, named by nothing yet")
        collect(place)
        assert store.has(content)

    assert collect(place) > 20_000


async def test_a_list_that_does_not_know_the_projects_threads_ends_the_collection(workspace: Path) -> None:
    place = open_place(workspace)
    await talk(place, "broke-1", [("Tell me.", ScriptedReply("It was said before", finish=None))])
    with ThreadIndex.open() as index:
        note = index.broken_off("broke-1", place.root)
    assert note is not None
    (state_folder() / "threads.db").rename(state_folder() / "elsewhere.db")

    assert collect(place) == 0

    with Store.open(place.data) as store:
        assert "It was said before" in json.loads(store.get_text(note))["text"]


async def test_lost_states_end_the_collection_so_that_they_can_be_put_back(workspace: Path) -> None:
    place = open_place(workspace)
    await talk(place, "whole-1", [("What is it?", noise(random.Random(4), 20_000))])
    saved = place.data / "checkpoints.db"
    for suffix in ("", "-wal", "-shm"):
        if Path(f"{saved}{suffix}").exists():
            Path(f"{saved}{suffix}").rename(place.data / f"away{suffix}")

    collect(place)

    for path in place.data.glob("checkpoints.db*"):
        path.unlink()
    for suffix in ("", "-wal", "-shm"):
        if (place.data / f"away{suffix}").exists():
            (place.data / f"away{suffix}").rename(f"{saved}{suffix}")
    async with open_session(place, Choices(thread="whole-1"), provider=ScriptedProvider(["Yes."])) as session:
        assert (await say(session, "Still there?")).report.answer == "Yes."


async def test_a_collection_that_nobody_asked_for_is_rare(workspace: Path) -> None:
    place = open_place(workspace)
    await talk(place, "gone-1", [("Say much.", noise(random.Random(5), 60_000))])
    delete_thread(place, "gone-1")
    now = time.time()

    assert collect_if_due(place, clock=lambda: now) == 0
    assert collect_if_due(place, clock=lambda: now + (DUE_DAYS - 1) * 86_400) == 0
    assert collect_if_due(place, clock=lambda: now + (DUE_DAYS + 1) * 86_400) > 20_000


async def test_a_collection_that_nobody_asked_for_fails_in_silence(workspace: Path) -> None:
    place = open_place(workspace)
    await talk(place, "kept-1", [("What is it?", "A till.")])
    now = time.time()
    collect_if_due(place, clock=lambda: now - 100 * 86_400)
    (place.data / "checkpoints.db").unlink()
    (place.data / "checkpoints.db").mkdir()

    with pytest.raises(VivekError):
        collect(place)
    assert collect_if_due(place, clock=lambda: now) == 0
