import pytest

from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.reply import Reply, ReplyParts
from vivek.schema.tools import ToolCall, ToolCallPiece


def test_a_reply_is_put_together_from_its_pieces() -> None:
    parts = ReplyParts("ollama/a")
    usage = Usage(prompt_tokens=7, completion_tokens=3, decode_seconds=0.5)
    for number, chunk in enumerate(
        (
            Chunk(phase="load"),
            Chunk(note="Trying again."),
            Chunk(thinking="hm", answered_by="openai/b"),
            Chunk(text="one "),
            Chunk(tool_calls=(ToolCallPiece(1, "y", "run"), ToolCallPiece(0, "x", "read", '{"p'))),
            Chunk(text="two", tool_calls=(ToolCallPiece(0, arguments='": 1}'),)),
            Chunk(usage=usage, finish="tool_calls"),
        )
    ):
        parts.add(chunk, float(number))

    assert parts.whole(9.0) == Reply(
        text="one two",
        model="openai/b",
        finish="tool_calls",
        thinking="hm",
        tool_calls=(ToolCall("x", "read", '{"p": 1}'), ToolCall("y", "run", "")),
        usage=usage,
        notes=("Trying again.",),
        seconds=9.0,
        first_piece=2.0,
    )


@pytest.mark.parametrize(
    ("usage", "speed"),
    [
        (Usage(completion_tokens=30, decode_seconds=2.0), 15.0),
        (Usage(completion_tokens=31), 10.0),
        (Usage(), None),
        (Usage(completion_tokens=0, decode_seconds=2.0), None),
        (Usage(completion_tokens=1), None),
    ],
    ids=["the server's own", "by the clock", "not counted", "nothing", "one token"],
)
def test_the_speed_is_measured_or_unknown(usage: Usage, speed: float | None) -> None:
    assert Reply("x", "m", "stop", usage=usage, seconds=4.0, first_piece=1.0).tokens_per_second == speed


def test_the_value_of_a_reply_is_read() -> None:
    assert Reply('{"a": [1]}', "m", "stop").json() == {"a": [1]}


@pytest.mark.parametrize("finish", ["length", "content_filter", "other"])
def test_a_cut_reply_has_no_value_even_if_it_looks_whole(finish: FinishReason) -> None:
    with pytest.raises(ModelOutputInvalidError, match=f"ended with `{finish}`"):
        Reply("1", "m", finish).json()


@pytest.mark.parametrize("text", ["", "hello", "{", "[" * 100_000])
def test_a_reply_that_is_no_json_is_told(text: str) -> None:
    with pytest.raises(JSONParsingError, match="no JSON"):
        Reply(text, "m", "stop").json()
