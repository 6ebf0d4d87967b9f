"""What one call measured by itself."""

from dataclasses import replace

import pytest

from vivek.flows.course import Call
from vivek.schema.chunk import Usage

TOLD = Usage(prompt_tokens=100, completion_tokens=101, thinking_tokens=60)
CALL = Call(usage=TOLD, started=10.0, first_token=12.0, first_text=20.0, ended=22.0)


def test_where_a_server_is_silent_the_clock_says_how_long_was_written_thoughts_included() -> None:
    seconds = CALL.measured.decode_seconds

    assert seconds is not None
    assert 101 / seconds == pytest.approx(10.0), "100 tokens in 10 seconds, behind the first one"
    assert replace(CALL.measured, decode_seconds=None) == TOLD


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, usage=replace(TOLD, decode_seconds=7.0)),
        replace(CALL, usage=replace(TOLD, completion_tokens=None)),
        replace(CALL, usage=replace(TOLD, completion_tokens=3)),
        replace(CALL, first_token=None),
        replace(CALL, first_token=21.99),
    ],
    ids=["the server says it", "nobody counted", "a word", "nothing came", "all of it came at once"],
)
def test_what_the_clock_cannot_tell_stays_as_the_server_said(call: Call) -> None:
    assert call.measured == call.usage
