"""A model that thinks: how much, what comes of it, and that nothing of it is kept."""

import pytest

from tests.flows.doubles import Said, Server, as_it_is, ask, asker_of, notices, question
from vivek.errors import ModelOutputInvalidError
from vivek.flows.context import Correction
from vivek.prompts.transcript import Transcript
from vivek.schema.chunk import FinishReason, Usage
from vivek.schema.events import Event, TextDelta, ThinkingDelta
from vivek.schema.report import TurnUsage

LONG = "hm, let me see, " * 1_000  # 4,000 tokens, about
SCHEMA: dict[str, object] = {"type": "object", "properties": {"a": {"type": "integer"}}}


def read_object(text: str, finish: FinishReason) -> str | Correction:
    return text if text.startswith("{") else Correction("Reply with the object.")


async def test_thoughts_are_shown_and_never_kept(transcript: Transcript, head: str) -> None:
    server = Server([Said("Yes.", thinking="It is a test. " * 100), "No."])
    asking = asker_of(server, transcript, thinks="yes")
    answer, events = await ask(asking, question(head))
    await ask(asking, question(answer.head))

    assert "".join(event.text for event in events if isinstance(event, ThinkingDelta)).startswith("It is a test.")
    assert [message.content for message in transcript.messages(answer.head)] == ["Rules.", "What is this?", "Yes."]
    assert "It is a test" not in str(server.requests[1].messages)
    assert transcript.tokens(answer.head) < 60, "what was thought takes no room in the conversation"


async def test_thinking_has_room_of_its_own(transcript: Transcript, head: str) -> None:
    server = Server(["Yes.", "Yes.", "Yes."])
    for more in ({"thinks": "no"}, {"thinks": "yes"}, {"thinks": "yes", "think": False}):
        await ask(asker_of(server, transcript, thinking_tokens=1_000, **more), question(head, room=512))

    assert [request.max_tokens for request in server.requests] == [512, 1_512, 512]
    assert [request.think for request in server.requests] == [None, None, False]


async def test_a_model_that_only_thinks_is_stopped_and_asked_once_without(transcript: Transcript, head: str) -> None:
    server = Server([Said("Late.", thinking=LONG), "Yes."])
    answer, events = await ask(asker_of(server, transcript, thinks="yes", thinking_tokens=500), question(head))

    assert answer.value == "Yes."
    thought = "".join(event.text for event in events if isinstance(event, ThinkingDelta))
    assert 1_900 < len(thought) < 2_100, "closed at the cap"
    assert server.closed == 2
    assert [request.think for request in server.requests] == [None, False]
    assert any("thought for about 50" in text and "once more without thinking" in text for text in notices(events))
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Yes."
    assert answer.usage.prompt_tokens is None, "the figures of a call that was closed are not known"


@pytest.mark.parametrize(
    "spent",
    [
        Said("", thinking=LONG[:1_000], finish="length"),
        Said("", finish="length", usage=Usage(100, None, 512, thinking_tokens=512)),
        Said("", finish="length"),
        Said("  ", thinking=LONG[:1_000]),
    ],
)
async def test_an_empty_answer_after_thinking_is_the_same_state(spent: Said, transcript: Transcript, head: str) -> None:
    server = Server([spent, "Yes."])
    answer, events = await ask(asker_of(server, transcript), question(head))

    assert answer.value == "Yes."
    assert server.requests[1].think is False
    assert any("gave no answer; asked once more without thinking" in text for text in notices(events))


async def test_the_servers_own_count_of_thoughts_is_the_one_that_is_told(transcript: Transcript, head: str) -> None:
    hidden = Said("", thinking="hm", finish="length", usage=Usage(100, None, 512, thinking_tokens=511))
    _, events = await ask(asker_of(Server([hidden, "Yes."]), transcript), question(head))

    assert any("thought for about 511 tokens" in text for text in notices(events))


async def test_a_model_that_thinks_all_the_same_fails_visibly_and_is_remembered(
    transcript: Transcript, head: str
) -> None:
    server = Server([Said(thinking=LONG), Said(thinking=LONG), Said(thinking=LONG)])
    asking = asker_of(server, transcript, thinks="yes")

    with pytest.raises(ModelOutputInvalidError, match="only thought as executor and gave no answer") as error:
        await ask(asking, question(head))
    assert "without thinking" in error.value.hint
    with pytest.raises(ModelOutputInvalidError):
        await ask(asking, question(head))
    assert len(server.requests) == 3, "a model that cannot be kept from thinking is not asked to do without"


