"""The loop of the work, whole: edit, check in the sandbox, look, run, mend, ask once; on a real engine."""

import json
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Heard, Open, decide, say
from vivek.config.folders import cache_folder
from vivek.prompts.templates import SHIPPED
from vivek.schema.events import (
    ApprovalRequested,
    CheckDone,
    CheckStarted,
    NodeStarted,
    ToolDone,
)
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.sandbox import SandboxStatus

pytestmark = pytest.mark.engine

PRICES = "till/prices.py"
HEAD = '"""Prices in cents."""\n\n\ndef discount(price: int, percent: int) -> int:\n'
GOOD = HEAD + '    """Take a percentage off a price, rounded."""\n    return round(price - price * percent / 100)\n'
WRONG = HEAD + '    """Take a percentage off a price, rounded."""\n    return round(price + price * percent / 100)\n'
TESTS = """\
import unittest

from till.prices import discount


class Discount(unittest.TestCase):
    def test_ten_percent_off(self) -> None:
        self.assertEqual(discount(100, 10), 90)
"""
ASK = f"fix the discount in {PRICES}: use round"


def whole(text: str, path: str = PRICES, said: str = "I round now.") -> str:
    return f"{said}\n\n{path}\n```python\n{text}```\n"


@pytest.fixture
def tested(workspace: Path, sandbox: SandboxStatus) -> Path:
    """Return the workspace with tests that the standard library runs."""
    (workspace / "tests").mkdir(exist_ok=True)
    (workspace / "tests/__init__.py").touch()
    (workspace / "tests/test_prices.py").write_text(TESTS)
    return workspace


def checks_of(heard: Heard) -> dict[str, str]:
    [asked] = heard.of(ApprovalRequested)
    assert isinstance(asked, ApprovalRequested)
    return {check.name: check.status for check in asked.checks}


