"""Native tool calls, put together from the pieces in which servers stream them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.calls.test_written import CARDS
from vivek.prompts.calls.arguments import LARGEST, BadCall
from vivek.prompts.calls.native import NativeCalls
from vivek.schema.chunk import FinishReason
from vivek.schema.tools import ToolCall, ToolCallPiece


def assembled(*pieces: ToolCallPiece, finish: FinishReason | None = "tool_calls") -> tuple[ToolCall | BadCall, ...]:
    calls = NativeCalls(CARDS)
    for piece in pieces:
        calls.feed([piece])
    return calls.finish(finish)


READ = ToolCall("c1", "read", '{"path": "a.py"}')
RUN = ToolCall("c2", "run", '{"command": "ls"}')


def test_a_call_comes_whole_or_in_pieces() -> None:
    assert assembled(ToolCallPiece(0, "c1", "read", '{"path": "a.py"}')) == (READ,)
    assert assembled(
        ToolCallPiece(0, "c1", "read"), *(ToolCallPiece(0, arguments=part) for part in ("{", '"path', '": "a.py', '"}'))
    ) == (READ,)
    assert assembled() == ()


def test_calls_may_be_interleaved() -> None:
    assert assembled(
        ToolCallPiece(0, "c1", "read"),
        ToolCallPiece(1, "c2", "run"),
        ToolCallPiece(1, arguments='{"command": '),
        ToolCallPiece(0, arguments='{"path": '),
        ToolCallPiece(1, arguments='"ls"}'),
        ToolCallPiece(0, arguments='"a.py"}'),
    ) == (READ, RUN)


@pytest.mark.parametrize("repeated", [True, False])
def test_id_and_name_may_come_with_every_piece(repeated: bool) -> None:
    first, name = ("c1", "read") if repeated else ("", "read")

    [call] = assembled(
        ToolCallPiece(0, "c1", "read", '{"path": '),
        ToolCallPiece(0, first, name, '"a.py"'),
        ToolCallPiece(0, first, name, "}"),
    )

    assert call == READ


def test_calls_of_one_number_are_told_apart_by_id_or_name() -> None:
    assert assembled(
        ToolCallPiece(0, "c1", "read", '{"path": "a.py"}'), ToolCallPiece(0, "c2", "run", '{"command": "ls"}')
    ) == (READ, RUN)
    first, second, third = assembled(
        ToolCallPiece(0, "", "read", '{"path": "a.py"}'),
        ToolCallPiece(0, "", "read", '{"path": "b.py"}'),
        ToolCallPiece(0, "", "run", '{"command": "ls"}'),
    )

    assert isinstance(second, ToolCall)
    assert [json.loads(second.arguments), second.name] == [{"path": "b.py"}, "read"]
    assert [first.id, second.id, third.id] == ["call-1", "call-2", "call-3"]


def test_ids_are_made_where_there_are_none_and_where_two_are_the_same() -> None:
    calls = assembled(
        ToolCallPiece(0, "", "list_files"), ToolCallPiece(1, "x", "list_files"), ToolCallPiece(2, "x", "list_files")
    )

    assert [call.id for call in calls] == ["call-1", "x", "call-3"]


@pytest.mark.parametrize("arguments", ["", "  ", "{}", "null"])
def test_no_arguments_are_an_empty_object(arguments: str) -> None:
    assert assembled(ToolCallPiece(0, "c1", "list_files", arguments)) == (ToolCall("c1", "list_files", "{}"),)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ("{'path': 'a.py'}", {"path": "a.py"}),
        ('{"path": "a.py",}', {"path": "a.py"}),
        ('"{\\"path\\": \\"a.py\\"}"', {"path": "a.py"}),
        ('{"path": "say "hi" now"}', {"path": 'say "hi" now'}),
    ],
)
def test_arguments_are_mended_where_their_meaning_is_certain(arguments: str, meant: dict[str, str]) -> None:
    [call] = assembled(ToolCallPiece(0, "c1", "read", arguments))

    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == meant


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("read", '{"path": "a.py"', "no complete JSON object"),
        ("read", '{"path": "a, "b": "c"}', "no backslash"),
        ("read", '{"path": "a.py"} {"path": "b.py"}', "no complete JSON object"),
        ("read", '["a.py"]', "must be a JSON object"),
        ("read", "a.py", "no complete JSON object"),
        ("read", '{"line": 3}', "`path` is missing"),
        ("read", "", "`path` is missing"),
        ("read", '{"path": "\\ud800"}', "half a character"),
        ("write", '{"path": "a", "content": "' + "x" * LARGEST + '"}', "longer than 1,000,000 bytes"),
        ("write", '{"path": "a", "content": "' + "x" * 3 * LARGEST + '"}', "1,000,000"),
        ("fly", "{}", "There is no tool `fly`. The tools are: `read`, `write`, `run`, `search`, `list_files`."),
        ("fly`\n\x1b[31m" + "y" * 200, "{}", "There is no tool `fly'"),
    ],
)
def test_what_cannot_be_carried_out_is_told_to_the_model(name: str, arguments: str, words: str) -> None:
    [call] = assembled(ToolCallPiece(0, "c1", name, arguments))

    assert isinstance(call, BadCall)
    assert call.id == "c1"
    assert words in call.words
    assert call.words.endswith(".")
    assert len(call.words) < 250
    assert call.words.isprintable()


@pytest.mark.parametrize("finish", ["length", "other", None])
def test_a_call_that_was_cut_off_is_not_completed(finish: FinishReason | None) -> None:
    whole, cut = assembled(
        ToolCallPiece(0, "c1", "read", '{"path": "a.py"}'),
        ToolCallPiece(1, "c2", "run", '{"command": "ls"'),
        finish=finish,
    )

    assert whole == READ
    assert cut == BadCall("c2", "run", "Your call of `run` was not carried out: it was cut off.")
    assert assembled(ToolCallPiece(0, "c1", "list_files"), finish=finish) == (
        BadCall("c1", "list_files", "Your call of `list_files` was not carried out: it was cut off."),
    )
    assert assembled(ToolCallPiece(0, "c1", "read", '{"path": "a.py"}'), finish=finish) == (READ,)


@given(
    st.lists(
        st.builds(
            ToolCallPiece,
            st.integers(0, 2),
            st.sampled_from(["", "a", "b"]),
            st.sampled_from(["", "read", "fly"]),
            st.text('{}":,path', max_size=6),
        ),
        max_size=9,
    )
)
def test_any_pieces_end_in_calls_of_known_tools_or_in_words(pieces: list[ToolCallPiece]) -> None:
    calls = NativeCalls(CARDS)
    calls.feed(pieces)

    ended = calls.finish("tool_calls")

    assert all(call.name == "read" for call in ended if isinstance(call, ToolCall))
    assert len({call.id for call in ended}) == len(ended)
