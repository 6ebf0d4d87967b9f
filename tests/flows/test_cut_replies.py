"""A reply that was cut off is gone on with or asked for again, and never taken for whole."""

from collections.abc import AsyncIterator

import pytest

from tests.flows.doubles import Said, Server, as_it_is, ask, asker_of, notices, question, section
from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError, StreamInterruptedError
from vivek.flows.context import Correction
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.aids import AidsSpec
from vivek.schema.chunk import Chunk, FinishReason
from vivek.schema.events import AidUsed, TextDelta
from vivek.schema.request import Request

SCHEMA: dict[str, object] = {"type": "object", "properties": {}}


def cut(text: str) -> Said:
    return Said(text, finish="length")


async def test_prose_is_gone_on_with_and_kept_as_one_reply(transcript: Transcript, head: str) -> None:
    server = Server([cut("One, two, thr"), cut("two, three, fo"), "ur."])
    answer, events = await ask(asker_of(server, transcript), question(head, room=100))

    assert (answer.value, answer.finish, answer.cut) == ("One, two, three, four.", "stop", "")
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == answer.value
    assert [message.content for message in transcript.messages(answer.head)] == [
        "Rules.",
        "What is this?",
        "One, two, three, four.",
    ]
    first, second, third = server.requests
    assert second.messages[:-2] == third.messages[:-2] == first.messages
    assert [message.role for message in second.messages[-2:]] == ["assistant", "user"]
    assert [second.messages[-2].content, third.messages[-2].content] == ["One, two, thr", "One, two, three, fo"]
    assert (first.max_tokens, second.max_tokens) == (100, 200)
    assert sum("goes on with it" in text for text in notices(events)) == 2
    assert answer.usage.calls == 3


async def test_two_continuations_are_the_most(transcript: Transcript, head: str) -> None:
    server = Server([cut("one "), cut("two "), cut("three "), "four"])
    answer, _ = await ask(asker_of(server, transcript), question(head))

    assert (answer.value, answer.finish) == ("one two three ", "length")
    assert answer.cut == "the reply was cut off at its limit"
    assert len(server.requests) == 3


async def test_edits_are_asked_for_again_with_more_room(transcript: Transcript, head: str) -> None:
    server = Server([cut("app.py\n```\nx = "), "app.py\n```\nx = 1\n```\n"])
    answer, events = await ask(asker_of(server, transcript), question(head, room=100, whole=True))

    assert answer.value == "app.py\n```\nx = 1\n```\n"
    first, second = server.requests
    assert second.messages == first.messages
    assert (first.max_tokens, second.max_tokens) == (100, 200)
    assert any("cut off at 100 tokens; asking again with room for 200" in text for text in notices(events))


async def test_edits_are_gone_on_with_where_the_window_has_no_more_room(transcript: Transcript, head: str) -> None:
    server = Server([cut("app.py\n```python\nx = "), "1\n```\n"], counts=True)
    asked = question(head, section("request", "word " * 400), room=450, whole=True)
    answer, events = await ask(asker_of(server, transcript, 1_024), asked)

    assert (answer.value, answer.finish) == ("app.py\n```python\nx = 1\n```\n", "stop")
    assert any("goes on with it" in text for text in notices(events))


async def test_edits_that_are_still_cut_are_never_read_as_whole(transcript: Transcript, head: str) -> None:
    seen: list[FinishReason] = []

    def read(text: str, finish: FinishReason) -> str | Correction:
        seen.append(finish)
        return text

    server = Server([cut("a"), cut("b"), cut("c"), cut("d")])
    answer, _ = await ask(asker_of(server, transcript), question(head, whole=True), read)

    assert seen == ["length"]
    assert answer.cut


async def test_an_object_is_asked_for_again_and_never_joined(transcript: Transcript, head: str) -> None:
    server = Server([cut('{"a": '), '{"a": 1}'])
    answer, _ = await ask(asker_of(server, transcript), question(head, room=100, schema=SCHEMA))

    assert answer.value == '{"a": 1}'
    assert [request.max_tokens for request in server.requests] == [100, 200]
    assert server.requests[1].messages == server.requests[0].messages


