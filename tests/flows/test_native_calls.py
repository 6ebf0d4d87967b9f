"""Calls that a server tells apart from the text: offered where a probe found them, and joined to the text."""

from typing import Any

import pytest

from tests.flows.doubles import Said, Server, as_it_is, ask, asker_of, caller_of, question
from vivek.flows.chat.work import read_calls
from vivek.prompts.transcript import Transcript
from vivek.schema.chunk import Chunk
from vivek.schema.tools import ToolCallPiece
from vivek.tools.registry import cards

TOOLS = cards(("read", "search"))
PIECES = (
    Chunk(tool_calls=(ToolCallPiece(0, "call_1", "search"),)),
    Chunk(tool_calls=(ToolCallPiece(0, arguments='{"text": "def '),)),
    Chunk(tool_calls=(ToolCallPiece(0, arguments='discount"}'),)),
)


async def test_a_native_call_joins_the_text_and_is_read_like_any_other(transcript: Transcript, head: str) -> None:
    server = Server([Said("I look.", finish="tool_calls", chunks=PIECES)])
    asker = asker_of(server, transcript, tools=TOOLS)

    answer, _ = await ask(asker, question(head), as_it_is)

    assert server.requests[0].tools == TOOLS
    assert answer.finish == "stop"
    assert answer.text.startswith("I look.")
    [call] = read_calls(answer.text)
    assert (call.name, getattr(call, "arguments", "")) == ("search", '{"text": "def discount"}')
    assert "<tool_call>" in transcript.messages(answer.head)[-1].content


async def test_a_reply_of_calls_alone_is_not_empty(transcript: Transcript, head: str) -> None:
    server = Server([Said(finish="tool_calls", chunks=PIECES)])

    answer, events = await ask(asker_of(server, transcript, tools=TOOLS), question(head))

    assert read_calls(answer.text)
    assert len(server.requests) == 1
    assert events


async def test_tools_take_room_in_the_window(transcript: Transcript, head: str) -> None:
    bare, laden = caller_of(Server([])), caller_of(Server([]), tools=TOOLS)

    assert bare.overhead == 0
    assert laden.overhead > 50


@pytest.mark.parametrize("finish", ["length", "other"])
async def test_a_call_that_was_cut_off_is_not_carried_out(transcript: Transcript, head: str, finish: Any) -> None:
    server = Server([Said("I look.", finish=finish, chunks=PIECES[:2]), "Then so.", "And so.", "Done."])

    answer, _ = await ask(asker_of(server, transcript, tools=TOOLS), question(head))

    assert not read_calls(answer.text)
