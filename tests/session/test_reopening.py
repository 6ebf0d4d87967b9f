"""A thread that is opened again says where it stands: what was cut off, what changed since, what must be read anew."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from vivek.errors import ThreadDamagedError, ThreadError, VivekError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.registry import parse_model
from vivek.schema.commands import Ran
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.reopening import reopen
from vivek.session.resumed import reread_of
from vivek.session.session import Session
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.calls import Calls
from vivek.workspace.store import Store

PRICES = "till/prices.py"
THREAD = "calm-otter-1"
REQUEST = "change till/prices.py so that it rounds"
NEW = """def discount(price: int, percent: int) -> int:
    return round(price - price * percent / 100)
"""
EDIT = f"Rounded.\n\n{PRICES}\n```python\n{NEW}```\n"


def replies(*texts: str) -> ScriptedProvider:
    return ScriptedProvider(list(texts))


def status(workspace: Path, thread: str = THREAD) -> tuple[str, int]:
    """Return what the list of threads says, which opens no checkpoint."""
    with ThreadIndex.open() as index:
        row = index.find(thread, workspace)
    return row.status, row.turns


def saved(workspace: Path) -> list[tuple[object, ...]]:
    """Return the checkpoints as they lie on the disk."""
    with sqlite3.connect(workspace / ".vivek/checkpoints.db") as connection:
        rows = connection.execute("SELECT * FROM checkpoints ORDER BY checkpoint_id").fetchall()
    connection.close()
    return rows


def told(session: Session) -> str:
    return "\n".join(f"{notice.text} {notice.hint}" for notice in session.notices)


async def test_a_thread_at_rest_says_what_must_be_read_again(workspace: Path, open_at: Open) -> None:
    async with open_at(
        lambda: replies(" ".join(f"Rule {number} takes {number * 7} off." for number in range(600))), thread=THREAD
    ) as session:
        await say(session, "what does till/prices.py do?")
        assert session.reopening.status == "new"

    async with open_at(replies, thread=THREAD) as session:
        due = session.reopening.reread
        assert session.reopening.status == "finished"
        assert due is not None
        assert due.compactable
        assert 400 < due.tokens < 6_000
        assert due.seconds is None  # nobody measured how fast this model reads
        assert due.at_most, "nobody knows what the server has still"
        assert f"At most {due.tokens:,} tokens to re-read." in told(session)
        session._parts.panel.usual.caller.pace.known = replace(
            session._parts.panel.usual.caller.pace.known, prefill_rate=10.0
        )
        await session.prepare()
        assert f"{due.tokens:,} tokens to re-read, about" in told(session)
        assert "`/compact` first" in told(session)


async def test_files_that_changed_since_are_named(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: replies("It takes a percentage off."), thread=THREAD) as session:
        await say(session, "what does till/prices.py do?")
    async with open_at(replies, thread=THREAD) as session:
        assert session.reopening.changed == ()

    (workspace / PRICES).write_text(NEW)

    async with open_at(replies, thread=THREAD) as session:
        assert session.reopening.changed == (PRICES,)
        assert f"Changed since this thread last saw them: {PRICES}." in told(session)


async def test_a_change_that_waits_is_told_with_the_files_it_no_longer_fits(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: replies(EDIT), thread=THREAD) as session:
        assert (await say(session, REQUEST)).report.status == "needs_approval"

    async with open_at(replies, thread=THREAD) as session:
        assert session.reopening.status == "needs_approval"
        assert session.reopening.changed == ()
        assert session.waiting is not None
    (workspace / PRICES).unlink()
    async with open_at(replies, thread=THREAD) as session:
        assert session.reopening.changed == (PRICES,)
        assert "may no longer fit" in told(session)
        assert (await decide(session)).report.status == "failed"
    assert not (workspace / PRICES).exists()


async def test_the_list_is_put_right_when_a_process_died_after_its_turn_had_ended(
    workspace: Path, open_at: Open
) -> None:
    async with open_at(lambda: replies("Yes."), thread=THREAD) as session:
        await say(session, "is it tested?")
    with ThreadIndex.open() as index:  # as a process leaves it that dies between the last checkpoint and the list
        index._db.execute("UPDATE threads SET status = 'unfinished', turns = 0, log = NULL")
        before = index.find(THREAD, workspace).updated

    async with open_at(replies, thread=THREAD) as session:
        assert session.reopening.status == "finished"

    assert status(workspace) == ("finished", 1)
    with ThreadIndex.open() as index:
        assert index.log(THREAD, workspace) is not None
        assert index.find(THREAD, workspace).updated == before  # looking at a thread is not using it


async def test_a_damaged_thread_is_listed_as_damaged(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: replies("Yes."), thread=THREAD) as session:
        await say(session, "is it tested?")
    with sqlite3.connect(workspace / ".vivek/workspace.db") as connection:
        connection.execute("UPDATE transcript SET role = 'nobody' WHERE role = 'assistant'")
    connection.close()

    with pytest.raises(ThreadDamagedError, match="damaged"):
        async with open_at(replies, thread=THREAD):
            pass

    assert status(workspace)[0] == "damaged"
    async with open_at(lambda: replies("Yes."), thread="calm-otter-2") as session:
        assert (await say(session, "is it fast?")).report.status == "done"


async def test_a_thread_of_a_newer_vivek_is_said_and_left_as_it_is(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: replies("Yes."), thread=THREAD) as session:
        await say(session, "is it tested?")
        await session._runner._change({"version": 99}, after="formatter")
    before = saved(workspace)

    with pytest.raises(ThreadError, match="saved by a newer version of vivek"):
        async with open_at(replies, thread=THREAD):
            pass

    assert status(workspace) == ("finished", 1)
    assert saved(workspace) == before
    async with open_at(lambda: replies("Yes."), thread="calm-otter-2") as session:
        assert (await say(session, "is it fast?")).report.status == "done"


def test_a_command_is_remembered_with_what_it_left_behind_until_its_turn_is_over(workspace: Path) -> None:
    with Store.open(workspace / ".vivek") as store:
        calls = Calls(store)
        calls.begin("a", thread=THREAD, command="make", apart=False)
        calls.begin("b", thread=THREAD, command="ls", apart=True)
        assert calls.begun(THREAD) == (("make", False), ("ls", True))
        calls.end("a", Ran(2, b"no\xff", 3, 0.5, timed_out=True))
        assert calls.result("a") == Ran(2, b"no\xff", 3, 0.5, timed_out=True)
        calls.end("b")
        assert (calls.standing("b"), calls.result("b")) == ("done", None)
        calls.forget("calm-otter-2")
        assert calls.standing("a") == "done"
        calls.forget(THREAD)
        assert calls.standing("a") == "new"


async def test_a_command_whose_step_runs_again_is_not_run_again(workspace: Path, open_at: Open) -> None:
    provider = replies("run: ls", "That was all.")
    async with open_at(lambda: provider, thread=THREAD, interactive=False) as session:
        await say(session, "look around in till/prices.py")
        assert session._turns.context().calls.begun(THREAD) == ()
        with session._parts.store.reading() as connection:
            assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)


async def test_a_thread_whose_model_is_gone_says_what_can_be_done_without(workspace: Path, open_at: Open) -> None:
    async with open_at(lambda: replies(EDIT), thread=THREAD) as session:
        await say(session, REQUEST)

    choices = Choices(thread=THREAD, interactive=True)
    async with open_session(open_place(workspace), choices) as session:
        assert session.reopening.missing_model
        assert "What needs no model still works" in told(session)
        assert (await decide(session)).report.status == "done"
    assert (workspace / PRICES).read_text() == NEW


async def test_a_thread_at_rest_whose_model_is_gone_is_put_right_and_says_what_can_be_done(
    workspace: Path, open_at: Open
) -> None:
    async with open_at(lambda: replies("Yes."), thread=THREAD) as session:
        await say(session, "is it tested?")
    with ThreadIndex.open() as index:
        index.settle(THREAD, workspace, status="unfinished")

    with pytest.raises(VivekError) as caught:
        async with open_session(open_place(workspace), Choices(thread=THREAD)):
            pass

    assert f"`vivek threads show {THREAD}` reads the thread" in caught.value.hint
    assert status(workspace) == ("finished", 1)


async def test_a_model_that_is_not_loaded_has_all_of_it_to_read(open_at: Open) -> None:
    async with open_at(lambda: replies("Yes."), thread=THREAD) as session:
        await say(session, "is it tested?")
    async with open_at(replies, thread=THREAD) as session:
        lineup = session._parts.lineup
        cold = replace(lineup.usual, spec=parse_model("ollama/a:1b"), info=replace(lineup.usual.info, loaded=False))
        session._turns.parts = replace(session._parts, lineup=replace(lineup, usual=cold))
        due = reopen(session._turns, await session._runner.look()).reread

    assert due is not None
    assert not due.at_most
    assert reread_of(due) == f"{due.tokens:,} tokens to re-read"