async def test_an_object_that_is_cut_again_is_no_object(transcript: Transcript, head: str) -> None:
    finished: list[FinishReason] = []

    def read(text: str, finish: FinishReason) -> str | Correction:
        finished.append(finish)
        return Correction("Be brief.") if finish == "length" else text

    server = Server([cut("{"), cut("{"), "{}"])
    answer, _ = await ask(asker_of(server, transcript), question(head, schema=SCHEMA), read)

    assert answer.value == "{}"
    assert finished == ["length", "stop"]


async def test_a_window_that_is_full_leaves_the_reply_cut(transcript: Transcript, head: str) -> None:
    server = Server([cut("word " * 350)], counts=True)
    asked = question(head, section("request", "word " * 400), room=450)
    answer, _ = await ask(asker_of(server, transcript, 1_024), asked)

    assert answer.cut
    assert len(server.requests) == 1


async def test_nothing_to_add_means_that_the_reply_was_whole(transcript: Transcript, head: str) -> None:
    answer, _ = await ask(asker_of(Server([cut("All of it."), ""]), transcript), question(head))

    assert (answer.value, answer.finish, answer.cut) == ("All of it.", "stop", "")


@pytest.mark.parametrize("more", [Said(""), Said(thinking="hm, so " * 2_000), Said("", thinking="hm")])
async def test_nothing_added_to_half_a_word_leaves_it_cut(more: Said, transcript: Transcript, head: str) -> None:
    server = Server([cut("All of i"), more, more])
    answer, _ = await ask(asker_of(server, transcript), question(head))

    assert (answer.value, answer.finish) == ("All of i", "length")
    assert answer.cut


async def test_a_reply_that_a_filter_ended_is_not_whole(transcript: Transcript, head: str) -> None:
    server = Server([Said("It is", finish="content_filter")])
    answer, _ = await ask(asker_of(server, transcript), question(head))

    assert answer.cut == "the server's filter ended the reply"


async def test_only_edits_need_to_be_told_that_they_are_complete(transcript: Transcript, head: str) -> None:
    server = Server([Said("Yes.", finish="other"), Said("Yes.", finish="other")])
    prose, _ = await ask(asker_of(server, transcript), question(head))
    edits, _ = await ask(asker_of(server, transcript), question(head, whole=True))

    assert (prose.cut, edits.cut) == ("", "the server did not say that the reply is complete")


async def test_a_model_that_begins_anew_is_stopped(transcript: Transcript, head: str) -> None:
    text = "It takes a percentage off a price, as the shop wants it to be, "
    server = Server([cut(text), Said(text + "and so on. " * 200)])
    answer, events = await ask(asker_of(server, transcript), question(head))

    assert answer.value == text
    assert "began anew" in answer.cut
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == text


async def test_a_continuation_that_breaks_off_keeps_the_whole_of_what_was_said(
    transcript: Transcript, head: str
) -> None:
    kept: list[tuple[str, ...]] = []
    server = ScriptedProvider([ScriptedReply("One, two, ", finish="length"), ScriptedReply("three", finish=None)])

    with pytest.raises(StreamInterruptedError):
        await ask(asker_of(server, transcript, keep_partial=lambda *said: kept.append(said)), question(head))

    assert kept == [("executor", "What is this?", "One, two, ", "")], "what is held back was not shown either"


CIRCLE = "Well. " + "It is so. " * 2_000


