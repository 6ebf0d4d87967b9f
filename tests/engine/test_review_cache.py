"""All questions about a piece of a change read it once: by the count of a real server that keeps one prompt."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.engine.forced import Body, ForcedEngine
from tests.session.reviewers import DEFECT, HOLDS, QUOTE, is_second_look, spoil
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.changes import ScopeWish
from vivek.schema.events import CallDone
from vivek.schema.reviewing import ReviewEnded
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.piecewise.review import open_review
from vivek.session.place import open_place

pytestmark = pytest.mark.engine


def reply(body: Body) -> str:
    asked = body["messages"][-1]["content"]
    if is_second_look(asked):
        return json.dumps(HOLDS)
    return json.dumps({"findings": [DEFECT] if f"+{QUOTE}" in asked else []})


PART = """

def total_of_part_{0}(prices: list[int], percent: int) -> int:
    total = sum(discount(price, percent) for price in prices[{0}:])
    if total > {0}:
        return total
    return 0
"""


async def test_a_piece_is_read_once_for_all_questions_about_it(forced_engine: ForcedEngine, workspace: Path) -> None:
    spoil(workspace)
    report = workspace / "till" / "report.py"
    report.write_text(report.read_text() + "".join(PART.format(number) for number in range(10)))
    forced_engine.script([reply] * 10)
    place = open_place(workspace)
    changes = collect_changes(place, ScopeWish())
    provider = LlamaCppProvider(forced_engine.url, forced_engine.key)

    async with open_review(place, Choices(), changes, review_static(place, changes), provider=provider) as review:
        assert review.cost.seconds is None, "nobody measured this model yet"
        events = [event async for event in review.run()]

    last = events[-1]
    assert isinstance(last, ReviewEnded)
    assert last.report.status == "done"
    assert [finding.quote for finding in last.report.findings] == [QUOTE]
    calls = [event.usage for event in events if isinstance(event, CallDone)]
    asked = [request["messages"] for request in forced_engine.requests]
    ordinary = []
    assert len(calls) == len(asked) == 5
    for (before, after), usage in zip(pairwise(asked), calls[1:], strict=True):
        assert usage.prompt_tokens is not None
        assert usage.cached_tokens is not None
        first, second = before[-1]["content"], after[-1]["content"]
        end = second.index("```\n\n", second.index("```diff")) + 5
        system = len(after[0]["content"])
        shared = system + (end if first[:end] == second[:end] else 0)
        written = system + len(second)
        # By characters, which are spread over tokens evenly enough here; a piece that is new shares what stands first.
        assert usage.cached_tokens >= 0.9 * usage.prompt_tokens * shared / written
        if first[:end] == second[:end] and "+def total_of_part_0" in second and not is_second_look(second):
            ordinary.append(usage.cached_tokens / usage.prompt_tokens)
    assert ordinary
    assert min(ordinary) >= 0.85
