"""Whole turns on a real engine that says scripted words: from the request to the changed file."""

import itertools
import json
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, decide, say
from vivek.errors import ProviderUnavailableError
from vivek.schema.events import (
    ApprovalRequested,
    CheckDone,
    EditApplied,
    EditRefused,
    EditStaged,
    NodeStarted,
    Notice,
    PlanReady,
    ReviewDone,
    TextDelta,
    TurnStarted,
)
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

pytestmark = pytest.mark.engine

PRICES = "till/prices.py"
FIXED = '''"""Prices in cents."""


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price, rounded to the nearest cent."""
    return round(price - price * percent / 100)
'''
EDIT = f"I round now.\n\n{PRICES}\n```python\n{FIXED}```\n"
PLAN = json.dumps(
    {"kind": "change", "steps": ["Round the discount"], "files": [PRICES], "mode": "coder", "question": ""}
)


def verdict(score: float | None, *, needs_work: bool, feedback: str = "Round half up.") -> str:
    return json.dumps({"feedback": feedback, "needs_work": needs_work, "score": score})


async def test_a_question_is_answered_from_the_file_it_names(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["It takes a percentage off a price."])
    async with open_at(engine) as session:
        heard = await say(session, "What does till/prices.py do?")

    report = heard.report
    assert (report.status, report.answer) == ("done", "It takes a percentage off a price.")
    assert report.changes == ()
    assert isinstance(heard.events[0], TurnStarted)
    assert "".join(event.text for event in heard.of(TextDelta)) == report.answer
    assert [event.node for event in heard.of(NodeStarted)] == ["planner", "executor", "formatter"]
    assert sum(event.pieces for event in heard.of(TextDelta)) > 1
    prompt = forced_engine.requests[0]["messages"][-1]["content"]
    assert "return price - price * percent // 100" in prompt
    assert "What does till/prices.py do?" in prompt


async def test_every_figure_of_the_report_comes_from_the_engine(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["Yes.", "No."])
    async with open_at(engine) as session:
        first = (await say(session, "Is it tested?")).report.usage
        second = (await say(session, "Is it fast?")).report.usage

    assert first.calls == 1
    assert first.prompt_tokens
    assert first.completion_tokens
    assert first.time_to_first_token
    assert first.tokens_per_second
    assert second.cached_tokens is not None
    assert second.prompt_tokens is not None
    # Nothing is read twice: what the first call held is in the cache, but for the marks around the last message.
    assert second.cached_tokens >= 0.95 * first.prompt_tokens