async def test_trust_is_asked_when_the_first_check_wants_to_run_and_the_tests_pass_before_the_change_is_offered(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([whole(GOOD)])
    async with open_at(engine) as session:
        asked = await say(session, ASK)
        [question] = asked.of(TrustRequested)
        assert isinstance(question, TrustRequested)
        assert "unittest" in question.command
        assert asked.report.status == "needs_approval"
        offered = await decide(session)
        assert "passed" in checks_of(offered).values()
        assert set(checks_of(offered).values()) == {"passed"}
        done = await decide(session)
        assert list((cache_folder() / "stages").iterdir()) == [], "the staged tree ends with its turn"

    assert done.report.status == "done"
    assert (tested / PRICES).read_text() == GOOD
    assert not list(tested.rglob("__pycache__"))


async def test_a_red_test_goes_back_to_the_model_with_its_output_and_the_user_sees_the_green_one(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([whole(WRONG), whole(GOOD, said="Minus, not plus.")])
    async with open_at(engine) as session:
        await say(session, ASK)
        offered = await decide(session)

    failed = [event.check for event in offered.of(CheckDone) if event.check.status == "failed"]  # type: ignore[attr-defined]  # of that kind
    assert failed
    evidence = forced_engine.requests[1]["messages"][-1]["content"]
    assert "110 != 90" in evidence
    assert SHIPPED.render("advice/failed_check") in evidence
    assert set(checks_of(offered).values()) == {"passed"}
    assert "-    return price - price * percent // 100" in offered.of(ApprovalRequested)[0].diff  # type: ignore[attr-defined]  # as above
    assert (tested / PRICES).read_text() != GOOD


async def test_what_fails_without_the_change_as_well_is_told_once_and_does_not_loop(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    (tested / "tests/test_other.py").write_text(TESTS.replace("90)", "12345)"))
    verdict = json.dumps({"feedback": "Good.", "needs_work": False, "score": 0.9})
    forced_engine.script([whole(GOOD), "The other test is wrong by itself.", verdict])
    async with open_at(engine) as session:
        await say(session, ASK)
        offered = await decide(session)

    assert "fails in the same way without your change" in forced_engine.requests[1]["messages"][-1]["content"]
    assert "failed" in checks_of(offered).values()
    assert len(forced_engine.requests) == 3
    assert "90 != 12345" in forced_engine.requests[2]["messages"][-1]["content"], "the reviewer sees the evidence"


async def test_twenty_edits_with_tests_ask_once_for_trust_and_once_for_each_change(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    questions = 0
    forced_engine.script([whole(GOOD.replace("rounded", f"rounded {number}")) for number in range(20)])
    async with open_at(engine) as session:
        for _ in range(20):
            heard = await say(session, ASK)
            while heard.report.status == "needs_approval":
                questions += 1
                heard = await decide(session)
            assert heard.report.status == "done"

    assert questions == 1 + 20


async def test_never_is_never_asked_again_and_the_approval_says_that_nothing_ran(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([whole(GOOD), whole(WRONG)])
    async with open_at(engine) as session:
        await say(session, ASK)
        offered = await decide(session, approved=False, always=True)
        assert checks_of(offered)["tests"] == "skipped"
        await decide(session)
    async with open_at(engine) as session:
        again = await say(session, ASK)
        assert not again.of(TrustRequested)
        assert checks_of(again)["tests"] == "skipped"


async def test_not_now_holds_for_the_session_and_no_longer(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([whole(GOOD), whole(WRONG), whole(GOOD)])
    async with open_at(engine) as session:
        await say(session, ASK)
        await decide(session, approved=False)
        await decide(session)
        again = await say(session, ASK)
        assert not again.of(TrustRequested)
        await decide(session)
    async with open_at(engine) as session:
        assert (await say(session, ASK)).of(TrustRequested)


async def test_nobody_to_ask_means_that_nothing_of_the_project_runs(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([whole(GOOD)])
    async with open_at(engine, interactive=False) as session:
        heard = await say(session, ASK)

    assert not heard.of(CheckStarted)
    assert not heard.of(TrustRequested)
    assert checks_of(heard)["tests"] == "skipped"


async def test_a_search_is_answered_and_the_answer_used(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["search: def discount", "It is defined in till/prices.py."])
    async with open_at(engine) as session:
        heard = await say(session, "Where is discount defined?")

    assert heard.report.answer == "It is defined in till/prices.py."
    [tool] = heard.of(ToolDone)
    assert isinstance(tool, ToolDone)
    assert (tool.tool, tool.ok) == ("search", True)
    shown = forced_engine.requests[1]["messages"][-1]["content"]
    assert "def discount(price: int, percent: int) -> int:" in shown
    assert [event.node for event in heard.of(NodeStarted)] == ["planner", "executor", "act", "executor", "formatter"]  # type: ignore[attr-defined]  # as above


async def test_a_command_is_asked_for_and_runs_on_the_staged_files(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    command = "python3 -c 'from till.prices import discount; print(discount(100, 10))'"
    forced_engine.script([f"run: {command}", whole(GOOD)])
    async with open_at(engine) as session:
        asked = await say(session, ASK)
        [question] = asked.of(CommandRequested)
        assert isinstance(question, CommandRequested)
        assert question.command == command
        await decide(session)

    assert "\n90\n" in forced_engine.requests[1]["messages"][-1]["content"]


async def test_a_command_that_the_user_does_not_want_is_not_run_and_the_model_hears_why(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["run: touch made", "Then I leave it."])
    async with open_at(engine) as session:
        await say(session, ASK)
        heard = await decide(session, approved=False, reason="no new files please")

    assert heard.report.answer == "Then I leave it."
    assert "no new files please" in forced_engine.requests[1]["messages"][-1]["content"]
    assert not (tested / "made").exists()


async def test_a_script_of_the_model_runs_on_the_staged_files_and_leaves_nothing(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    code = "from till.prices import discount\nopen('made', 'w').write('x')\nprint('it gives', discount(100, 10))\n"
    forced_engine.script([f"script: python\n```python\n{code}```\n", "It gives 90."])
    async with open_at(engine) as session:
        asked = await say(session, ASK)
        [question] = asked.of(CommandRequested)
        assert isinstance(question, CommandRequested)
        assert question.argvs[0][-1] == code.rstrip("\n")
        heard = await decide(session)

    assert heard.report.answer == "It gives 90."
    assert "it gives 90" in forced_engine.requests[1]["messages"][-1]["content"]
    assert not (tested / "made").exists()


async def test_a_request_that_leads_nowhere_twice_ends_in_a_question(
    tested: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["search: nothing like this"] * 4)
    async with open_at(engine) as session:
        heard = await say(session, "Where is the till opened?")

    assert heard.report.status == "needs_answer"
    assert "going in circles" in heard.report.answer
    assert "Do something else" in forced_engine.requests[2]["messages"][-1]["content"]
    assert len(forced_engine.requests) == 3
