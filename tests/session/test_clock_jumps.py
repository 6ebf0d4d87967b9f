"""A clock that was set back: the newest turn stays the newest, in a thread and in the list of threads."""

import uuid
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.threads.index import ThreadIndex

THREAD = "calm-otter-1"
AHEAD = 3 * 365 * 86_400 * 10_000_000
"""Three years in steps of 100 ns: by so much the clock was ahead when the thread was last used."""


@pytest.mark.covers("D11")
async def test_a_thread_used_while_the_clock_was_ahead_goes_on_where_it_was(workspace: Path, open_at: Open) -> None:
    from langgraph.checkpoint.base import id as ids

    usual = ids._last_v6_timestamp
    try:
        ids._last_v6_timestamp = ids.uuid6().time + AHEAD  # type: ignore[assignment]  # its type is that of None
        async with open_at(lambda: ScriptedProvider(["One."]), thread=THREAD, depth="fast") as session:
            await say(session, "is it tested?")
            ahead = (await session._runner.look()).checkpoint
        ids._last_v6_timestamp = usual  # another process, whose clock is right

        async with open_at(lambda: ScriptedProvider(["Two."]), thread=THREAD, depth="fast") as session:
            assert (await say(session, "is it fast?")).report.answer == "Two."
            place = await session._runner.look()
        assert place.values["turns"] == 2
        assert ids.UUID(place.checkpoint).time > ids.UUID(ahead).time
    finally:
        ids._last_v6_timestamp = usual


async def test_an_id_that_nobody_s_clock_can_have_made_changes_nothing(workspace: Path, open_at: Open) -> None:
    from langgraph.checkpoint.base import id as ids

    from vivek.session.runner import _keep_order

    _keep_order(str(uuid.UUID(int=(1 << 128) - 1)))
    _keep_order("no id at all")

    now = ids.uuid6().time
    assert ids.uuid6().time - now < AHEAD


@pytest.mark.covers("D11")
def test_the_list_keeps_its_order_when_the_clock_goes_back(tmp_path: Path) -> None:
    times = iter([1_000.0, 500.0, 500.0, 10.0])
    with ThreadIndex.open(tmp_path) as index:
        index._clock = lambda: next(times)
        for name in ("calm-otter-1", "calm-otter-2", "calm-otter-3"):
            index.begin(name, tmp_path, kind="chat", title="x", model="")
        index.end("calm-otter-1", tmp_path, status="finished", turns=1, log=None)

        assert [row.id for row in index.list(tmp_path)] == ["calm-otter-1", "calm-otter-3", "calm-otter-2"]
