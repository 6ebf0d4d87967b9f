"""Long threads: what fills the window is summed up between turns, and no request is larger than the window."""

import itertools
from pathlib import Path

from tests.session.conftest import Open, decide, say
from tests.session.talking import ANSWER, spoken, told
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.session.doors.history import show_thread
from vivek.session.place import open_place

PRICES = "till/prices.py"


async def test_a_long_thread_goes_on_from_a_summary_with_the_users_words(workspace: Path, open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 40, window=4096)
    requests = [f"what is rule number {number} of the till?" for number in range(20)]
    notices: list[str] = []
    async with open_at(lambda: provider) as session:
        for text in requests:
            heard = await say(session, text)
            assert heard.report.status == "done", heard.report
            notices += told(heard)

    assert any("goes on from a summary" in text for text in notices)
    last = spoken(provider)[-1]
    summary = last[1].content
    assert "what is rule number 18 of the till?" in summary or any(
        "what is rule number 18" in message.content for message in last[:-1]
    )
    assert [text for role, text in show_thread(open_place(workspace), session.thread_id) if role == "user"] == requests


async def test_within_a_generation_nothing_sent_before_changes(open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 30, window=4096)
    async with open_at(lambda: provider) as session:
        for number in range(12):
            await say(session, f"what is rule number {number}?")

    begun_anew = 0
    for before, after in itertools.pairwise(spoken(provider)):
        if after[: len(before)] != before:
            begun_anew += 1
            assert len(after) < len(before)
        else:
            # A conversation that fills more than its share does not go on.
            said = sum(len(message.content) for message in after[: len(before) + 1])
            assert said / 4 <= 0.65 * 4096
    assert 0 < begun_anew < 6


async def test_a_new_generation_lasts_for_several_turns(open_at: Open) -> None:
    provider = ScriptedProvider([ANSWER] * 60, window=8192)
    async with open_at(lambda: provider) as session:
        for number in range(40):
            await say(session, f"what is rule number {number} of all the rules that the till keeps?")

    starts = [
        index
        for index, (before, after) in enumerate(itertools.pairwise(spoken(provider)))
        if after[: len(before)] != before
    ]
    assert len(starts) >= 2
    assert min(after - before for before, after in itertools.pairwise(starts)) >= 3


async def test_a_new_generation_has_room_for_the_file_that_is_asked_about(workspace: Path, open_at: Open) -> None:
    # Words that every tokenizer knows: a prompt of them looks like none that was cut.
    text = "# Everybody understands that another beautiful morning follows every single evening.\n" * 80 + "RATE = 9\n"
    (workspace / "till" / "rates.py").write_text(text)
    provider = ScriptedProvider([ANSWER] * 40, window=8192)
    async with open_at(lambda: provider) as session:
        for number in range(20):
            await say(session, f"explain rate {number} of till/rates.py " + "in all its detail " * 30)

    asked = spoken(provider)
    begun = [after for before, after in itertools.pairwise(asked) if after[: len(before)] != before]
    assert begun
    assert all("RATE = 9" in messages[-1].content for messages in begun)


async def test_a_changed_file_is_named_in_the_summary(workspace: Path, open_at: Open) -> None:
    edit = f"{PRICES}\n```python\nRATE = 1\n\n\ndef discount(price: int, percent: int) -> int:\n    return price\n```\n"
    provider = ScriptedProvider([edit, *[ANSWER] * 30], window=4096)
    async with open_at(lambda: provider) as session:
        await say(session, f"change {PRICES}")
        await decide(session)
        for number in range(12):
            await say(session, f"what is rule number {number}?")

    summaries = {messages[1].content for messages in spoken(provider) if "earlier" in messages[1].content}
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