async def test_repetition_without_end_is_stopped_named_and_asked_for_once_more(
    transcript: Transcript, head: str
) -> None:
    server = Server([Said(CIRCLE), "Yes."])
    answer, events = await ask(asker_of(server, transcript), question(head))

    assert (answer.value, answer.cut) == ("Yes.", "")
    shown = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert 2_400 <= len(shown) < 4_000, "the call was closed"
    assert [message.content for message in server.requests[1].messages[-2:]] == [
        "Well. It is so",
        "You wrote `so. It is` again and again, so your reply was stopped. Do what the last message asks, say nothing"
        " twice, and end when it is done.",
    ]
    assert "The executor's reply repeated `so. It is` without end; asking it again." in notices(events)
    assert [request.sampling.repeat_penalty for request in server.requests] == [None, 1.1]
    assert AidUsed("correction", "it repeated `so. It is` without end.") in events
    assert [message.content for message in transcript.messages(answer.head)] == ["Rules.", "What is this?", "Yes."]


@pytest.mark.parametrize(("corrections", "calls"), [(0, 1), (1, 2), (2, 2)])
async def test_who_goes_in_circles_again_is_heard_as_far_as_that(
    transcript: Transcript, head: str, corrections: int, calls: int
) -> None:
    server = Server([Said(CIRCLE) for _ in range(3)])
    answer, _ = await ask(asker_of(server, transcript), question(head, corrections=corrections))

    assert answer.cut == "the model repeated `so. It is` without end"
    assert answer.value == "Well. It is so"
    assert answer.finish == "other"
    assert len(server.requests) == calls


async def test_a_short_reply_that_went_in_circles_to_its_limit_is_not_gone_on_with(
    transcript: Transcript, head: str
) -> None:
    server = Server([cut("Well. " + "It is so. " * 180), "Yes."])
    answer, _ = await ask(asker_of(server, transcript), question(head))

    assert (answer.value, answer.cut) == ("Yes.", "")
    assert "again and again" in server.requests[1].messages[-1].content


async def test_without_the_correction_a_circle_is_let_be(transcript: Transcript, head: str) -> None:
    server = Server([Said(CIRCLE)])
    answer, _ = await ask(asker_of(server, transcript, aids=AidsSpec(correction=False)), question(head))

    assert (answer.value, answer.cut) == (CIRCLE, "")


async def test_an_empty_answer_is_asked_for_once_more(transcript: Transcript, head: str) -> None:
    server = Server([" \n", "Yes."])
    answer, events = await ask(asker_of(server, transcript), question(head))

    assert answer.value == "Yes."
    assert any("reply was empty; asking it again" in text for text in notices(events))
    assert "Your reply was empty." in server.requests[1].messages[-1].content
    assert [message.content for message in transcript.messages(answer.head)] == ["Rules.", "What is this?", "Yes."]


async def test_an_answer_that_stays_empty_fails_visibly(transcript: Transcript, head: str) -> None:
    server = Server(["", "", "never asked for"])
    with pytest.raises(ModelOutputInvalidError, match="as executor could not be used: it was empty"):
        await ask(asker_of(server, transcript), question(head, corrections=2), as_it_is)

    assert len(server.requests) == 2


class Narrow(Server):
    """A server that finds a prompt with a cut reply in it too long for its window."""

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        if len(request.messages) > 2:
            raise ContextWindowExceededError("The prompt is too long.", needed=2_141, window=2_048)
        async for chunk in super().stream(request):
            yield chunk


async def test_a_cut_reply_that_no_longer_fits_is_kept_as_it_is(transcript: Transcript, head: str) -> None:
    answer, _ = await ask(asker_of(Narrow([cut("One, two, thr")]), transcript), question(head))

    assert (answer.value, answer.finish, answer.cut) == (
        "One, two, thr",
        "length",
        "the reply was cut off at its limit",
    )


async def test_a_long_reply_that_cannot_be_used_is_not_repeated_whole(transcript: Transcript, head: str) -> None:
    server = Server([" ".join(str(number) for number in range(9_000)) + " the end", "fine"])

    def read(text: str, finish: FinishReason) -> str | Correction:
        return text if text == "fine" else Correction("Say `fine`.")

    await ask(asker_of(server, transcript), question(head, room=16_000), read)

    repeated = server.requests[1].messages[-2].content
    assert len(repeated) < 17_000
    assert repeated.endswith("the end")
