"""Whole turns whose replies are cut off, only thought, or made of a prompt that was cut."""

from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.flows.doubles import Said, Server
from tests.session.conftest import Engine, Heard, Open, say
from vivek.schema.events import CallDone, Notice, TextDelta, ThinkingDelta

PRICES = "till/prices.py"
# The tiny model has about five tokens for eight characters of these: 750, 1,400 and 2,100.
NUMBERS = " ".join(f"word{number}" for number in range(150))
SOME, MORE = ("".join(f"RATE_{number} = {number}\n" for number in range(count)) for count in (150, 225))


def told(heard: Heard) -> list[str]:
    return [event.text for event in heard.events if isinstance(event, Notice)]


@pytest.mark.engine
async def test_a_long_answer_is_gone_on_with_until_it_is_whole(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    def rest(body: dict[str, object]) -> str:
        messages = body["messages"]
        assert isinstance(messages, list)
        said = messages[-2]["content"]
        assert messages[-2]["role"] == "assistant"
        assert NUMBERS.startswith(said)
        return NUMBERS[len(said) - 5 :] + " The end."  # five characters are said twice

    forced_engine.script([NUMBERS, rest, "What I said."])
    async with open_at(engine) as session:
        heard = await say(session, "what are the words?")
        await say(session, "what was that?")

    assert heard.report.status == "done"
    assert heard.report.answer == NUMBERS + " The end."
    assert "".join(event.text for event in heard.events if isinstance(event, TextDelta)) == heard.report.answer
    assert forced_engine.requests[0]["max_tokens"] == 512
    assert any("goes on with it" in text for text in told(heard))
    assert heard.report.usage.calls == 2
    said = [message["content"] for message in forced_engine.requests[2]["messages"]]
    assert said[2] == NUMBERS + " The end.", "one reply, as if it had been said at once"
    assert len(said) == 4


@pytest.mark.engine
async def test_an_answer_that_does_not_end_is_incomplete(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    texts = [" ".join(f"{name}{number}" for number in range(1_500)) for name in ("one", "two", "three")]
    forced_engine.script(texts)
    async with open_at(engine) as session:
        heard = await say(session, "what is a word?")

    assert heard.report.status == "incomplete"
    assert any("incomplete: the reply was cut off at its limit" in text for text in told(heard))
    assert len([event for event in heard.events if isinstance(event, CallDone)]) == 3
    assert "one0 one1" in heard.report.answer
    assert "three5" in heard.report.answer


@pytest.mark.engine
async def test_a_change_that_was_cut_is_asked_for_again_and_applied_whole(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    whole = f"till/rates.py\n```python\n{SOME}```\n"
    forced_engine.script([whole, whole])
    async with open_at(engine, approve="edits", depth="fast") as session:
        heard = await say(session, "create till/rates.py with some rates")

    first, second = forced_engine.requests
    assert second["messages"] == first["messages"]
    assert second["max_tokens"] == 2 * first["max_tokens"]
    assert heard.report.status == "done"
    assert (workspace / "till" / "rates.py").read_text() == SOME
    assert any(f"asking again with room for {second['max_tokens']:,}" in text for text in told(heard))


@pytest.mark.engine
async def test_a_change_made_of_two_pieces_is_applied_when_the_second_one_ended(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    whole = f"till/rates.py\n```python\n{MORE}```\n"

    def rest(body: dict[str, object]) -> str:
        messages = body["messages"]
        assert isinstance(messages, list)
        return whole[len(messages[-2]["content"]) :]

    forced_engine.script([whole, whole, rest])
    async with open_at(engine, approve="edits", depth="fast") as session:
        heard = await say(session, "create till/rates.py with more rates")

    assert heard.report.status == "done", told(heard)
    assert (workspace / "till" / "rates.py").read_text() == MORE
    assert heard.report.usage.calls == 3


@pytest.mark.engine
async def test_thinking_that_runs_out_is_told_and_asked_without(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script(
        [f"<think>{NUMBERS.replace('word', 'doubt')}</think>Late.", "Yes.", "<think>so it is</think>No."]
    )
    async with open_at(engine) as session:
        heard = await say(session, "is it tested?")
        again = await say(session, "is it fast?")

    assert (heard.report.status, heard.report.answer) == ("done", "Yes.")
    assert [event for event in heard.events if isinstance(event, ThinkingDelta)]
    assert any("gave no answer; asked once more without thinking" in text for text in told(heard))
    assert forced_engine.requests[1]["chat_template_kwargs"] == {"enable_thinking": False}
    assert again.report.answer == "No."
    assert not any("doubt" in message["content"] for message in forced_engine.requests[2]["messages"])


async def test_a_model_that_only_thinks_ends_the_turn_visibly(open_at: Open) -> None:
    server = Server([Said(thinking="so " * 3_000), Said(thinking="so " * 3_000)])
    async with open_at(lambda: server) as session:
        heard = await say(session, "is it tested?")

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert heard.report.error.type == "ModelOutputInvalidError"
    assert "only thought" in heard.report.error.message
    assert heard.report.answer == ""


async def test_a_server_that_cut_the_prompt_is_told_and_its_reply_not_used(open_at: Open) -> None:
    server = Server([Said("It says nothing of the kind.", read=1_024), "Yes."])
    async with open_at(lambda: server) as session:
        heard = await say(session, "what is " + "this thing of all the things " * 400 + "?")
        again = await say(session, "what is that?")

    error = heard.report.error
    assert (heard.report.status, heard.report.answer) == ("failed", "")
    assert error is not None
    assert error.type == "ContextWindowExceededError"
    assert "read 1,024 of about" in error.message
    assert "`--window 1024`" in (error.hint or "")
    assert again.report.answer == "Yes."
    assert "nothing of the kind" not in str(server.requests[1].messages)


async def test_repetition_without_end_in_both_tries_leaves_the_turn_incomplete(open_at: Open) -> None:
    server = Server([Said("So it is, as I said. " * 3_000), Said("Once more: " + "so it is. " * 3_000)])
    async with open_at(lambda: server) as session:
        heard = await say(session, "is it so?")

    assert heard.report.status == "incomplete"
    assert any("repeated" in text and "without end" in text for text in told(heard))
    assert len(heard.report.answer) < 100


async def test_an_empty_answer_twice_is_a_failure(open_at: Open) -> None:
    server = Server(["", " "])
    async with open_at(lambda: server) as session:
        heard = await say(session, "is it so?")

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert "it was empty" in heard.report.error.message
