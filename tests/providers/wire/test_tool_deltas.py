from collections.abc import Mapping, Sequence

import pytest

from vivek.providers.wire.tool_deltas import ToolDeltas
from vivek.schema.tools import ToolCallPiece


def call(
    index: object = None, call_id: object = None, name: object = None, arguments: object = ""
) -> dict[str, object]:
    told = {"index": index, "id": call_id, "type": "function"}
    entry = {field: value for field, value in told.items() if value is not None}
    function = {"name": name, "arguments": arguments}
    return entry | {"function": {field: value for field, value in function.items() if value is not None}}


def whole(*deltas: Sequence[object]) -> list[tuple[str, str, str]]:
    """Return (id, name, arguments) of each call, in order, when the deltas bring these entries."""
    reader = ToolDeltas()
    calls: dict[int, list[str]] = {}
    for entries in deltas:
        for piece in reader.read({"tool_calls": list(entries)}):
            so_far = calls.setdefault(piece.index, ["", "", ""])
            so_far[0] += piece.id
            so_far[1] += piece.name
            so_far[2] += piece.arguments
    assert list(calls) == list(range(len(calls))), "calls are numbered from 0 in the order in which they begin"
    return [(call_id, name, arguments) for call_id, name, arguments in calls.values()]


def test_pieces_of_two_calls_at_once() -> None:
    assert whole(
        [call(0, "a", "look", "")],
        [call(0, arguments='{"p"')],
        [call(1, "b", "run", "{"), call(0, arguments=": 1}")],
        [call(1, arguments="}")],
    ) == [("a", "look", '{"p": 1}'), ("b", "run", "{}")]


def test_the_numbers_of_the_server_need_not_begin_at_0() -> None:
    assert whole([call(3, "a", "look", "{}")], [call(1, "b", "run", "{}")]) == [("a", "look", "{}"), ("b", "run", "{}")]


def test_without_numbers_a_name_begins_a_call_and_the_rest_goes_on_with_it() -> None:
    assert whole(
        [call(None, "a", "look", '{"p"')],
        [call(arguments=": 1}")],
        [call(None, "b", "run", "{}")],
    ) == [("a", "look", '{"p": 1}'), ("b", "run", "{}")]


def test_without_numbers_and_ids_whole_calls_are_told_apart() -> None:
    entries = [call(None, None, "look", '{"p": 1}'), call(None, None, "look", '{"p": 2}')]
    assert whole(entries) == [("", "look", '{"p": 1}'), ("", "look", '{"p": 2}')]


def test_without_a_number_the_id_says_which_call_a_piece_belongs_to() -> None:
    assert whole(
        [call(None, "a", "look", "1"), call(None, "b", "run", "2")],
        [call(None, "a", None, "3")],
    ) == [("a", "look", "13"), ("b", "run", "2")]


def test_an_id_may_be_missing_or_come_late() -> None:
    assert whole([call(0, None, "look", "{")], [call(0, "a", None, "}")]) == [("a", "look", "{}")]


def test_id_and_name_that_come_with_every_piece_are_told_once() -> None:
    assert whole([call(0, "a", "look", "{")], [call(0, "a", "look", "}")]) == [("a", "look", "{}")]


def test_a_new_id_with_every_piece_is_still_one_call() -> None:
    assert whole([call(0, "a", "look", "{")], [call(0, "b", None, "}")]) == [("a", "look", "{}")]


def test_calls_that_all_have_the_number_0_are_told_apart() -> None:
    entries = [call(0, "a", "look", "{}"), call(0, "b", "run", "{")]
    assert whole(entries, [call(0, arguments="}")]) == [("a", "look", "{}"), ("b", "run", "{}")]


def test_arguments_may_be_an_object() -> None:
    assert whole([call(0, "a", "look", {"p": "é"})]) == [("a", "look", '{"p": "é"}')]


def test_the_form_for_a_single_call_is_read_too() -> None:
    reader = ToolDeltas()
    pieces = [
        *reader.read({"function_call": {"name": "look", "arguments": "{"}}),
        *reader.read({"function_call": {"arguments": "}"}}),
    ]
    assert pieces == [ToolCallPiece(0, "", "look", "{"), ToolCallPiece(0, "", "", "}")]


@pytest.mark.parametrize(
    "delta",
    [
        {},
        {"tool_calls": None},
        {"tool_calls": "x"},
        {"tool_calls": ["x", None, {}, {"index": 0}, {"index": 0, "function": None}]},
        {"tool_calls": [{"index": 0, "function": {"name": 7, "arguments": ["x"]}}]},
        {"function_call": None},
    ],
)
def test_what_says_nothing_is_no_piece(delta: Mapping[str, object]) -> None:
    assert list(ToolDeltas().read(delta)) == []


def test_a_number_that_is_none_counts_as_missing() -> None:
    assert whole([call("0", "a", "look", "{}"), call([0], "b", "run", "{}")]) == [
        ("a", "look", "{}"),
        ("b", "run", "{}"),
    ]
