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
        await session.compact("the cents")
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
        await session.compact("the cents")
        await say(session, "and a rate?")

    system, asked = spoken(provider)[-1]
    assert "Prices are whole cents." in system.content
    assert "Prices are whole cents." not in asked.content


async def test_a_short_thread_is_left_as_it_is_unless_there_are_words_to_keep(open_at: Open) -> None:
    provider = Noting(window=32_768)
    async with open_at(lambda: provider) as session:
        await say(session, "what is a price?")
        [notice] = await session.compact("  ")
        await say(session, "and a rate?")
        kept = await session.compact("the cents")

    assert "nothing to gain" in notice.text
    assert "`/compact WORDS`" in notice.hint
    first, second = spoken(provider)
    assert second[: len(first)] == first, "nothing is read anew"
    assert any("goes on from a summary" in notice.text for notice in kept)


async def test_a_thread_is_summed_up_as_soon_as_that_makes_it_shorter(open_at: Open) -> None:
    provider = Noting(window=32_768)
    sizes: list[int] = []
    async with open_at(lambda: provider) as session:
        for number in range(9):
            await say(session, f"what is rule number {number}?")
            sizes.append(sum(len(message.content) for message in spoken(provider)[-1]))
            notices = await session.compact()
            if any("goes on from a summary" in notice.text for notice in notices):
                break
        await say(session, "and now?")

    assert 1 <= len(sizes) < 9
    assert sum(len(message.content) for message in spoken(provider)[-1]) < sizes[-1] + len(ANSWER)
