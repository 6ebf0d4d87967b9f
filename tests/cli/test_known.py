"""Answers from the index in the chat: at once, labelled, given up for the model by one key, without a trace."""

from pathlib import Path

import pytest

from tests.cli.fakes import until
from tests.cli.slash.talking import RealTalk, real_chat
from vivek.cli.turn.known import ASK_INSTEAD, FromIndex
from vivek.config.folders import config_folder
from vivek.errors import ProviderUnavailableError
from vivek.session.doors.history import show_thread
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.options import Choices
from vivek.session.place import open_place

WHERE = "where is discount?"
TOLD = "from the index: where discount is\ntill/prices.py:4: def discount(price: int, percent: int) -> int"
NO_MODEL = ProviderUnavailableError("No model server answers.", hint="Start one.")


@pytest.fixture
def indexed(workspace: Path) -> Path:
    place = open_place(workspace)
    with open_lookup(place, find_home(place)) as lookup:
        lookup.refresh()
    return workspace


async def presses_enter(talk: RealTalk) -> None:
    """Press Enter on an empty line and wait for the prompt after it."""
    await talk.types("")


async def test_a_question_about_a_known_name_is_answered_without_a_model(indexed: Path) -> None:
    async with real_chat(indexed, "Never said.") as talk:
        told = await talk.types(WHERE)
        assert TOLD in told
        assert told.endswith(ASK_INSTEAD)
        assert (talk.reports, talk.opener.provider.requests, talk.chat.thread) == ([], [], None)


async def test_enter_on_an_empty_line_asks_the_model_once(indexed: Path) -> None:
    async with real_chat(indexed, "In the prices.", "No more.") as talk:
        await talk.types(WHERE)
        await presses_enter(talk)
        assert [report.answer for report in talk.reports] == ["In the prices."]
        assert WHERE in talk.prompt()
        assert talk.chat.thread is not None
        assert [text for _, text in show_thread(open_place(indexed), talk.chat.thread)] == [WHERE, "In the prices."]


async def test_what_can_be_asked_instead_is_given_up_by_another_message(indexed: Path) -> None:
    told: list[str] = []
    known = FromIndex(open_place(indexed), Choices(), told.append)

    assert (await known.answer(WHERE), known.waits) == (True, True)
    assert (await known.answer("why is it slow and what can we do?"), known.waits) == (False, False)
    assert await known.answer(WHERE)
    assert (known.take(), known.take(), known.waits) == (WHERE, None, False)
    await known.close()
    assert len(told) == 2


async def test_it_works_without_any_model(indexed: Path) -> None:
    async with real_chat(indexed, error=NO_MODEL) as talk:
        await until(lambda: any("No model server answers." in line for line in talk.told))
        assert TOLD in await talk.types(WHERE)


async def test_asking_in_so_many_words_goes_to_the_model(indexed: Path) -> None:
    async with real_chat(indexed, "In the prices.") as talk:
        await talk.types(f"/ask {WHERE}")
        assert len(talk.reports) == 1


async def test_an_answer_to_the_model_is_never_taken_for_a_question_to_the_index(indexed: Path) -> None:
    asking = (
        '{"kind": "answer", "steps": ["Say it."], "files": [], "mode": "peer", "question": "Which file?", '
        '"choices": ["till/prices.py", "till/report.py"]}'
    )
    async with real_chat(indexed, asking, "Good.") as talk:
        told = await talk.types("round everything well")
        assert "Answer with a number, or in your own words." in told
        await talk.types("till/prices.py")
        assert [report.status for report in talk.reports] == ["needs_answer", "done"]
        assert "The answer: till/prices.py" in talk.prompt()


async def test_after_a_restart_the_next_message_answers_too(indexed: Path) -> None:
    asking = '{"kind": "answer", "steps": ["Say it."], "files": [], "mode": "peer", "question": "Which file?"}'
    async with real_chat(indexed, asking) as talk:
        await talk.types("round everything well")
    async with real_chat(indexed, "Good.", latest=True) as talk:
        await until(lambda: talk.chat.opened() is not None)
        await talk.types("till/prices.py")
        assert [report.status for report in talk.reports] == ["done"]
        assert "You asked: Which file?\nThe answer: till/prices.py" in talk.prompt()


async def test_a_pattern_that_cannot_be_used_is_told_in_the_chat(indexed: Path) -> None:
    async with real_chat(indexed, "It is a till.") as talk:
        with (config_folder() / "config.toml").open("a") as file:
            file.write("[answers]\npatterns = ['wo ist (']\n")
        told = await talk.types("what is a till, and why?")
        assert "is no regular expression" in told
        assert len(talk.reports) == 1