async def test_a_model_that_cannot_stop_thinking_is_told_so(transcript: Transcript, head: str) -> None:
    server = Server([Said(thinking=LONG)])
    heard: list[Event] = []
    with pytest.raises(ModelOutputInvalidError):
        await asker_of(server, transcript, thinks="always")(question(head), as_it_is, TurnUsage(), heard.append)

    [told] = notices(heard)
    assert told.startswith("The executor thought for about 1,02")
    assert told.endswith("tokens and gave no answer; this model cannot be kept from it.")


async def test_a_model_that_nobody_knew_to_think_is_given_room_for_it_next_time(
    transcript: Transcript, head: str
) -> None:
    server = Server([Said("Yes.", thinking="so " * 100), "No."])
    asking = asker_of(server, transcript, thinking_tokens=1_000)
    await ask(asking, question(head, room=512))
    await ask(asking, question(head, room=512))

    assert [request.max_tokens for request in server.requests] == [512, 1_512]


async def test_an_empty_thought_is_none(transcript: Transcript, head: str) -> None:
    server = Server([Said("Yes.", thinking="\n\n"), "No."])
    asking = asker_of(server, transcript, thinks="yes", think=False)
    await ask(asking, question(head))
    await ask(asking, question(head))

    assert asking.thinks == "yes"


async def test_an_object_that_comes_of_free_thinking_needs_no_second_call(transcript: Transcript, head: str) -> None:
    server = Server([Said('{"a": 1}', thinking="One, I think. " * 10)])
    answer, _ = await ask(asker_of(server, transcript, thinks="yes"), question(head, schema=SCHEMA), read_object)

    assert answer.value == '{"a": 1}'
    [request] = server.requests
    assert (request.schema, request.think) == (None, None)


async def test_what_is_no_object_is_asked_for_in_a_short_call_without_thinking(
    transcript: Transcript, head: str
) -> None:
    server = Server([Said("It is one.", thinking="One, I think. " * 10), '{"a": 1}'])
    answer, _ = await ask(
        asker_of(server, transcript, thinks="yes"), question(head, schema=SCHEMA, room=100), read_object
    )

    assert answer.value == '{"a": 1}'
    free, held = server.requests
    assert (free.schema, free.think, free.max_tokens) == (None, None, 1_124)
    assert (held.schema, held.think, held.max_tokens, held.tools) == (SCHEMA, False, 100, ())
    assert held.messages[-2].content == "It is one."
    assert "JSON object" in held.messages[-1].content
    said = [message.content for message in transcript.messages(answer.head)]
    assert said == ["Rules.", "What is this?", '{"a": 1}'], "the free answer leaves no trace"


async def test_an_object_after_thinking_that_ran_out_is_asked_for_at_once(transcript: Transcript, head: str) -> None:
    server = Server([Said(thinking=LONG), '{"a": 1}'])
    answer, events = await ask(asker_of(server, transcript, thinks="yes"), question(head, schema=SCHEMA), read_object)

    assert answer.value == '{"a": 1}'
    assert server.requests[1].messages == server.requests[0].messages
    assert server.requests[1].schema == SCHEMA
    assert any("asked once more without thinking" in text for text in notices(events))


async def test_a_model_that_does_not_think_is_asked_for_an_object_once(transcript: Transcript, head: str) -> None:
    server = Server(['{"a": 1}', '{"a": 1}'])
    await ask(asker_of(server, transcript), question(head, schema=SCHEMA), read_object)
    await ask(asker_of(server, transcript, thinks="yes", think=False), question(head, schema=SCHEMA), read_object)

    assert [(request.schema, request.think) for request in server.requests] == [(SCHEMA, None), (SCHEMA, False)]


async def test_a_correction_does_not_think_again(transcript: Transcript, head: str) -> None:
    server = Server([Said("No.", thinking="so " * 99), "still none", '{"a": 1}'])
    answer, _ = await ask(asker_of(server, transcript, thinks="yes"), question(head, schema=SCHEMA), read_object)

    assert answer.value == '{"a": 1}'
    assert [request.think for request in server.requests] == [None, False, False]
    assert server.requests[2].messages[-1].content == "Reply with the object."


async def test_a_model_that_always_thinks_is_held_to_the_form_while_it_does(transcript: Transcript, head: str) -> None:
    server = Server(["no object", Said('{"a": 1}', thinking="so " * 99)])
    answer, _ = await ask(asker_of(server, transcript, thinks="always"), question(head, schema=SCHEMA), read_object)

    assert answer.value == '{"a": 1}'
    assert [(request.schema, request.think) for request in server.requests] == [(None, None), (SCHEMA, None)]
