"""What slots of a real server are worth to a review: each reads a piece once, and then keeps it."""

import json
from pathlib import Path

import pytest

from tests.engine.forced import Body, ForcedEngine
from tests.engine.server import serve
from tests.engine.tiny_model import TinyModel
from tests.session.reviewers import DEFECT, HOLDS, QUOTE, SKIPS, Reviewed, is_second_look, is_summary
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.changes import ScopeWish
from vivek.schema.events import CallDone
from vivek.schema.known import Known
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.piecewise.review import open_review
from vivek.session.place import open_place

pytestmark = pytest.mark.engine

WORTH_IT = Known("", prefill_rate=5_000.0, decode_rate=10.0)


def reply(body: Body) -> str:
    asked = body["messages"][-1]["content"]
    if is_second_look(asked):
        return json.dumps(HOLDS)
    if is_summary(asked):
        return json.dumps({"changed": "", "promise": ""})
    return json.dumps({"findings": [DEFECT] if f"+{QUOTE}" in asked else []})


async def test_each_of_two_slots_reads_a_piece_once(tiny_model: TinyModel, workspace: Path) -> None:
    (workspace / "till/report.py").write_text(SKIPS)
    place = open_place(workspace)
    changes = collect_changes(place, ScopeWish())

    with serve(tiny_model.q8_0, window=8_192, slots=2) as server, ForcedEngine(server, [reply] * 20) as engine:
        provider = LlamaCppProvider(engine.url, engine.key)
        static = review_static(place, changes)
        async with open_review(place, Choices(), changes, static, effort="normal", provider=provider) as review:
            assert review.desk.slots == 2
            object.__setattr__(review.desk, "known", lambda: WORTH_IT)
            heard = Reviewed(review, [event async for event in review.run()])

    assert heard.report.status == "done"
    assert [finding.quote for finding in heard.report.findings] == [QUOTE]
    *usages, _ = [event.usage for event in heard.events if isinstance(event, CallDone)]  # the last one shows no piece
    shares = sorted((usage.cached_tokens or 0) / (usage.prompt_tokens or 1) for usage in usages)
    assert len(shares) >= 6
    assert shares[1] < 0.1, "what one slot has read the other reads again..."
    assert shares[2] > 0.5, "...and each of them once"
