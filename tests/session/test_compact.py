"""Making room because the user says so."""

from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from tests.session.talking import ANSWER, PRICES, Noting, is_aside, spoken
from vivek.errors import ThreadError
from vivek.providers.adapters.scripted import ScriptedProvider


async def test_compact_says_what_it_did_and_keeps_what_the_user_wants(open_at: Open) -> None:
    provider = Noting(window=32_768)
    async with open_at(lambda: provider) as session:
        for number in range(4):
            await say(session, f"what is rule number {number}?")
        notices = await session.compact("the names of the rules")
        await say(session, "and now?")

    assert any("goes on from a summary" in notice.text for notice in notices)
    [aside] = [request.messages for request in provider.requests if is_aside(request.messages)]
    assert "Above all keep: the names of the rules" in aside[-1].content
    messages = spoken(provider)[-1]
    assert len(messages) == 2
    assert "4. what is rule number 3?" in messages[1].content
    assert "keep in mind: the names of the rules" in messages[1].content
    assert "- a price is in whole cents" in messages[1].content


async def test_compact_waits_for_an_open_turn_and_for_something_said(open_at: Open) -> None:
    edit = f"{PRICES}\n```python\nRATE = 1\n```\n"
    provider = ScriptedProvider([edit, *[ANSWER] * 3])
    async with open_at(lambda: provider) as session:
        with pytest.raises(ThreadError, match="Nothing was said"):
            await session.compact()
        await say(session, f"change {PRICES}")
        with pytest.raises(ThreadError, match="still open"):
            await session.compact()


async def test_a_compacted_thread_goes_on_in_another_session(open_at: Open) -> None:
    provider = Noting()
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        await session.compact()
        thread = session.thread_id
    async with open_at(lambda: provider, thread=thread) as session:
        heard = await say(session, "and a rate?")

    assert heard.report.status == "done"
    assert "1. what is a price?" in spoken(provider)[-1][1].content


async def test_notes_that_changed_are_in_the_new_head_and_not_told_again(workspace: Path, open_at: Open) -> None:
    provider = Noting(window=32_768)
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        (workspace / "vivek.md").write_text("Prices are whole cents.\n")
        await session.compact()
        await say(session, "and a rate?")

    system, asked = spoken(provider)[-1]
    assert "Prices are whole cents." in system.content
    assert "Prices are whole cents." not in asked.content
