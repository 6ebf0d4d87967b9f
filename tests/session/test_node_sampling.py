"""What plans, code and reviews are drawn with, down to the request that a real engine receives."""

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, say
from tests.session.test_turns import EDIT, PLAN, verdict


@pytest.mark.engine
async def test_plans_and_reviews_stay_closer_to_the_likeliest_than_the_work(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([PLAN, EDIT, verdict(0.9, needs_work=False)])
    async with open_at(engine, depth="full") as session:
        await say(session, "the discount should be fair")

    plan, code, review = forced_engine.requests
    assert plan["temperature"] == review["temperature"] == code["temperature"] / 2 == 0.15
    assert [each["repeat_penalty"] for each in (plan, code, review)] == [1.0, 1.0, 1.0]
