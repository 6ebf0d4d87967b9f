"""One model call: what is sent, what is told, what is kept."""

from collections.abc import AsyncIterator

import pytest

from tests.flows.doubles import ask, asker_of, question, section
from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError, StreamInterruptedError
from vivek.flows.context import Correction
from vivek.prompts.estimate import bound
from vivek.prompts.parse import reask_text
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.chunk import Chunk, FinishReason, Progress, Usage
from vivek.schema.events import BudgetSpent, CallDone, Notice, PhaseChanged, PrefillProgress, TextDelta
from vivek.schema.messages import Message
from vivek.schema.report import TurnUsage
from vivek.schema.request import Request


async def test_a_reply_is_streamed_and_committed(transcript: Transcript, head: str) -> None:
    provider = ScriptedProvider(["This is a test of a reply."])

    answer, events = await ask(asker_of(provider, transcript), question(head))

    assert answer.value == "This is a test of a reply."
    assert transcript.messages(answer.head) == (
        Message("system", "Rules."),
        Message("user", "What is this?"),
        Message("assistant", "This is a test of a reply."),
    )
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == answer.value
    assert [event.phase for event in events if isinstance(event, PhaseChanged)] == ["decode"]
    assert answer.usage.calls == 1


async def test_the_tokens_of_the_transcript_are_those_the_server_counted(transcript: Transcript, head: str) -> None:
    provider = ScriptedProvider(["A reply.", "Another."])
    first, _ = await ask(asker_of(provider, transcript), question(head))
    second, _ = await ask(asker_of(provider, transcript), question(first.head))

    counted = second.usage.prompt_tokens
    assert counted is not None
    reply = second.usage.completion_tokens
    assert reply is not None
    assert transcript.tokens(second.head) == counted + reply


async def test_an_unusable_reply_is_mended_and_leaves_no_trace(transcript: Transcript, head: str) -> None:
    provider = ScriptedProvider(["bad", "good"])

    def read(text: str, finish: FinishReason) -> str | Correction:
        return text if text == "good" else Correction("Say `good`.")

    answer, events = await ask(asker_of(provider, transcript), question(head), read)

    assert answer.value == "good"
    assert [message.content for message in provider.requests[1].messages[-2:]] == ["bad", "Say `good`."]
    assert [message.content for message in transcript.messages(answer.head)] == ["Rules.", "What is this?", "good"]
    assert any(isinstance(event, Notice) and "asking it again" in event.text for event in events)
    assert answer.usage.calls == 2


async def test_a_reply_that_cannot_be_mended_is_an_error_and_is_not_kept(transcript: Transcript, head: str) -> None:
    provider = ScriptedProvider(["bad"] * 5)

    with pytest.raises(ModelOutputInvalidError, match=r"as executor could not be used: Say `good`\."):
        await ask(
            asker_of(provider, transcript), question(head, corrections=2), lambda *_: Correction("Say `good`.\nNow.")
        )

    assert len(provider.requests) == 3
    assert transcript.messages(head) == (Message("system", "Rules."),)


async def test_what_is_said_to_a_model_is_not_said_to_the_user(transcript: Transcript, head: str) -> None:
    unread = Correction(reask_text(ModelOutputInvalidError("No object.")))

    with pytest.raises(ModelOutputInvalidError, match=r"as executor could not be used: No object\."):
        await ask(asker_of(ScriptedProvider(["bad"]), transcript), question(head, corrections=0), lambda *_: unread)


async def test_a_reply_with_no_room_to_mend_it_is_an_error_of_the_model(transcript: Transcript, head: str) -> None:
    provider = ScriptedProvider(["bad " * 200, "good"], window=4096)
    full = question(head, section("request", "word " * 3_060), room=200)

    with pytest.raises(ModelOutputInvalidError, match="The window has no room to ask it again") as error:
        await ask(asker_of(provider, transcript, window=4096), full, lambda *_: Correction("Say `good`."))

    assert "larger model" in error.value.hint
    assert len(provider.requests) == 1


