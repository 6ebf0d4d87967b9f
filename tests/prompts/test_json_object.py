import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import JSONParsingError
from vivek.prompts.json_object import read_object


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
        ("{'a': 1} {'a': 2}", "broken"),
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
