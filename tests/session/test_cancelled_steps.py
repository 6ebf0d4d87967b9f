"""A graph that is cancelled at any moment goes on to its end: no step is lost, none is taken for done."""

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.checkpoints import open_checkpoints
from vivek.session.doors.history import open_request, show_thread
from vivek.session.place import open_place
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex

THREAD = "calm-otter-1"
STEPS = 3


def asked(workspace: Path) -> bool:
    """Tell whether the request is noted, which is the first thing that happens to it."""
    with ThreadIndex.open() as index:
        return index.get(THREAD, workspace) is not None


class Count(TypedDict):
    """How many steps were done."""

    count: int
    turn: dict[str, str]


class StoppingLoop(asyncio.SelectorEventLoop):
    """Cancels a task after so many rounds of its own."""

    victim: "asyncio.Task[None] | None" = None
    left = 0

    def _run_once(self) -> None:
        super()._run_once()  # type: ignore[misc]  # each event loop of the standard library has it
        if self.victim is not None:
            self.left -= 1
            if self.left == 0:
                self.victim.cancel()


def counting(saver: Any) -> Any:
    """A graph of one node that chooses itself again until it is done."""
    graph = StateGraph(Count)

    async def step(state: Count) -> dict[str, int]:
        await asyncio.sleep(0)
        return {"count": state["count"] + 1}

    def after(state: Count) -> str:
        time.sleep(0.001)  # a thread of its own decides: long enough to be cancelled meanwhile
        return END if state["count"] == STEPS else "step"

    graph.add_node("step", step)
    graph.add_edge(START, "step")
    graph.add_conditional_edges("step", after, ["step", END])
    return graph.compile(checkpointer=saver)


async def stopped_and_gone_on(graph: Any, loop: StoppingLoop, rounds: int) -> tuple[bool, int]:
    """Cancel a run after so many rounds and go on with it; return whether it was cancelled, and its steps."""
    config = {"configurable": {"thread_id": f"calm-otter-{rounds}"}}

    async def run() -> None:
        begun = {"count": 0, "turn": {"status": ""}}
        async for _ in graph.astream(begun, config, durability="sync", stream_mode="custom"):
            pass

    task = asyncio.ensure_future(run())
    loop.left, loop.victim = rounds, task
    await asyncio.wait([task])
    loop.victim = None
    if not (await graph.aget_state(config)).metadata:
        return task.cancelled(), STEPS  # nothing was saved, nothing can be lost
    return task.cancelled(), (await graph.ainvoke(None, config, durability="sync"))["count"]


async def each_round(path: Path) -> int:
    """Cancel a run in every round that it has; return how many there were."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StoppingLoop)
    async with open_checkpoints(path) as checkpoints:
        graph, stopped, rounds = counting(checkpoints.saver), True, 0
        while stopped:
            rounds += 1
            stopped, steps = await stopped_and_gone_on(graph, loop, rounds)
            assert steps == STEPS, f"cancelled in round {rounds}"
    return rounds


def test_a_graph_that_is_cancelled_in_any_round_of_the_loop_goes_on_to_its_end(tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=StoppingLoop) as runner:
        rounds = runner.run(each_round(tmp_path / "checkpoints.db"))

    assert rounds > STEPS * 5


async def test_a_turn_that_was_stopped_before_it_began_is_begun_when_no_prompt_is_given(
    workspace: Path, open_at: Open
) -> None:
    provider = ScriptedProvider(["It rounds.", "Good."])
    async with open_at(lambda: provider, thread=THREAD) as session:
        task = asyncio.ensure_future(say(session, "what does till/prices.py do?"))
        while not asked(workspace):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert not provider.requests

    async with open_at(lambda: provider, thread=THREAD) as session:
        assert session.reopening.status == "unfinished"
        heard = await say(session, None)
        later = await say(session, "and what else?")

    assert heard.report.answer == "It rounds."
    assert later.report.answer == "Good."


async def test_a_turn_that_was_stopped_before_it_began_is_not_begun_by_another_prompt(
    workspace: Path, open_at: Open
) -> None:
    provider = ScriptedProvider(["Good."])
    async with open_at(lambda: provider, thread=THREAD) as session:
        task = asyncio.ensure_future(say(session, "what does till/prices.py do?"))
        while not asked(workspace):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        heard = await say(session, "where is discount?")

    assert heard.report.answer == "Good."
    assert len(provider.requests) == 1


async def test_what_was_asked_before_is_listed_and_shown_while_the_last_turn_is_open(
    workspace: Path, open_at: Open
) -> None:
    async with open_at(lambda: ScriptedProvider([]), thread=THREAD, depth="fast") as session:
        assert (await say(session, "what is one?")).report.status == "failed"
        with ThreadIndex.open() as index:
            first = index.find(THREAD, workspace)
        assert open_request(open_place(workspace), first) == "what is one?"
        await say(session, "what is two?")

    with ThreadIndex.open() as index:
        row = index.find(THREAD, workspace)
    assert (row.status, row.turns) == ("unfinished", 1)
    assert show_thread(open_place(workspace), THREAD)[0] == ("user", "what is one?")
    assert open_request(open_place(workspace), row) == "what is two?"


async def test_the_request_of_a_change_that_waits_is_shown(workspace: Path, open_at: Open) -> None:
    edit = 'Empty.\n\ntill/__init__.py\n```python\n"""A till."""\n```\n'
    async with open_at(lambda: ScriptedProvider([edit]), thread=THREAD, depth="fast") as session:
        heard = await say(session, "change till/__init__.py")

    assert heard.report.status == "needs_approval"
    with ThreadIndex.open() as index:
        row = index.find(THREAD, workspace)
    assert open_request(open_place(workspace), row) == "change till/__init__.py"


async def test_the_end_of_a_turn_that_nobody_noted_can_be_returned_to(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider(["One.", "Two."])
    async with open_at(lambda: provider, thread=THREAD) as session:
        await say(session, "what does till/prices.py do?")
    with sqlite3.connect(workspace / ".vivek/checkpoints.db") as connection:  # as a kill just before leaves it
        connection.execute("DELETE FROM turn_ends")
    connection.close()

    async with open_at(lambda: provider, thread=THREAD) as session:
        await say(session, "and what else?")

    with open_heads(workspace / ".vivek") as heads:
        assert sorted(heads.ends(THREAD)) == [1, 2]
        assert heads.head(heads.ends(THREAD)[1], THREAD).saved(THREAD).turns == 1
