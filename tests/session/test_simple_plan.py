"""A model that cannot write a plan is asked for one word, and fails visibly when it cannot say that either."""

import json

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, say
from vivek.prompts.parse import KIND_SCHEMA
from vivek.schema.events import Notice, PlanReady

PRICES = "till/prices.py"
REQUEST = f"Is {PRICES} right? Think of rounding."


async def test_a_plan_that_cannot_be_read_becomes_one_step(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["no plan", "still none", '{"kind": "answer"}', "It rounds down."])
    async with open_at(engine, depth="full") as session:
        heard = await say(session, REQUEST)

    assert (heard.report.status, heard.report.answer) == ("done", "It rounds down.")
    [plan] = heard.of(PlanReady)
    assert (plan.plan.kind, plan.plan.steps, plan.plan.files) == ("answer", (REQUEST,), (PRICES,))  # type: ignore[attr-defined]  # a PlanReady
    assert any("only asked now" in event.text for event in heard.of(Notice))  # type: ignore[attr-defined]  # a Notice
    asked = forced_engine.requests[2]
    assert asked["response_format"]["json_schema"]["schema"] == KIND_SCHEMA
    # What could not be used is not said again.
    assert "still none" not in json.dumps(forced_engine.requests[3]["messages"])


async def test_a_model_that_cannot_say_one_word_either_fails_visibly(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["no plan", "still none", "maybe", "perhaps"])
    async with open_at(engine, depth="full") as session:
        heard = await say(session, REQUEST)

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert heard.report.error.type == "ModelOutputInvalidError"
    assert "could not be used" not in heard.report.answer
    assert heard.of(PlanReady) == []
