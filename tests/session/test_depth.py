"""How often a model is asked in a turn follows from its depth: the rules decide, or the user."""

import json
from collections.abc import Mapping

import pytest

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.events import CallDone
from vivek.schema.request import Request

PRICES, NEW = "till/prices.py", "till/rules.py"
SMALL = "def discount(price: int, percent: int) -> int:\n    return 0\n"
LONG = SMALL + "".join(f"\n\ndef rule_{number}() -> int:\n    return {number}\n" for number in range(25))
PLANS = {kind: {"kind": kind, "steps": ["Do it."], "files": [PRICES], "mode": "peer"} for kind in ("answer", "change")}
VERDICT = {"score": 1.0, "needs_work": False, "feedback": "Good."}

QUESTION, NAMED = f"What does {PRICES} do?", f"Make {PRICES} return nothing."
OPEN = "Tidy the shop up."


class Model(ScriptedProvider):
    """Plans, judges and edits as it is asked to."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__([])
        self._plan = PLANS["change" if code else "answer"]
        self._says = f"Done.\n\n{path}\n```python\n{code}```\n" if code else "It takes a share off a price."

    def _next(self, request: Request) -> ScriptedReply:
        if request.schema is None:
            return ScriptedReply(self._says)
        keys = request.schema["properties"]
        assert isinstance(keys, Mapping)
        return ScriptedReply(json.dumps({**self._plan, "question": ""} if "steps" in keys else VERDICT))


@pytest.mark.parametrize(
    ("depth", "request_", "code", "asked"),
    [
        ("fast", OPEN, LONG, ["executor"]),
        ("auto", QUESTION, "", ["executor"]),
        ("auto", NAMED, SMALL, ["executor"]),
        ("auto", OPEN, SMALL, ["planner", "executor"]),
        ("auto", NAMED, LONG, ["executor", "reviewer"]),
        ("full", QUESTION, "", ["planner", "executor"]),
        ("full", NAMED, SMALL, ["planner", "executor", "reviewer"]),
    ],
)
async def test_who_asks_the_model(depth: str, request_: str, code: str, asked: list[str], open_at: Open) -> None:
    model = Model(PRICES if PRICES in request_ else NEW, code)
    async with open_at(lambda: model, depth=depth, approve="edits") as session:
        heard = await say(session, request_)

    assert heard.report.status == "done"
    assert [event.node for event in heard.events if isinstance(event, CallDone)] == asked
