"""What the model itself notes before its conversation is cut: used, checked, never needed."""

import asyncio
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from tests.session.talking import ANSWER, NOTED, Noting, configure, first_words, is_aside, spoken, until_anew
from vivek.providers.adapters.scripted import ScriptedReply
from vivek.schema.events import Notice, TextDelta
from vivek.session.doors.history import show_thread
from vivek.session.place import open_place
from vivek.session.session import Session


async def test_the_model_notes_what_it_must_keep_and_its_words_are_no_answer(workspace: Path, open_at: Open) -> None:
    provider = Noting()
    async with open_at(lambda: provider) as session:
        heard = await until_anew(session)

    assert "Your own notes on it:\n- a price is in whole cents\n- the rule is in till/prices.py\n" in first_words(
        provider
    )
    assert "till/taxes.py" not in first_words(provider)
    shown = "".join(event.text for event in heard.events if isinstance(event, TextDelta))
    assert shown == ANSWER.strip() or shown == ANSWER
    assert "whole cents" not in heard.report.answer
    assert [done.node for done in heard.report.usage.models] == ["summary", "executor"]
    assert all("whole cents" not in text for _, text in show_thread(open_place(workspace), session.thread_id))


async def test_the_question_what_to_note_follows_the_conversation_and_is_forgotten(open_at: Open) -> None:
    provider = Noting()
    async with open_at(lambda: provider) as session:
        await until_anew(session)

    [aside] = [request for request in provider.requests if is_aside(request.messages)]
    before = provider.requests[provider.requests.index(aside) - 1].messages
    assert aside.messages[: len(before)] == before
    assert aside.max_tokens <= 4096 // 16
    assert not any(is_aside((message,)) for message in spoken(provider)[-1])


async def test_notes_of_long_ago_are_kept_when_the_model_gives_none(open_at: Open) -> None:
    provider = Noting()
    async with open_at(lambda: provider) as session:
        await until_anew(session)
        provider.noted = ScriptedReply("```\n```")
        await until_anew(session)

    assert "- a price is in whole cents" in first_words(provider)


@pytest.mark.parametrize(
    "reply", [ScriptedReply("", finish="stop"), ScriptedReply("- half a", finish=None), ScriptedReply("x")]
)
async def test_without_a_usable_note_the_conversation_goes_on_all_the_same(reply: ScriptedReply, open_at: Open) -> None:
    provider = Noting(reply)
    async with open_at(lambda: provider) as session:
        heard = await until_anew(session)

    assert heard.report.status == "done"
    assert "1. what is rule number 0?" in first_words(provider)
    assert "half a" not in first_words(provider)


async def test_the_note_can_be_switched_off(workspace: Path, open_at: Open) -> None:
    configure(workspace, "notes = false")
    provider = Noting()
    async with open_at(lambda: provider) as session:
        await until_anew(session)

    assert not any(is_aside(request.messages) for request in provider.requests)
    assert "1. what is rule number 0?" in first_words(provider)


async def test_a_turn_stopped_while_the_model_makes_its_notes_leaves_nothing_of_them(
    workspace: Path, open_at: Open
) -> None:
    provider = Noting(ScriptedReply("- this note is never finished " * 40, delay=0.05))
    noting = asyncio.Event()

    async def listen(session: Session) -> None:
        for number in range(12):
            async for event in session.send(f"what is rule number {number}?"):
                if isinstance(event, Notice) and "notes what it must still know" in event.text:
                    noting.set()

    async with open_at(lambda: provider) as session:
        task = asyncio.create_task(listen(session))
        await noting.wait()
        while not is_aside(provider.requests[-1].messages):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        provider.noted = ScriptedReply(NOTED)
        heard = await say(session, "and now?")

    assert heard.report.status == "done"
    assert "never finished" not in str(spoken(provider)[-1])
    assert all("never finished" not in text for _, text in show_thread(open_place(workspace), session.thread_id))
