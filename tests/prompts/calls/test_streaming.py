"""Text tool calls while they stream: no more is held back than must be, nothing hangs, no unknown name gets through."""

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.calls.test_written import CARDS, CASES, NAMES, read
from vivek.prompts.calls.arguments import LARGEST, BadCall
from vivek.prompts.calls.written import CallReading, TextCallReader
from vivek.schema.tools import ToolCall

PROSE = [case.reply for case in CASES if case.text == case.reply and case.finish == "stop"]
HELD = 100  # characters: the longest name of a tag, of a tool or of a fence, and the blanks around it


@pytest.mark.parametrize(
    "text",
    [
        "# Plan\n\nThe `read` tool reads; **run** runs.\n\n- one [link](x) <b>two</b>\n- {three}\n\n1. a < b, c[0]\n"
        * 3,
        "```python\nread(path='a.py')\n\n    x = {'name': 'read'}\n[1]\n```\nand ~~~\n~~~\n{x: 1}\n~~~\n",
        "reading runs, writes (a few).\nrun through [it]\nsearch {it}\n[x] done\n{ }\n<tool> <function> </tool_call>\n",
    ],
)
def test_prose_is_shown_as_it_comes(text: str) -> None:
    reader = TextCallReader(CARDS)
    shown = ""
    for position, character in enumerate(text, 1):
        shown += reader.feed(character).text
        assert text.startswith(shown)
        assert position - len(shown) <= 16, text[len(shown) : position]

    assert shown + reader.flush("stop").text == text


@pytest.mark.parametrize("text", PROSE)
def test_what_turns_out_to_be_no_call_is_shown_soon(text: str) -> None:
    reader = TextCallReader(CARDS)
    shown, most = "", 0
    for position, character in enumerate(text + "\n\nMore prose. " + "word " * 40, 1):
        shown += reader.feed(character).text
        most = max(most, position - len(shown))

    assert most <= HELD + (len(text) if '"read"' in text or "`<" in text else 0)
    assert position - len(shown) < HELD


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ('{"title": "x", "name": "read", "arguments": {}}', len('{"title":')),
        ('{"name": "Ada", "input": {"a": 1}}', len('{"name": "Ada"')),
        ('{"arguments": {"path": "' + "x" * 5_000 + '"}, "name": "read"}', 5_100),
        ('```json\n{"title": 1}\n```', len('```json\n{"title":')),
        ("read(path) and more", len("read(path)")),
        ("<function=fly> is no tool", len("<function=fly>")),
        ("<tool_call> is a tag", len("<tool_call> i")),
    ],
)
def test_an_object_is_shown_as_soon_as_it_can_be_no_call(text: str, at: int) -> None:
    reader = TextCallReader(CARDS)

    assert "".join(reader.feed(character).text for character in text[:at]) == text[:at]


def test_a_call_is_handed_on_as_soon_as_it_is_complete() -> None:
    reader = TextCallReader(CARDS)
    call = ToolCall("t1-1", "read", '{"path": "a.py"}')
    reader = TextCallReader(CARDS, "t1-")

    assert reader.feed('Wait.\n{"name": "read", "arguments": {"path": "a.py"') == CallReading("Wait.\n")
    assert reader.feed("}}") == CallReading()
    assert reader.feed("\n") == CallReading(calls=(call,))
    assert reader.feed("Then") == CallReading("Then")
    assert reader.flush("stop") == CallReading()
    assert reader.dialects == ["json"]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ('{"name": "read", "arguments": {"path": "a"}}', "json"),
        ('<tool_call>{"name": "read", "arguments": {"path": "a"}}</tool_call>', "tool_call"),
        ('```json\n{"name": "read", "arguments": {"path": "a"}}\n```', "fence"),
        ('[TOOL_CALLS] [{"name": "read", "arguments": {"path": "a"}}]', "marked"),
        ('[TOOL_CALLS]read[ARGS]{"path": "a"}', "marked"),
        ("<tool_call><function=read><parameter=path>a</parameter></function></tool_call>", "function"),
        ('read(path="a")', "python"),
    ],
)
def test_the_way_in_which_a_call_is_written_is_known_afterwards(text: str, dialect: str) -> None:
    reader = TextCallReader(CARDS)
    calls = reader.feed(text).calls + reader.flush("stop").calls

    assert [call.name for call in calls] == ["read"]
    assert reader.dialects == [dialect]


