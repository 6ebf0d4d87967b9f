import time

import pytest

from vivek.providers.wire.decoding import GarbledError
from vivek.providers.wire.sse import EventParser, ServerEvent

STREAM = (
    "\ufeffdata: zero\n\n"
    ": hello\n"
    "data: one\n\n"
    "event: named\r\ndata:two\r\ndata:  lines\r\n\r\n"
    "id: 7\nretry: 10\n\n"
    "data\n\n"
    'data: {"word": "日本 👍🏽"}\n\n'
    'error: {"code":500}\n\n'
    "data: [DONE]\n\n"
).encode()
EVENTS = [
    ServerEvent("zero"),
    ServerEvent("one"),
    ServerEvent("two\n lines", "named"),
    ServerEvent('{"word": "日本 👍🏽"}'),
    ServerEvent('{"code":500}', "error"),
    ServerEvent("[DONE]"),
]


def parse(*pieces: bytes) -> list[ServerEvent]:
    parser = EventParser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return events + parser.flush()


def test_a_stream_in_one_piece() -> None:
    assert parse(STREAM) == EVENTS


@pytest.mark.parametrize("place", range(len(STREAM) + 1))
def test_a_cut_at_every_byte_gives_the_same_events(place: int) -> None:
    assert parse(STREAM[:place], STREAM[place:]) == EVENTS


def test_byte_by_byte() -> None:
    assert parse(*(STREAM[place : place + 1] for place in range(len(STREAM)))) == EVENTS


def test_lone_carriage_returns_end_lines_too() -> None:
    assert parse(b"data: a\rdata: b\r\rdata: c\r\r") == [ServerEvent("a\nb"), ServerEvent("c")]


def test_the_end_of_the_stream_completes_an_event_without_its_empty_line() -> None:
    assert parse(b"data: [DONE]") == [ServerEvent("[DONE]")]


def test_many_empty_events_are_nothing() -> None:
    assert parse(b"data:\n\n" * 1000 + b"\n" * 1000) == []


def test_an_error_line_ends_the_event_before_it() -> None:
    assert parse(b"data: a\nerror: b\n\n") == [ServerEvent("a"), ServerEvent("b", "error")]


def test_an_event_over_the_limit_is_garbled() -> None:
    parser = EventParser(limit=20)
    parser.feed(b"data: 0123456789\n")
    with pytest.raises(GarbledError, match="an event"):
        parser.feed(b"data: 0123456789\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_the_specification_allows_is_read(end: str) -> None:
    lines = [
        *("data:no blank", "data:  two blanks", ""),
        *(": a comment between", "data", ""),
        *("event: named", "id: 1", "retry: 5", "unknown: field", "data: last", ""),
    ]
    body = (end.join(lines) + end).encode()

    expected = [ServerEvent("no blank\n two blanks"), ServerEvent("last", "named")]
    for place in range(len(body) + 1):
        assert parse(body[:place], body[place:]) == expected


def test_a_name_without_data_names_no_later_event() -> None:
    assert parse(b"event: lost\n\ndata: a\n\n") == [ServerEvent("a")]


def test_a_million_empty_events_take_little_time_and_no_room() -> None:
    parser = EventParser()
    began = time.process_time()
    for _ in range(100):
        assert parser.feed(b"data:\n\n" * 10_000) == []
    assert time.process_time() - began < 10  # about 1 s; what would be wrong is minutes
    assert (parser._data, parser._name) == ([], "")
