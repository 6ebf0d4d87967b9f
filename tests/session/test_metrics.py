"""Figures of real turns, from the engine to the report; limits of a run on the same engine."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, decide, say
from tests.session.reviewers import Reviewer, opened, resumed, reviewed, spoil
from vivek.errors import ConfigError
from vivek.providers.adapters.scripted import ScriptedReply
from vivek.schema.events import Notice, TextDelta
from vivek.schema.limits import Limits
from vivek.session.doors.metrics import parse_since, read_metrics
from vivek.session.place import open_place

pytestmark = pytest.mark.engine

PRICES = "till/prices.py"
EDIT = f"It rounds.\n\n{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return 0\n```\n"
PLAN = json.dumps({"kind": "answer", "steps": ["Answer"], "files": [], "mode": "peer", "question": ""})
LONG = "It takes a percentage off a price, as the shop wants it, and says so at length. " * 8


async def test_a_turn_and_its_approval_are_one_row_with_the_figures_of_the_server(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, workspace: Path
) -> None:
    forced_engine.script([EDIT])
    async with open_at(engine, thread="calm-otter-7", depth="fast") as session:
        await say(session, f"change {PRICES}")
        done = await decide(session)

    report = read_metrics(open_place(workspace), by="thread")

    assert done.report.status == "done"
    assert (report.turns.turns, report.turns.statuses, report.turns.edits_applied) == (1, {"done": 1}, 1)
    assert report.turns.checks_passed >= 1
    [group] = report.groups
    assert group.name == "calm-otter-7"
    usage = done.report.usage
    assert (report.calls.calls, report.calls.prompt_tokens) == (1, usage.prompt_tokens)
    assert report.calls.completion_tokens == usage.completion_tokens
    assert report.calls.decode_seconds is not None
    assert report.calls.cost is None
    assert report.calls.first_token.p50 is not None


async def test_an_approval_in_another_session_joins_its_turn(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, workspace: Path
) -> None:
    forced_engine.script([EDIT])
    async with open_at(engine, thread="calm-otter-7", depth="fast") as session:
        await say(session, f"change {PRICES}")
    async with open_at(engine, thread="calm-otter-7") as session:
        await decide(session)

    report = read_metrics(open_place(workspace))
    assert (report.turns.turns, report.turns.statuses, report.calls.calls) == (1, {"done": 1}, 1)


async def test_a_turn_that_is_left_half_way_is_cancelled(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, workspace: Path
) -> None:
    forced_engine.script([LONG])
    async with open_at(engine, depth="fast") as session:
        events = session.send(f"What does {PRICES} do?")
        async for event in events:
            if isinstance(event, TextDelta):
                break
        await events.aclose()  # type: ignore[attr-defined]  # a generator, as the command line knows too

    assert read_metrics(open_place(workspace)).turns.statuses == {"cancelled": 1}


async def test_a_review_counts_as_it_ended(workspace: Path) -> None:
    spoil(workspace)

    def break_off(_: str) -> ScriptedReply:
        return ScriptedReply("", finish=None)

    broken, whole = Reviewer(), Reviewer()
    broken.says = break_off
    heard = await reviewed(workspace, broken)
    assert read_metrics(open_place(workspace)).turns.statuses == {"incomplete": 1}
    async with opened(workspace, whole) as review:
        async for _ in review.run():
            review.stop()
    assert read_metrics(open_place(workspace)).turns.statuses == {"incomplete": 1, "cancelled": 1}
    await resumed(workspace, whole, heard.review.thread_id)

    turns = read_metrics(open_place(workspace)).turns
    assert turns.statuses == {"incomplete": 1, "cancelled": 1, "done": 1}
    assert turns.seconds.count == 2


async def test_metrics_that_cannot_be_kept_are_told_once_and_disturb_no_turn(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, workspace: Path
) -> None:
    (workspace / ".vivek" / "metrics.db").mkdir(parents=True)
    forced_engine.script(["One.", "Two."])
    async with open_at(engine, depth="fast") as session:
        first = await say(session, f"What does {PRICES} do?")
        second = await say(session, f"And {PRICES}?")

    assert (first.report.answer, second.report.answer) == ("One.", "Two.")
    news = [notice for notice in session.take_news() if "Figures" in notice.text]
    assert [isinstance(notice, Notice) for notice in news] == [True]


async def test_a_user_who_wants_no_metrics_gets_no_file(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_METRICS_ENABLED", "false")
    forced_engine.script(["One."])
    async with open_at(engine, depth="fast") as session:
        await say(session, f"What does {PRICES} do?")

    assert not (workspace / ".vivek" / "metrics.db").exists()
    assert read_metrics(open_place(workspace)).turns.turns == 0


async def test_a_turn_makes_no_more_calls_than_it_may(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([PLAN, "An answer."])
    async with open_at(engine, thread="calm-otter-7", depth="full", limits=Limits(calls=1)) as session:
        heard = await say(session, "Tell me something.")

    assert heard.report.status == "incomplete"
    assert heard.report.error is not None
    assert heard.report.error.type == "LimitReachedError"
    assert heard.report.error.message == "The turn has used its limit of 1 model call."
    assert heard.report.error.hint == (
        "`vivek threads resume calm-otter-7` goes on; raise `--max-calls` to let it work longer."
    )

    async with open_at(engine, thread="calm-otter-7") as session:
        assert (await say(session, None)).report.answer == "An answer."


async def test_a_turn_writes_no_more_tokens_than_it_may_and_keeps_what_came(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, workspace: Path
) -> None:
    forced_engine.script([LONG])
    async with open_at(engine, thread="calm-otter-7", depth="fast", limits=Limits(tokens=20)) as session:
        heard = await say(session, f"What does {PRICES} do?")

    report = heard.report
    assert (report.status, report.error and report.error.type) == ("incomplete", "LimitReachedError")
    assert report.answer
    assert LONG.startswith(report.answer)
    assert read_metrics(open_place(workspace)).calls.completion_tokens == 20

    forced_engine.script(["It rounds."])
    async with open_at(engine, thread="calm-otter-7") as session:
        after = await say(session, f"Shorter: what does {PRICES} do?")
    assert after.report.answer == "It rounds."


async def test_limits_that_are_not_reached_change_nothing(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["It rounds."])
    async with open_at(engine, depth="fast", limits=Limits(calls=1, tokens=500)) as session:
        assert (await say(session, f"What does {PRICES} do?")).report.answer == "It rounds."


def test_a_project_without_metrics_has_an_empty_report_and_gets_no_file(workspace: Path) -> None:
    assert read_metrics(open_place(workspace)).turns.turns == 0
    assert not (workspace / ".vivek").exists()


def test_a_report_reads_a_closed_database_of_its_own_user_only(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    sqlite3.connect(workspace / ".vivek" / "metrics.db").close()

    assert read_metrics(open_place(workspace)).turns.turns == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1_000_000 - 1_800),
        ("2h", 1_000_000 - 7_200),
        ("7d", 1_000_000 - 7 * 86_400),
        ("1w", 1_000_000 - 7 * 86_400),
        ("1970-01-02", 86_400),
        ("1970-01-02T00:00:10", 86_410),
        ("1970-01-02T01:00:00+01:00", 86_400),
    ],
)
def test_a_beginning_is_so_long_ago_or_a_date(text: str, seconds: float) -> None:
    assert parse_since(text, now=lambda: 1_000_000.0) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-7d", "7 days", "yesterday", "2026-13-01", "999999w999999"])
def test_what_is_no_beginning_is_a_usage_error(text: str) -> None:
    with pytest.raises(ConfigError, match="no time to begin at") as caught:
        parse_since(text)

    assert "7d" in caught.value.hint