async def test_a_change_is_shown_checked_approved_and_applied(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    old = (workspace / PRICES).read_text()
    (workspace / PRICES).chmod(0o755)
    forced_engine.script([EDIT])
    async with open_at(engine) as session:
        asked = await say(session, f"fix the discount in {PRICES}: use round")
        assert asked.report.status == "needs_approval"
        assert (workspace / PRICES).read_text() == old
        [request] = asked.of(ApprovalRequested)
        assert isinstance(request, ApprovalRequested)
        assert "-    return price - price * percent // 100" in request.diff
        assert [(check.name, check.status) for check in request.checks] == [("parse", "passed"), ("tests", "skipped")]
        assert len(asked.of(EditStaged)) == 1
        assert len(asked.of(CheckDone)) == 2
        assert not asked.of(EditApplied)

        done = await decide(session)

    assert done.report.status == "done"
    assert (workspace / PRICES).read_text() == FIXED
    assert (workspace / PRICES).stat().st_mode & 0o777 == 0o755
    [change] = done.report.changes
    assert (change.path, change.kind, change.added, change.removed, change.applied) == (PRICES, "modify", 2, 2, True)
    assert done.report.answer == "I round now."
    assert len(done.of(EditApplied)) == 1


async def test_a_refused_change_leaves_every_byte_and_ends_the_turn(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    old = (workspace / PRICES).read_bytes()
    forced_engine.script([EDIT, "Understood."])
    async with open_at(engine) as session:
        await say(session, f"change {PRICES}")
        declined = await decide(session, approved=False)
        after = await say(session, "why?")

    assert declined.report.status == "declined"
    assert (workspace / PRICES).read_bytes() == old
    assert [change.applied for change in declined.report.changes] == [False]
    assert after.report.answer == "Understood."
    assert "declined" in forced_engine.requests[-1]["messages"][-1]["content"]


async def test_no_with_a_reason_goes_back_to_the_model(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    better = EDIT.replace("round(", "int(0.5 + ").replace("I round now.", "Half up.")
    forced_engine.script([EDIT, better])
    async with open_at(engine) as session:
        await say(session, f"change {PRICES}")
        again = await decide(session, approved=False, reason="round half up, please")
        assert again.report.status == "needs_approval"
        assert "round half up, please" in forced_engine.requests[-1]["messages"][-1]["content"]
        done = await decide(session)

    assert done.report.status == "done"
    assert "int(0.5 + " in (workspace / PRICES).read_text()


async def test_three_review_rounds_are_the_most(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    edits = [EDIT.replace("nearest cent", f"nearest cent ({round_})") for round_ in range(3)]
    low = verdict(0.2, needs_work=True)
    forced_engine.script([PLAN, edits[0], low, edits[1], low, edits[2], low])
    async with open_at(engine, depth="full", approve="edits") as session:
        heard = await say(session, f"change {PRICES}")

    assert forced_engine.unsaid == 0
    reviews = heard.of(ReviewDone)
    assert [review.iteration for review in reviews] == [1, 2, 3]  # type: ignore[attr-defined]  # of() is untyped
    assert "nearest cent (2)" in (workspace / PRICES).read_text()
    review = heard.report.review
    assert review is not None
    assert (review.score, review.needs_work) == (0.2, True)
    assert "Round half up." in forced_engine.requests[3]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("said", "score"),
    [(verdict(None, needs_work=True), None), (verdict(0.6, needs_work=True), 0.6), (verdict(1, needs_work=False), 1)],
)
async def test_a_null_or_good_score_never_loops(
    said: str, score: float | None, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([PLAN, EDIT, said])
    async with open_at(engine, depth="full", approve="edits") as session:
        heard = await say(session, f"change {PRICES}")

    assert heard.report.status == "done"
    assert heard.report.review is not None
    assert heard.report.review.score == score


async def test_an_unreadable_verdict_is_told_and_is_no_pass(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([PLAN, EDIT, "looks good to me", "very good"])
    async with open_at(engine, depth="full", approve="edits") as session:
        heard = await say(session, f"change {PRICES}")

    assert heard.report.review is not None
    assert heard.report.review.score is None
    assert any("review could not be read" in notice.text for notice in heard.of(Notice))  # type: ignore[attr-defined]


async def test_the_planners_mode_and_files_reach_the_executor_in_the_same_turn(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([PLAN, "Nothing to do."])
    async with open_at(engine) as session:
        heard = await say(session, "the discount should be fair")

    [plan] = heard.of(PlanReady)
    assert isinstance(plan, PlanReady)
    assert plan.made
    assert plan.plan.mode == "coder"
    prompt = forced_engine.requests[1]["messages"][-1]["content"]
    assert "return price - price * percent // 100" in prompt
    assert "Round the discount" in prompt
    assert "the discount should be fair" not in prompt


async def test_a_clarifying_question_ends_the_turn(open_at: Open, forced_engine: ForcedEngine, engine: Engine) -> None:
    plan = {"kind": "change", "steps": ["Ask"], "files": [], "mode": "peer", "question": "Which rounding?"}
    forced_engine.script([json.dumps(plan)])
    async with open_at(engine) as session:
        heard = await say(session, "the discount should be fair")

    assert (heard.report.status, heard.report.answer) == ("needs_answer", "Which rounding?")


async def test_a_file_the_model_needs_is_shown_in_the_next_step(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["need: till/report.py", "It sums."])
    async with open_at(engine) as session:
        heard = await say(session, "change till/prices.py so that report fits")

    assert heard.report.answer == "It sums."
    assert "return sum(discount(price, percent)" in forced_engine.requests[1]["messages"][-1]["content"]


async def test_an_edit_of_a_file_not_shown_is_refused_with_its_text(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    blind = "till/report.py\n```python\nprint(1)\n```\n"
    forced_engine.script([blind, "I leave it."])
    async with open_at(engine) as session:
        heard = await say(session, f"change {PRICES}")

    [refused] = heard.of(EditRefused)
    assert isinstance(refused, EditRefused)
    assert refused.path == "till/report.py"
    assert heard.report.changes == ()
    last = forced_engine.requests[-1]["messages"]
    assert "return sum(discount(price, percent)" in last[-1]["content"]
    assert f"change {PRICES}" in last[-1]["content"]
    assert not any("print(1)" in message["content"] for message in last)


async def test_a_file_that_git_ignores_is_not_overwritten_unseen(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    (workspace / ".gitignore").write_text("local.py\n")
    (workspace / "local.py").write_text("SECRET = 1\n")
    forced_engine.script(["local.py\n```python\nSECRET = 2\n```\n", "I leave it."])
    async with open_at(engine, approve="edits") as session:
        await say(session, "create local.py")

    assert (workspace / "local.py").read_text() == "SECRET = 1\n"


async def test_a_broken_edit_is_mended_in_the_same_step_and_leaves_no_trace(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    broken = EDIT.replace("return round(", "return round((")
    forced_engine.script([broken, EDIT, "It rounds."])
    async with open_at(engine, approve="edits") as session:
        heard = await say(session, f"change {PRICES}")
        await say(session, "what now?")

    assert heard.report.status == "done"
    assert (workspace / PRICES).read_text() == FIXED
    assert (
        "SyntaxError" in forced_engine.requests[1]["messages"][-1]["content"]
        or "parse" in (forced_engine.requests[1]["messages"][-1]["content"])
    )
    assert not any("round((" in message["content"] for message in forced_engine.requests[2]["messages"])


async def test_every_request_begins_with_the_committed_messages_of_the_one_before(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([PLAN, EDIT, verdict(0.9, needs_work=False), "It rounds.", PLAN, "Nothing to do."])
    async with open_at(engine, depth="full", approve="edits") as session:
        await say(session, f"change {PRICES}")
    async with open_at(engine, latest=True) as session:
        await say(session, "what does it do?")
        await say(session, "make it faster")

    sent = [request["messages"] for request in forced_engine.requests]
    assert len(sent) == 6
    for before, after in itertools.pairwise(sent):
        assert after[: len(before)] == before


async def test_a_file_is_shown_once_until_it_changes(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(["One.", "Two.", "Three."])
    async with open_at(engine) as session:
        await say(session, f"explain {PRICES}")
        await say(session, f"explain {PRICES} again")
        (workspace / PRICES).write_text(FIXED)
        await say(session, f"explain {PRICES} once more")

    asked = [request["messages"][-1]["content"] for request in forced_engine.requests]
    assert "// 100" in asked[0]
    assert "// 100" not in asked[1]
    assert "/ 100)" in asked[2]
    assert "out of date" in asked[2]


async def test_a_new_file_is_created_and_a_multi_file_change_is_one_change_set(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    both = f"{EDIT}\ntill/cents.py\n```python\nCENT = 1\n```\n"
    forced_engine.script([both])
    async with open_at(engine, approve="edits") as session:
        heard = await say(session, f"change {PRICES}")

    assert {change.path: change.kind for change in heard.report.changes} == {
        PRICES: "modify",
        "till/cents.py": "create",
    }
    assert (workspace / "till/cents.py").read_text() == "CENT = 1\n"


async def test_architect_changes_nothing(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([EDIT])
    async with open_at(engine, mode="architect", approve="all") as session:
        heard = await say(session, f"change {PRICES}")

    assert heard.report.status == "done"
    assert heard.report.changes == ()
    assert "round(" not in (workspace / PRICES).read_text()


async def test_the_users_sampling_reaches_the_engine(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_SAMPLING_TEMPERATURE", "0.75")
    monkeypatch.setenv("VIVEK_SAMPLING_TOP_K", "17")
    monkeypatch.setenv("VIVEK_SAMPLING_SEED", "7")
    forced_engine.script(["Yes.", PLAN, EDIT])
    async with open_at(engine) as session:
        await say(session, "is it tested?")
        await say(session, "the discount should be fair")

    prose, plan, code = forced_engine.requests
    assert (prose["temperature"], prose["top_k"], prose["seed"]) == (0.75, 17, 7)
    assert plan["temperature"] < prose["temperature"], "a plan stays closer to the likeliest token"
    assert prose["repeat_penalty"] > code["repeat_penalty"] == 1.0
    assert prose["top_p"] == 0.9, "what nobody says is what suits the model"


async def test_a_thread_is_resumed_with_its_past(open_at: Open, forced_engine: ForcedEngine, engine: Engine) -> None:
    forced_engine.script(["Forty-two.", "I said forty-two."])
    async with open_at(engine) as session:
        name = session.thread_id
        await say(session, "what is the answer?")
    async with open_at(engine, thread=name[:-1]) as session:
        assert session.thread_id == name
        await say(session, "what did you say?")

    said = [message["content"] for message in forced_engine.requests[1]["messages"]]
    assert "Forty-two." in said


async def test_a_file_changed_between_diff_and_yes_is_left_alone(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([EDIT])
    async with open_at(engine) as session:
        await say(session, f"change {PRICES}")
        (workspace / PRICES).write_text("# mine\n")
        heard = await decide(session)

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert heard.report.error.type == "EditConflictError"
    assert (workspace / PRICES).read_text() == "# mine\n"


async def test_a_waiting_change_is_discarded_by_a_new_request_and_both_are_said(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([EDIT, "Hello."])
    async with open_at(engine) as session:
        await say(session, f"change {PRICES}")
    async with open_at(engine, latest=True) as session:
        assert session.waiting is not None
        heard = await say(session, "what is new?")

    assert any("discarded" in notice.text for notice in heard.of(Notice))  # type: ignore[attr-defined]
    assert heard.report.answer == "Hello."
    assert "// 100" in (workspace / PRICES).read_text()


async def test_a_waiting_change_is_applied_after_a_restart(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([EDIT])
    async with open_at(engine, approve="none") as session:
        heard = await say(session, f"change {PRICES}")
        assert heard.report.status == "needs_approval"
    async with open_at(engine, latest=True, approve="edits") as session:
        done = await say(session, None)

    assert done.report.status == "done"
    assert (workspace / PRICES).read_text() == FIXED


async def test_a_prompt_larger_than_the_window_is_refused_with_both_numbers(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    async with open_at(engine) as session:
        heard = await say(session, "what is " + "this thing " * 40_000 + "?")

    error = heard.report.error
    assert error is not None
    assert error.type == "ContextWindowExceededError"
    assert "32,768" in error.message
    assert forced_engine.requests == []


async def test_the_whole_state_is_small(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([EDIT] + ["word " * 100] * 5)
    async with open_at(engine, approve="edits") as session:
        await say(session, f"change {PRICES}")
        for _ in range(5):
            await say(session, "what is a word?")

    assert sum(path.stat().st_size for path in (workspace / ".vivek").rglob("*.db*")) < 1_500_000


async def test_a_waiting_change_is_applied_without_any_model(
    workspace: Path, forced_engine: ForcedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_API_KEY", forced_engine.key)
    forced_engine.script([EDIT])
    place = open_place(workspace)
    there = Choices(model="llamacpp/default", base_url=forced_engine.url, approve="none")
    async with open_session(place, there) as session:
        await say(session, f"change {PRICES}")
    gone = Choices(latest=True, base_url="http://127.0.0.1:9", approve="edits")
    async with open_session(place, gone) as session:
        done = await say(session, None)

    assert done.report.status == "done"
    assert (workspace / PRICES).read_text() == FIXED


async def test_a_thread_goes_on_with_the_model_it_had(
    workspace: Path, forced_engine: ForcedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_API_KEY", forced_engine.key)
    forced_engine.script(["One.", "Two."])
    place = open_place(workspace)
    async with open_session(place, Choices(model="llamacpp/default", base_url=forced_engine.url)) as session:
        await say(session, "what is this?")
    async with open_session(place, Choices(latest=True)) as session:
        heard = await say(session, "what is that?")

    assert (session.model, heard.report.answer) == ("llamacpp/default", "Two.")


@pytest.mark.usefixtures("_nothing_serves")
async def test_no_model_is_an_error_that_says_what_to_do(workspace: Path) -> None:
    with pytest.raises(ProviderUnavailableError) as error:
        async with open_session(open_place(workspace), Choices()):
            pass

    assert "Ollama" in error.value.hint


@pytest.mark.covers("F-A13")
async def test_a_model_that_only_asks_for_files_is_stopped_at_the_step_limit(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    names = [f"till/part_{number}.py" for number in range(10)]
    for name in names:
        (workspace / name).write_text("x = 1\n")
    forced_engine.script([f"need: {name}" for name in names])
    async with open_at(engine) as session:
        heard = await say(session, f"change {PRICES}")

    # Random weights count as a small model: six steps.
    assert len(forced_engine.requests) == 6
    assert heard.report.status == "incomplete"
    assert any("still asks for files" in notice.text for notice in heard.of(Notice))  # type: ignore[attr-defined]


async def test_a_model_that_keeps_writing_files_unseen_is_stopped_too(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    names = [f"till/part_{number}.py" for number in range(10)]
    for name in names:
        (workspace / name).write_text("x = 1\n")
    forced_engine.script([f"{name}\n```python\nx = 2\n```\n" for name in names])
    async with open_at(engine, approve="all") as session:
        heard = await say(session, f"change {PRICES}")

    assert len(forced_engine.requests) == 6
    assert heard.report.status == "incomplete"
    assert all((workspace / name).read_text() == "x = 1\n" for name in names)


async def test_a_red_check_goes_back_with_its_evidence(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    (workspace / "till" / "broken.py").write_text("def f(:\n")
    still = "till/broken.py\n```python\ndef g(:\n```\n"
    good = "till/broken.py\n```python\ndef g() -> None: ...\n```\n"
    forced_engine.script([still, good])
    async with open_at(engine, approve="edits") as session:
        heard = await say(session, "fix till/broken.py")

    assert heard.report.status == "done"
    assert (workspace / "till" / "broken.py").read_text() == "def g() -> None: ...\n"
    assert forced_engine.unsaid == 0


async def test_byte_order_mark_line_ends_and_mode_of_a_file_survive_a_rewrite(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    path = workspace / "till" / "legacy.py"
    path.write_bytes("\ufeff# café\r\nRATE = 1\r\nNAME = 'x'".encode())
    path.chmod(0o750)
    forced_engine.script(["till/legacy.py\n```python\n# café\nRATE = 2\nNAME = 'x'\n```\n"])
    async with open_at(engine, approve="edits") as session:
        heard = await say(session, "change till/legacy.py")

    assert heard.report.status == "done"
    assert path.read_bytes() == "\ufeff# café\r\nRATE = 2\r\nNAME = 'x'".encode()
    assert path.stat().st_mode & 0o777 == 0o750
    shown = forced_engine.requests[0]["messages"][-1]["content"]
    assert "\r" not in shown
    assert "\ufeff" not in shown
    [change] = heard.report.changes
    assert (change.added, change.removed) == (1, 1)


async def test_a_name_that_several_files_share_is_said_to_be_unclear(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    (workspace / "shop").mkdir()
    (workspace / "shop" / "prices.py").write_text("RATE = 1\n")
    forced_engine.script(["Which one?"])
    async with open_at(engine) as session:
        await say(session, "what does prices.py do?")

    asked = forced_engine.requests[0]["messages"][-1]["content"]
    assert "`prices.py` may mean shop/prices.py, till/prices.py." in asked
    assert "The user's request:\nwhat does prices.py do?" in asked
