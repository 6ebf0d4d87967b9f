"""Edits of files that are too long to be written anew: the format fits the file, and a failure steps down alone."""

from pathlib import Path

import pytest

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import ApprovalRequested, EditStaged, Notice

LONG = "till/rates.py"
PRICES = "till/prices.py"


def rates(count: int = 90) -> str:
    return "".join(f"RATE_{number} = {number}\n" for number in range(count))


def block(old: str, new: str, path: str = LONG) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n"


@pytest.fixture
def long(workspace: Path) -> Path:
    """Return the workspace with a file of ninety lines."""
    (workspace / LONG).write_text(rates())
    return workspace


async def test_a_long_file_is_edited_by_the_lines_that_change(long: Path, open_at: Open) -> None:
    provider = ScriptedProvider([block("RATE_7 = 7", "RATE_7 = 70")])
    async with open_at(lambda: provider, approve="edits") as session:
        heard = await say(session, f"change rate 7 in {LONG} to 70")

    assert heard.report.status == "done"
    assert (long / LONG).read_text() == rates().replace("RATE_7 = 7\n", "RATE_7 = 70\n")
    prompt = provider.requests[0].messages[-1].content
    assert "SEARCH/REPLACE blocks for till/rates.py" in prompt
    assert ">>>>>>> REPLACE" in prompt
    assert provider.requests[0].max_tokens is not None


async def test_a_format_is_explained_once_a_generation(long: Path, open_at: Open) -> None:
    provider = ScriptedProvider([block(f"RATE_{n} = {n}", f"RATE_{n} = {n}0") for n in (7, 8)])
    async with open_at(lambda: provider, approve="edits") as session:
        await say(session, f"change rate 7 in {LONG} to 70")
        await say(session, f"change rate 8 in {LONG} to 80")

    first, second = (request.messages[-1].content for request in provider.requests)
    assert ">>>>>>> REPLACE" in first
    assert ">>>>>>> REPLACE" not in second
    assert "SEARCH/REPLACE blocks for till/rates.py" in second
    assert provider.requests[1].messages[: len(provider.requests[0].messages)] == provider.requests[0].messages


async def test_an_edit_that_fails_is_asked_for_one_rung_lower_and_the_good_one_is_kept(
    long: Path, open_at: Open
) -> None:
    small = "RATE = 1\n\n\ndef discount(price: int, percent: int) -> int:\n    return price\n"
    wrong = block("RATE_7 = seven", "RATE_7 = 70")
    whole = f"{LONG}\n```\n{rates().replace('RATE_7 = 7', 'RATE_7 = 70')}```\n"
    provider = ScriptedProvider([f"{PRICES}\n```python\n{small}```\n\n{wrong}", whole])
    async with open_at(lambda: provider, approve="edits") as session:
        heard = await say(session, f"change rate 7 in {LONG} and {PRICES}")

    assert heard.report.status == "done"
    assert (long / PRICES).read_text() == small
    assert "RATE_7 = 70\n" in (long / LONG).read_text()
    mended = provider.requests[1].messages[-1].content
    assert "RATE_7 = 7\n" in mended  # the nearest real lines
    assert f"Your edits of {PRICES} are taken" in mended
    assert "Give till/rates.py in this way now" in mended


async def test_an_edit_of_a_later_step_is_held_against_what_is_staged(long: Path, open_at: Open) -> None:
    first, second = block("RATE_7 = 7", "RATE_7 = 70"), block("RATE_7 = 70\nRATE_8 = 8", "RATE_7 = 70\nRATE_8 = 80")
    provider = ScriptedProvider([first, second])
    async with open_at(lambda: provider) as session:
        await say(session, f"change rate 7 in {LONG} to 70")
        await decide(session, approved=False, reason="rate 8 as well")
        heard = await decide(session)

    assert heard.report.status == "done"
    assert (long / LONG).read_text() == rates().replace("_7 = 7\n", "_7 = 70\n").replace("_8 = 8\n", "_8 = 80\n")


async def test_a_file_whose_change_was_declined_is_shown_again_as_it_is(long: Path, open_at: Open) -> None:
    provider = ScriptedProvider([block("RATE_7 = 7", "RATE_7 = 70"), "Yes.", "It is 7."])
    async with open_at(lambda: provider) as session:
        await say(session, f"change rate 7 in {LONG} to 70")
        await decide(session, approved=False)
        await say(session, "is it tested?")
        await say(session, f"what is rate 7 in {LONG}?")

    assert "has changed since you saw it" not in provider.requests[1].messages[-1].content
    assert "RATE_7 = 7\n" in provider.requests[2].messages[-1].content


