import pytest

from vivek.errors import ConfigError, ContextWindowExceededError, ModelAPIError, StreamInterruptedError
from vivek.providers.wire.reply import ReplyInProgress, amount, finish_reason, seconds, whole, words
from vivek.schema.chunk import Chunk, Progress
from vivek.schema.tools import ToolCallPiece


def test_phases_are_told_once() -> None:
    reply = ReplyInProgress("S")
    first = Progress(0, 10)

    chunks = [reply.chunk("", "", first), reply.chunk("", "", first), reply.chunk("", "hm"), reply.chunk("a", "")]

    assert [chunk.phase if chunk else None for chunk in chunks] == ["prefill", None, "decode", None]
    assert reply.chunk("", "") is None


def test_a_reply_over_the_cap_is_broken_off() -> None:
    reply = ReplyInProgress("S", limit=10)
    assert reply.chunk("12345", "1234") == Chunk("12345", "1234", phase="decode")
    with pytest.raises(StreamInterruptedError, match="more than 10 characters") as caught:
        reply.chunk("67", "")
    assert caught.value.partial == "1234567"


def test_a_piece_of_a_call_is_a_beginning_and_counts() -> None:
    reply = ReplyInProgress("S", limit=20)
    piece = ToolCallPiece(0, "c", "look", "12345")
    assert not reply.began

    assert reply.chunk("", "", None, (piece,)) == Chunk(phase="decode", tool_calls=(piece,))

    assert (reply.began, reply.called) == (True, True)
    assert isinstance(reply.interrupted(ModelAPIError("x")), StreamInterruptedError)
    with pytest.raises(StreamInterruptedError, match="more than 20 characters"):
        reply.chunk("", "", None, (piece, piece))


def test_a_call_without_a_name_is_a_beginning_too() -> None:
    reply = ReplyInProgress("S")
    reply.chunk("", "", None, (ToolCallPiece(0),))
    assert (reply.began, reply.called) == (True, True)


def test_an_error_of_another_kind_is_never_an_interruption() -> None:
    reply = ReplyInProgress("S")
    before = ModelAPIError("x")
    assert reply.interrupted(before) is before
    reply.chunk("text", "")
    for error in (ContextWindowExceededError("x"), ConfigError("x")):
        assert reply.interrupted(error) is error
    assert isinstance(reply.interrupted(before), StreamInterruptedError)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("content_filter", "content_filter"),
        ("eosFound", "other"),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_finish_reasons(told: object, reason: str | None) -> None:
    assert finish_reason(told) == reason


@pytest.mark.parametrize("odd", [None, "7", -1, True, 1.5, [], {}])
def test_what_is_no_count_is_unknown(odd: object) -> None:
    assert whole(odd) is None


@pytest.mark.parametrize("odd", [None, "7", -0.1, True, [], float("nan"), float("inf"), 10**400])
def test_what_is_no_amount_is_unknown(odd: object) -> None:
    assert amount(odd) is None
    assert seconds(odd, 1.0) is None


def test_figures_are_read() -> None:
    assert (amount(0), amount(0.25)) == (0.0, 0.25)
    assert (whole(0), seconds(1500, 0.001), words("a"), words(None)) == (0, 1.5, "a", "")
