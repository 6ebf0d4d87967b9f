"""Long threads: what fills the window is summed up between turns, and no request is larger than the window."""

import itertools
from pathlib import Path

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import Notice
from vivek.session.doors.history import show_thread
from vivek.session.place import open_place

PRICES = "till/prices.py"
ANSWER = "It takes a percentage off a price, as the shop wants it. " * 30


async def test_a_long_thread_goes_on_from_a_summary_with_the_users_words(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 20, window=4096)
    requests = [f"what is rule number {number} of the till?" for number in range(20)]
    notices: list[str] = []
    async with open_at(lambda: provider) as session:
        for text in requests:
            heard = await say(session, text)
            assert heard.report.status == "done", heard.report
            notices += [event.text for event in heard.of(Notice)]  # type: ignore[attr-defined]  # of() is untyped

    assert any("goes on from a summary" in text for text in notices)
    last = provider.requests[-1].messages
    summary = last[1].content
    assert "what is rule number 18 of the till?" in summary or any(
        "what is rule number 18" in message.content for message in last[:-1]
    )
    assert [text for role, text in show_thread(open_place(workspace), session.thread_id) if role == "user"] == requests


async def test_within_a_generation_nothing_sent_before_changes(open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 12, window=4096)
    async with open_at(lambda: provider) as session:
        for number in range(12):
            await say(session, f"what is rule number {number}?")

    begun_anew = 0
    for before, after in itertools.pairwise(request.messages for request in provider.requests):
        if after[: len(before)] != before:
            begun_anew += 1
            assert len(after) < len(before)
    assert 0 < begun_anew < 6


async def test_a_new_generation_lasts_for_several_turns(open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 40, window=8192)
    async with open_at(lambda: provider) as session:
        for number in range(40):
            await say(session, f"what is rule number {number} of all the rules that the till keeps?")

    starts = [
        index
        for index, (before, after) in enumerate(itertools.pairwise(request.messages for request in provider.requests))
        if after[: len(before)] != before
    ]
    assert len(starts) >= 2
    assert min(after - before for before, after in itertools.pairwise(starts)) >= 3


async def test_a_new_generation_has_room_for_the_file_that_is_asked_about(workspace: Path, open_at: Open) -> None:
    text = "".join(f"RATE_{number} = {number}\n" for number in range(400))
    (workspace / "till" / "rates.py").write_text(text)
    provider = ScriptedProvider([ANSWER] * 20, window=8192)
    async with open_at(lambda: provider) as session:
        for number in range(20):
            await say(session, f"explain rate {number} of till/rates.py " + "in all its detail " * 30)

    asked = [request.messages for request in provider.requests]
    begun = [after for before, after in itertools.pairwise(asked) if after[: len(before)] != before]
    assert begun
    assert all("RATE_399 = 399" in messages[-1].content for messages in begun)


async def test_a_changed_file_is_named_in_the_summary(workspace: Path, open_at: Open) -> None:
    edit = f"{PRICES}\n```python\nRATE = 1\n\n\ndef discount(price: int, percent: int) -> int:\n    return price\n```\n"
    provider = ScriptedProvider([edit, *[ANSWER] * 12], window=4096)
    async with open_at(lambda: provider) as session:
        await say(session, f"change {PRICES}")
        await decide(session)
        for number in range(12):
            await say(session, f"what is rule number {number}?")

    summaries = {
        request.messages[1].content for request in provider.requests if "earlier" in request.messages[1].content
    }
    assert summaries
    assert all(PRICES in summary for summary in summaries)


async def test_the_notes_of_the_project_are_data_in_the_system_text(workspace: Path, open_at: Open) -> None:
    (workspace / "vivek.md").write_text("Prices are whole cents.\n")
    provider = ScriptedProvider(["Yes.", "Yes.", "Yes."])
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        (workspace / "vivek.md").write_text("Prices are floats.\n")
        await say(session, "what is a price now?")
        await say(session, "and now?")

    first, second, third = (request.messages for request in provider.requests)
    assert "Prices are whole cents." in first[0].content
    assert second[0] == first[0] == third[0]
    assert "Prices are floats." in second[-1].content
    assert "Prices are floats." not in third[-1].content


async def test_the_list_of_files_is_told_once(open_at: Open) -> None:
    provider = ScriptedProvider(["Yes.", "Yes."])
    async with open_at(lambda: provider) as session:
        await say(session, "what is here?")
        await say(session, "what else?")

    first, second = (request.messages[-1].content for request in provider.requests)
    assert "till/report.py" in first
    assert "till/report.py" not in second