async def test_a_file_too_large_for_the_window_is_read_and_edited_in_parts(workspace: Path, open_at: Open) -> None:
    text = "".join(f"def rate_{number}():\n    return {number}\n\n\n" for number in range(900))
    (workspace / LONG).write_text(text)
    replies = [f"read: {LONG}:2801-2804", block("def rate_700():\n    return 700", "def rate_700():\n    return 7")]
    provider = ScriptedProvider(replies, window=8192)
    async with open_at(lambda: provider, approve="edits") as session:
        heard = await say(session, f"change rate_700 in {LONG} to return 7")

    assert heard.report.status == "done", heard.of(Notice)
    assert (workspace / LONG).read_text() == text.replace("return 700\n", "return 7\n")
    assert "too many to be shown at once" in provider.requests[0].messages[-1].content
    assert "    return 700" in provider.requests[1].messages[-1].content


async def test_a_file_of_which_only_a_part_was_seen_is_not_replaced_as_a_whole(workspace: Path, open_at: Open) -> None:
    text = "".join(f"def rate_{number}():\n    return {number}\n\n\n" for number in range(900))
    (workspace / LONG).write_text(text)
    made_up = f"{LONG}\n```python\n" + text.replace("return 700\n", "return 7\n") + "```\n"
    edit = block("def rate_700():\n    return 700", "def rate_700():\n    return 7")
    provider = ScriptedProvider([f"read: {LONG}:2801-2804", made_up, edit], window=32768)
    (workspace / LONG).write_text(text * 4)
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change rate_700 in {LONG} to return 7")

    assert "RATE" not in str(heard.report.diff)
    assert (workspace / LONG).read_text() == text * 4


async def test_edits_of_several_steps_add_up_to_one_change(workspace: Path, open_at: Open) -> None:
    broken = (
        f"{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return price - undefined_name\n```\n"
    )
    made = "till/made.py\n```python\nMADE = 1\n```\n"
    mended = f"{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return price - 1\n```\n"
    provider = ScriptedProvider([broken + "\n" + made, mended])
    async with open_at(lambda: provider) as session:
        heard = await say(session, f"change {PRICES}")
        heard = (
            await decide(session, approved=False, reason="use one, not a name")
            if provider.requests[1:] == []
            else heard
        )

    [asked] = heard.of(ApprovalRequested)
    assert isinstance(asked, ApprovalRequested)
    assert {change.path for change in asked.changes} == {PRICES, "till/made.py"}
    assert "return price - 1" in asked.diff
    assert len(heard.of(EditStaged)) >= 1


async def test_a_text_that_the_user_edits_is_what_is_applied_and_the_model_is_told(
    workspace: Path, open_at: Open
) -> None:
    edit = f"{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return price\n```\n"
    mine = "RATE = 5\n\n\ndef discount(price: int, percent: int) -> int:\n    return price - 5\n"
    provider = ScriptedProvider([edit, "It takes five off."])
    async with open_at(lambda: provider) as session:
        asked = await say(session, f"change {PRICES}")
        done = await decide(session, edited=((PRICES, mine),))
        await say(session, f"what does {PRICES} do now?")

    assert done.report.status == "done"
    assert "+    return price\n" in asked.report.diff
    assert "+    return price - 5\n" in done.report.diff, "the report holds what was applied"
    assert "+    return price\n" not in done.report.diff
    [change] = done.report.changes
    assert (change.added, change.removed) == (done.report.diff.count("\n+") - 1, done.report.diff.count("\n-") - 1)
    assert (workspace / PRICES).read_text() == mine
    told = provider.requests[1].messages[-1].content
    assert "The user edited your text of till/prices.py" in told
    assert "return price - 5" in told


async def test_a_whole_file_under_half_its_old_size_asks_even_where_edits_are_applied_unasked(
    long: Path, open_at: Open
) -> None:
    short = f"{LONG}\n```\n{rates(30)}```\n"
    provider = ScriptedProvider([short, short])
    async with open_at(lambda: provider, approve="edits") as session:
        heard = await say(session, f"remove the rates from 30 on of {LONG}")
        assert heard.report.status == "needs_approval"
        assert (long / LONG).read_text() == rates()
        [asked] = heard.of(ApprovalRequested)
        assert [(each.check, each.level, each.text) for each in asked.concerns] == [
            ("V08", "ask", "loses more than half of its text")
        ]
        done = await decide(session)

    assert done.report.status == "done"
    assert (long / LONG).read_text() == rates(30)