async def test_what_does_not_fit_is_left_out_and_said(transcript: Transcript, head: str) -> None:
    long = section("file:long.py", "x = 1\n" * 4_000, priority=30, required=False)
    short = section("file:short.py", "y = 2\n", priority=30, required=False)
    provider = ScriptedProvider(["Yes."], window=4096)

    answer, events = await ask(
        asker_of(provider, transcript, window=4096), question(head, short, long, section("i", "Go."))
    )

    assert answer.kept == ("file:short.py", "i")
    assert answer.dropped == ("file:long.py",)
    assert "x = 1" not in provider.requests[0].messages[-1].content
    [budget] = [event for event in events if isinstance(event, BudgetSpent)]
    assert [name for name, _ in budget.dropped] == ["file:long.py"]
    assert any(isinstance(event, Notice) and "long.py" in event.text for event in events)


async def test_a_cheap_count_never_drops_what_an_exact_one_keeps(transcript: Transcript, head: str) -> None:
    tight = section("file:a.py", "word " * 1_900, priority=30, required=False)
    provider = ScriptedProvider(["Yes."], window=4096)

    answer, _ = await ask(
        asker_of(provider, transcript, window=4096), question(head, tight, section("i", "Go."), room=256)
    )

    assert bound(tight.text) > 4096 - 256
    assert answer.kept == ("file:a.py", "i")


async def test_a_prompt_that_cannot_fit_is_refused_with_both_numbers_and_nothing_is_sent(
    transcript: Transcript, head: str
) -> None:
    provider = ScriptedProvider(["Yes."], window=4096)

    with pytest.raises(ContextWindowExceededError) as error:
        await ask(asker_of(provider, transcript, window=4096), question(head, section("request", "word " * 8_000)))

    assert error.value.window == 4096
    assert error.value.needed is not None
    assert error.value.needed > 10_000
    assert "4,096" in error.value.message
    assert f"{error.value.needed:,}" in error.value.message
    assert provider.requests == []


async def test_the_reply_never_gets_more_room_than_the_window_has_left(transcript: Transcript, head: str) -> None:
    provider = ScriptedProvider(["Yes."], window=4096)
    await ask(asker_of(provider, transcript, window=4096), question(head, section("r", "word " * 1_500), room=2_000))

    [request] = provider.requests
    used = await provider.count_tokens(request)
    assert used is not None
    assert used + request.max_tokens <= 4096


async def test_a_broken_stream_keeps_what_was_said_for_whoever_wants_it(transcript: Transcript, head: str) -> None:
    kept: list[tuple[str, ...]] = []
    provider = ScriptedProvider([ScriptedReply("half of a rep", finish=None)])

    with pytest.raises(StreamInterruptedError):
        await ask(asker_of(provider, transcript, keep_partial=lambda *said: kept.append(said)), question(head))

    assert kept == [("executor", "What is this?", "half of a rep", "")]
    assert transcript.messages(head) == (Message("system", "Rules."),)


async def test_progress_tells_the_time_that_is_left(transcript: Transcript, head: str) -> None:
    class Slow(ScriptedProvider):
        async def stream(self, request: Request) -> AsyncIterator[Chunk]:
            yield Chunk(progress=Progress(0, 1_000, 0, 0.0))
            yield Chunk(progress=Progress(600, 1_000, 200, 2.0), note="Tried again.")
            async for chunk in super().stream(request):
                yield chunk

    _, events = await ask(asker_of(Slow(["Yes."]), transcript), question(head))

    told = [event for event in events if isinstance(event, PrefillProgress)]
    assert [event.remaining_seconds for event in told] == [None, 2.0]
    assert Notice("Tried again.") in events


async def test_a_figure_that_one_call_does_not_tell_is_unknown_for_the_turn(transcript: Transcript, head: str) -> None:
    answer, events = await ask(asker_of(ScriptedProvider(["Yes."]), transcript), question(head))

    usage = answer.usage.with_call(Usage(prompt_tokens=5), 1.0, None)
    assert usage.calls == 2
    assert usage.prompt_tokens is not None
    assert usage.completion_tokens is None
    assert usage.cached_tokens is None
    [call] = [event for event in events if isinstance(event, CallDone)]
    assert call.time_to_first_token is not None


def test_the_speed_of_two_calls_is_tokens_by_time() -> None:
    usage = TurnUsage().with_call(Usage(completion_tokens=100, decode_seconds=10.0), 11.0, 1.0)
    both = usage.with_call(Usage(completion_tokens=100, decode_seconds=30.0), 31.0, 2.0)

    assert usage.tokens_per_second == 10.0
    assert both.tokens_per_second == pytest.approx(200 / 40)
    assert both.time_to_first_token == 1.0