def test_without_tools_everything_is_text() -> None:
    reader = TextCallReader([])
    text = "".join(case.reply + "\n\n" for case in CASES)

    assert reader.feed(text).text + reader.flush("stop").text == text


@pytest.mark.parametrize(("size", "refused"), [(LARGEST - 200, False), (LARGEST + 1, True)])
def test_arguments_over_a_megabyte_are_refused(size: int, refused: bool) -> None:
    text = json.dumps({"name": "write", "arguments": {"path": "a", "content": "x" * size}})

    for reply in (text, f"<tool_call>{text}</tool_call>", f"```json\n{text}\n```"):
        [call] = read(reply, "stop", lambda: 4_096).calls

        assert isinstance(call, BadCall) == refused
        if isinstance(call, BadCall):
            assert "longer than 1,000,000 bytes" in call.words


BIG = json.dumps(
    {"name": "write", "arguments": {"path": "a.py", "content": 'def f():\n    return {"a": [1]}\n' * 8_000}}
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            BIG,
            f"<tool_call>{BIG}",
            f"```json\n{BIG}\njunk\n```",
            f"{BIG} junk\n",
            "<function=write>\n<parameter=path>x",
        ),
        *(
            unit * (100_000 // len(unit))
            for unit in ("{", "[", "<tool_call>", "<function=read>", "read(", "read(x=1\n")
        ),
        *(unit * (100_000 // len(unit)) for unit in ("\n", "`", "```\n", "```json\n{\n", "[TOOL_CALLS]", '{"a": 1}\n')),
        *(unit * (100_000 // len(unit)) for unit in ('{"name": "read", "arguments": {', 'run(command="', "[{", "((")),
        " read(x=1\n " * 30_000,
        "read(path=" + "(" * 50_000 + ")" * 50_000 + ")\n",
        '<tool_call>{"name": "read", "arguments": ' + '{"a":' * 3_000 + "1" + "}" * 3_000 + "}</tool_call>",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("size", [7, 1_000_000])
def test_large_and_hostile_replies_take_no_more_than_seconds(text: str, size: int) -> None:
    began = time.process_time()

    reading = read(text, "length", lambda: size)

    assert time.process_time() - began < 20
    assert reading.text == text or reading.calls


FRAGMENTS = (
    *(case.reply for case in CASES if len(case.reply) < 120),
    *(
        '{"name"',
        '"arguments"',
        ": ",
        "<tool_call>",
        "</tool_call>",
        "```json\n",
        "```\n",
        "\n",
        "{",
        "}",
        "[",
        "]",
        '"',
    ),
    *(
        "\\",
        "<function=read>",
        "<parameter=path>",
        "</parameter>",
        "</function>",
        "[TOOL_CALLS]",
        "read(",
        'run("',
        ")",
    ),
    *("'", '"""', " ", "[ARGS]", "<|python_tag|>", "x", "read", '{"a":', "~~~", "`", "\ud800", "\x00", "\ufeff", "é"),
)


@pytest.mark.covers("N06")
def test_two_thousand_mangled_replies_neither_crash_nor_call_an_unknown_tool() -> None:
    chance = random.Random(20_262)
    called = 0
    for _ in range(2_000):
        text = "".join(chance.choice(FRAGMENTS) for _ in range(chance.randint(1, 7)))
        at = chance.randrange(len(text) or 1)
        text = text[:at] + chance.choice(FRAGMENTS)[: chance.randint(0, 9)] + text[at + chance.randint(0, 6) :]
        finish = chance.choice(["stop", "length", "tool_calls", None])

        whole = read(text, finish)

        assert read(text, finish, lambda: chance.randint(1, 4)) == whole, text
        assert {call.name for call in whole.calls} <= NAMES
        assert whole.calls or whole.text == text
        called += len(whole.calls)

    assert called > 500


@given(
    st.text(max_size=200) | st.text(alphabet="{}[]()<>=\"':,`~|_ \nreadnmguts", max_size=200),
    st.sampled_from(["stop", "length"]),
)
def test_any_text_stays_text_or_becomes_calls_of_known_tools(text: str, finish) -> None:
    reading = read(text, finish)

    assert {call.name for call in reading.calls} <= NAMES
    assert reading.calls or reading.text == text
