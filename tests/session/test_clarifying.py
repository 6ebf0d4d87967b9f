"""A question of the model instead of an answer: asked once, answered by the next message, kept through restarts."""

import json
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import PlanReady
from vivek.schema.questions import Clarification
from vivek.schema.report import TurnUsage
from vivek.schema.wishes import TurnWish
from vivek.session.place import open_place
from vivek.session.threads.index import ThreadIndex

PRICES = "till/prices.py"
ASK = "make the rounding right everywhere"
PLAN = {"kind": "change", "steps": ["Round as chosen."], "files": [PRICES], "mode": "peer"}
ASKING = json.dumps({**PLAN, "question": "Which rounding?", "choices": ["Up", "Down", "To even"]})
ASKING_AGAIN = json.dumps({**PLAN, "question": "Are you sure?", "choices": ["Yes"]})
EDIT = f"Done.\n\n{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return 0\n```\n"
ASKED = Clarification("Which rounding?", ("Up", "Down", "To even"))


def prompt(provider: ScriptedProvider) -> str:
    return provider.requests[-1].messages[-1].content


def plans(provider: ScriptedProvider) -> int:
    return sum("Plan how to handle the request." in asked.messages[-1].content for asked in provider.requests)


@pytest.mark.parametrize("answer", ["2", " 2) ", "down", "Down"])
async def test_a_choice_is_picked_and_the_turn_goes_on_with_its_plan(
    open_at: Open, workspace: Path, answer: str
) -> None:
    before = (workspace / PRICES).read_bytes()
    provider = ScriptedProvider([ASKING, EDIT])
    async with open_at(lambda: provider, approve="edits") as session:
        asked = await say(session, ASK)
        assert (asked.report.status, asked.report.question) == ("needs_answer", ASKED)
        assert asked.report.answer == "Which rounding?\n\n1. Up\n2. Down\n3. To even"
        assert (workspace / PRICES).read_bytes() == before

        done = await say(session, answer)

    assert (done.report.status, done.report.question) == ("done", None)
    assert [change.path for change in done.report.changes if change.applied] == [PRICES]
    assert (len(provider.requests), plans(provider)) == (2, 1), "the plan is not made a second time"
    assert f"{ASK}\n\nYou asked: Which rounding?\nThe answer: Down" in prompt(provider)
    [ready] = done.of(PlanReady)
    assert isinstance(ready, PlanReady)
    assert (ready.plan.steps, ready.plan.question, ready.made) == (("Round as chosen.",), "", False)


async def test_an_answer_in_words_is_planned_with_and_nothing_is_asked_a_second_time(open_at: Open) -> None:
    provider = ScriptedProvider([ASKING, ASKING_AGAIN, EDIT])
    async with open_at(lambda: provider, approve="edits") as session:
        await say(session, ASK)
        done = await say(session, "whatever the tax office wants, and say which")

    assert done.report.status == "done"
    assert plans(provider) == 2
    schema = provider.requests[1].schema
    assert schema is not None
    assert schema["properties"]["question"] == {"type": "string", "enum": [""]}  # type: ignore[index]  # a JSON value
    said = "\n".join(message.content for message in provider.requests[-1].messages)
    assert "The answer: whatever the tax office wants, and say which" in said


async def test_the_turn_after_the_answer_may_ask_again(open_at: Open) -> None:
    provider = ScriptedProvider([ASKING, EDIT, ASKING_AGAIN])
    async with open_at(lambda: provider, approve="edits") as session:
        await say(session, ASK)
        await say(session, "1")
        again = await say(session, "make the taxes right everywhere")

    assert again.report.question == Clarification("Are you sure?", ("Yes",))


async def test_a_thread_that_waits_for_an_answer_is_listed_so_and_asks_again_when_it_is_opened(
    open_at: Open, workspace: Path
) -> None:
    async with open_at(lambda: ScriptedProvider([ASKING]), thread="calm-otter-7") as session:
        await say(session, ASK)
    with ThreadIndex.open() as index:
        assert [each.status for each in index.list(open_place(workspace).root)] == ["needs_answer"]

    provider = ScriptedProvider([EDIT])
    async with open_at(lambda: provider, thread="calm-otter-7", approve="edits") as session:
        assert session.reopening.status == "needs_answer"
        assert session.reopening.question == ASKED
        [told] = [notice for notice in session.notices if "waits for an answer" in notice.text]
        assert "2. Down" in told.text
        shown = await say(session, None)
        assert (shown.report.status, shown.report.question) == ("needs_answer", ASKED)
        assert shown.report.usage == TurnUsage(), "nothing was computed for it"
        done = await say(session, "3")

    assert done.report.status == "done"
    assert "The answer: To even" in prompt(provider)


async def test_the_thread_shows_what_was_typed_and_not_what_was_made_of_it(open_at: Open, workspace: Path) -> None:
    from vivek.session.doors.history import show_thread

    async with open_at(lambda: ScriptedProvider([ASKING, "Fine."]), thread="calm-otter-7") as session:
        await say(session, ASK)
        await say(session, "2")

    said = [text for role, text in show_thread(open_place(workspace), "calm-otter-7") if role == "user"]
    assert said == [ASK, "Down"]


async def test_what_is_asked_for_in_so_many_words_is_no_answer(open_at: Open) -> None:
    provider = ScriptedProvider([ASKING, "It rounds down."])
    async with open_at(lambda: provider) as session:
        await say(session, ASK)
        events = [event async for event in session.send("how does it round now?", TurnWish(reads_only=True))]

    assert events
    assert "The answer:" not in prompt(provider)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("1", "Up"), ("3.", "To even"), ("0", "0"), ("4", "4"), ("12", "12"), ("2 of them", "2 of them"), ("up", "Up")],
)
def test_only_the_number_of_a_choice_is_one(said: str, meant: str) -> None:
    assert ASKED.meant(said) == meant
