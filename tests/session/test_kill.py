"""A turn killed with SIGKILL in any node goes on in the next process: nothing lost, nothing applied twice."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, decide, say
from tests.session.killed_turn import REQUEST
from vivek.schema.events import EditApplied, Notice
from vivek.session.doors.history import show_thread
from vivek.session.doors.undo import undo
from vivek.session.place import open_place

pytestmark = [pytest.mark.engine, pytest.mark.kill]

PRICES = "till/prices.py"
NEW = """def discount(price: int, percent: int) -> int:
    return round(price - price * percent / 100)
"""
EDIT = f"Rounded.\n\n{PRICES}\n```python\n{NEW}```\n"
PLAN = {"kind": "change", "steps": ["Round"], "files": [PRICES], "mode": "peer", "question": ""}
VERDICT = {"feedback": "Fine.", "needs_work": False, "score": 1}
NODES = ("planner", "executor", "stage", "check", "reviewer", "approve", "apply", "formatter")


def by_node(body: dict[str, Any]) -> str:
    """Answer what a node asks, however often it asks."""
    asked = body["messages"][-1]["content"]
    if "Plan how to handle" in asked:
        return json.dumps(PLAN)
    if "Judge whether" in asked:
        return json.dumps(VERDICT)
    return EDIT if "Choose one of three ways" in asked else "It rounds now."


def kill_in(workspace: Path, engine: ForcedEngine, node: str, when: str) -> None:
    """Run a turn in a process that dies in a node."""
    command = [sys.executable, "-m", "tests.session.killed_turn", engine.url, engine.key, node, when]
    search = f"{Path(__file__).parents[2]}{os.pathsep}{os.environ['PYTHONPATH']}"
    died = subprocess.run(command, cwd=workspace, env={**os.environ, "PYTHONPATH": search}, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL


@pytest.mark.covers("F-A01", "F-A04", "F-A06")
@pytest.mark.parametrize("when", ["start", "end"])
@pytest.mark.parametrize("node", NODES)
async def test_a_killed_turn_is_resumed(
    node: str, when: str, workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([by_node] * 20)
    kill_in(workspace, forced_engine, node, when)
    asked_before = len(forced_engine.requests)

    async with open_at(engine, thread="doomed-otter-1", depth="full") as session:
        if (node, when) == ("formatter", "end"):
            heard = await say(session, "what does it do?")
        else:
            heard = await say(session, None)
            if heard.report.status == "needs_approval":
                heard = await decide(session)

    assert heard.report.status == "done"
    assert (workspace / PRICES).read_text() == NEW
    assert show_thread(open_place(workspace), "doomed-otter-1")[0] == ("user", REQUEST)
    # Steps that were saved did not run again: planner, executor and reviewer ask the model once each.
    assert asked_before <= 3
    if (node, when) != ("formatter", "end"):
        assert len(forced_engine.requests) <= 4
    taken_back = undo(open_place(workspace), "doomed-otter-1").files
    assert [change.path for change in taken_back if change.applied] == [PRICES]
    assert "// 100" in (workspace / PRICES).read_text()


async def test_a_new_prompt_on_a_killed_turn_finishes_that_turn_first(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([by_node] * 20)
    kill_in(workspace, forced_engine, "reviewer", "start")

    async with open_at(engine, thread="doomed-otter-1", depth="auto", approve="edits") as session:
        heard = await say(session, "what does till/prices.py do?")

    assert (workspace / PRICES).read_text() == NEW
    assert heard.report.answer == "It rounds now."
    assert len(heard.of(EditApplied)) == 1
    assert any("finished first" in notice.text for notice in heard.of(Notice))  # type: ignore[attr-defined]
    assert [role for role, _ in show_thread(open_place(workspace), "doomed-otter-1")] == ["user", "assistant"] * 2


@pytest.mark.covers("F-A04")
async def test_an_approval_that_only_a_file_remembers_is_asked_again(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([by_node] * 20)
    old = (workspace / PRICES).read_bytes()
    async with open_at(engine, thread="doomed-otter-1") as session:
        assert (await say(session, REQUEST)).report.status == "needs_approval"
        # What a process that died between the yes and the change leaves behind, or a stranger's database claims.
        await session._runner._change({"decision": {"approved": True, "files": None}}, after="approve")
        assert (await session._runner.look()).next == ("apply",)

    async with open_at(engine, thread="doomed-otter-1") as session:
        heard = await say(session, None)
        assert heard.report.status == "needs_approval"
        assert (workspace / PRICES).read_bytes() == old
        assert (await decide(session)).report.status == "done"
    assert (workspace / PRICES).read_text() == NEW


async def test_a_question_survives_the_kill_of_its_turn_and_is_answered(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    asking = json.dumps(PLAN | {"question": "Which rounding?", "choices": ["Up", "Down"]})
    forced_engine.script([asking, EDIT, json.dumps(VERDICT)])
    kill_in(workspace, forced_engine, "formatter", "start")

    async with open_at(engine, thread="doomed-otter-1", approve="edits") as session:
        assert session.reopening.status == "unfinished"
        waiting = await say(session, None)
        assert waiting.report.status == "needs_answer"
        assert waiting.report.question is not None
        assert waiting.report.question.choices == ("Up", "Down")
    async with open_at(engine, thread="doomed-otter-1", approve="edits") as session:
        assert session.reopening.status == "needs_answer"
        done = await say(session, "2")

    assert done.report.status == "done"
    assert "The answer: Down" in forced_engine.requests[1]["messages"][-1]["content"]
