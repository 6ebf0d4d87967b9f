"""Questions of vivek's own beside a conversation: nothing of them stays in it."""

import pytest

from tests.flows.doubles import Said, Server, ask, asker_of, notices, question
from vivek.errors import ModelOutputInvalidError
from vivek.prompts.transcript import Transcript


async def test_neither_question_nor_reply_joins_the_conversation(transcript: Transcript, head: str) -> None:
    server = Server(["A note.", "An answer."])
    asking = asker_of(server, transcript)

    aside, _ = await ask(asking, question(head, aside=True))
    answer, _ = await ask(asking, question(aside.head))

    assert aside.text == "A note."
    assert aside.head == head
    assert aside.usage.calls == 1
    assert server.requests[1].messages == server.requests[0].messages
    assert [message.content for message in transcript.messages(answer.head)][-1] == "An answer."
    assert "A note." not in str(transcript.messages(answer.head))


async def test_a_reply_that_is_cut_off_is_taken_as_it_is(transcript: Transcript, head: str) -> None:
    server = Server([Said("One, two and", finish="length"), "never asked for"])

    answer, events = await ask(asker_of(server, transcript), question(head, aside=True))

    assert answer.text == "One, two and"
    assert answer.finish == "length"
    assert len(server.requests) == 1
    assert notices(events) == []


@pytest.mark.parametrize(("thinks", "think"), [("no", None), ("yes", False), ("always", None)])
async def test_no_time_is_spent_on_thoughts(transcript: Transcript, head: str, thinks: str, think: bool | None) -> None:
    server = Server(["A note."])

    await ask(asker_of(server, transcript, thinks=thinks), question(head, aside=True))

    assert server.requests[0].think is think


async def test_an_empty_reply_is_not_asked_for_again(transcript: Transcript, head: str) -> None:
    server = Server(["", "never asked for"])

    with pytest.raises(ModelOutputInvalidError):
        await ask(asker_of(server, transcript), question(head, aside=True, corrections=0))

    assert len(server.requests) == 1
