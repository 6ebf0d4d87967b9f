import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import JSONParsingError
from vivek.prompts.objects.object import read_object


@pytest.mark.parametrize(
    "reply",
    [
        '{"a": [1, "x"]}',
        '  \ufeff{"a": [1, "x"]}\n'.lstrip(" "),
        '```json\n{"a": [1, "x"]}\n```',
        'Here it is:\n\n```\n{"a": [1, "x"]}\n```\nDone.',
        'Sure! {"a": [1, "x"]} Hope this {really} helps.',
        '<think>{"b": 2} or not?</think>\n{"a": [1, "x"]}',
        '<tool_call>{"a": [1, "x"]}</tool_call>',
        'A set {1, 2} and then {"a": [1, "x"]}',
    ],
)
@pytest.mark.parametrize("finish", ["stop", "length", None])
def test_an_object_is_found_as_it_stands_whatever_surrounds_it(reply: str, finish) -> None:
    assert read_object(reply, finish) == {"a": [1, "x"]}


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("{'a': True, 'b': None,}", {"a": True, "b": None}),
        ('{"a": 1, // why\n "b": 2}', {"a": 1, "b": 2}),
        ('```json\n{"a": "x",}\n```', {"a": "x"}),
        ('Here:\n```json\n{"a": "x",}\n```\nDone.', {"a": "x"}),
        ('{"a": "he said "hi" twice"}', {"a": 'he said "hi" twice'}),
        ("{“a”: 1}", {"a": 1}),
    ],
)
def test_a_broken_object_is_repaired_if_the_reply_ended_by_itself(reply: str, value: dict[str, object]) -> None:
    assert read_object(reply, "stop") == value


@pytest.mark.parametrize("reply", ["{'a': True,}", '{"a": "x', '```json\n{"a": ["x"'])
@pytest.mark.parametrize("finish", ["length", "other", "content_filter", None])
def test_a_reply_that_did_not_end_by_itself_is_never_repaired(reply: str, finish) -> None:
    with pytest.raises(JSONParsingError, match="cut off" if finish == "length" else "broken"):
        read_object(reply, finish)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "holds no JSON object"),
        ("I would change a.py.", "holds no JSON object"),
        ("null", "no object"),
        ('["a"]', "no object"),
        ('{"a": 1} {"a": 2}', "more than one"),
        ("{'a': 1} {'a': 2}", "more than one"),
        ('{"a": "' + "x" * 10_000 + "'}", "broken"),
        ('{"a":' + "[" * 9_000, "broken"),
        ("[" * 100_000, "holds no JSON object"),
    ],
)
def test_what_is_not_one_object_is_refused_with_the_reason(reply: str, reason: str) -> None:
    with pytest.raises(JSONParsingError, match=reason) as caught:
        read_object(reply, "stop")

    assert caught.value.hint


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_value_that_is_no_json_is_not_read_as_a_number(value: str) -> None:
    with pytest.raises(JSONParsingError, match="broken"):
        read_object(f'{{"a": {value}}}', None)


def test_an_empty_reply_that_was_cut_says_so() -> None:
    with pytest.raises(JSONParsingError, match="cut off"):
        read_object("Let me think about", "length")


@given(st.text(max_size=300) | st.text(alphabet="{}[]\"':,abtrue01\\ \n`", max_size=120))
def test_any_text_ends_in_an_object_or_in_the_reason(text: str) -> None:
    try:
        assert isinstance(read_object(text, "stop"), dict)
    except JSONParsingError as error:
        assert error.message.endswith((".", "shorter."))


PLAN = {"kind": "answer", "steps": ["Say hi"]}


@pytest.mark.parametrize(
    ("reply", "keys", "value"),
    [
        ('{"name": "plan", "arguments": {"kind": "answer", "steps": ["Say hi"]}}', PLAN, PLAN),
        ('{"name": "x", "arguments": {"a": 1}}', (), {"name": "x", "arguments": {"a": 1}}),
        ('{"name": "x", "arguments": {"a": 1}}', ("name", "arguments"), {"name": "x", "arguments": {"a": 1}}),
        ('{"error": "no", "plan": {"kind": "answer", "steps": []}}', PLAN, None),
        ('{"a": 1} {"kind": "answer", "steps": ["Say hi"]}', PLAN, PLAN),
    ],
)
def test_what_an_object_must_have_tells_the_answer_from_what_is_around_it(reply: str, keys, value) -> None:
    assert read_object(reply, "stop", keys) == (value or json.loads(reply))


def test_a_last_brace_may_be_missing_only_if_all_members_are_there() -> None:
    assert read_object('{"kind": "answer", "steps": ["Say hi"]', "stop", PLAN) == PLAN
    for keys in ((), (*PLAN, "files")):
        with pytest.raises(JSONParsingError, match="its end is missing"):
            read_object('{"kind": "answer", "steps": ["Say hi"]', "stop", keys)


def many(unit: str, characters: int) -> str:
    return unit * (characters // len(unit))


@pytest.mark.parametrize(
    "reply",
    [
        *(many(unit, 1_000_000) for unit in ("{", "{ ", '{"a":', '{"a": "x"y', "x")),
        *(many(unit, 200_000) for unit in ("[", '{"', "{a:", "{}", '{"a":1}', "{1}", "{{a:", "{//\n")),
        *(many(unit, 200_000) for unit in ("<think>", "</think>", '{\\"a', "{&quot;")),
        many('```py\n{"a" b}\n```\n', 2_000_000),
        '{"a": ' + "[" * 500 + "]" * 500 + "}",
        '{"a": ' * 900 + "1" + "}" * 900,
        '{"a": ' + "9" * 1_000_000 + "}",
        "".join(f'{{"a": {number}}}' for number in range(20_000)),
    ],
    ids=lambda reply: reply[:12],
)
def test_a_million_characters_take_no_more_than_seconds(reply: str) -> None:
    began = time.process_time()

    with pytest.raises(JSONParsingError):
        read_object(reply, "stop", ("b",))

    assert time.process_time() - began < 10


def test_a_large_object_is_read_as_it_stands() -> None:
    text = "x\n" * 500_000

    assert read_object(f"Here: {json.dumps({'a': text})}", "stop") == {"a": text}
