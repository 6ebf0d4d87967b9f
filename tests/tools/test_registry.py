import json

import pytest

from tests.tools.desks import MemoryDesk
from vivek.errors import ConfigError
from vivek.prompts.tokens import count
from vivek.schema.tools import ToolCall, ToolCard
from vivek.tools.base import Call, Tool, ToolResult
from vivek.tools.builtin import edit, find, more, read, run, script, search, write
from vivek.tools.registry import TOOLS, cards, carry_out, command_of, from_call, from_line, load_tool, text_card

# A type checker holds every module against the protocol here.
ALL: tuple[Tool, ...] = (read, search, find, edit, write, run, script, more)


def test_every_tool_is_found_under_the_name_on_its_card() -> None:
    assert tuple(load_tool(name) for name in TOOLS) == ALL
    assert tuple(card.name for card in cards(TOOLS)) == TOOLS


@pytest.mark.parametrize("name", TOOLS)
def test_a_card_asks_only_for_what_can_be_checked(name: str) -> None:
    card = load_tool(name).CARD
    schema = json.loads(json.dumps(card.parameters))

    assert schema["type"] == "object"
    assert set(schema["required"]) <= set(schema["properties"])
    assert {each["type"] for each in schema["properties"].values()} <= {"string", "integer", "boolean"}
    assert card.description.endswith(".")


def test_risks_tell_looking_from_proposing_and_running() -> None:
    assert {name: load_tool(name).RISK for name in TOOLS} == {
        **dict.fromkeys(("read", "search", "find", "more"), "read"),
        **dict.fromkeys(("edit", "write"), "edit"),
        **dict.fromkeys(("run", "script"), "command"),
    }


def test_what_all_tools_say_stays_under_300_tokens() -> None:
    said = "\n".join(f"{card.name}({', '.join(_names(card))}): {card.description}" for card in cards(TOOLS))

    assert count(said) <= 150
    assert count(text_card(TOOLS)) <= 130
    assert count(said) + count(text_card(TOOLS)) <= 300


def _names(card: ToolCard) -> list[str]:
    properties = card.parameters["properties"]
    assert isinstance(properties, dict)
    return list(properties)


@pytest.mark.parametrize(
    ("tool", "argument", "call"),
    [
        ("need", "src/a.py", Call("read", {"path": "src/a.py"})),
        ("read", "src/a.py:10-80", Call("read", {"path": "src/a.py", "start": 10, "end": 80})),
        ("read", "src/a.py lines 10 to 80", Call("read", {"path": "src/a.py", "start": 10, "end": 80})),
        ("read", "src/a.py#L10-L80", Call("read", {"path": "src/a.py", "start": 10, "end": 80})),
        ("read", "src/a.py (10-80)", Call("read", {"path": "src/a.py", "start": 10, "end": 80})),
        ("read", "src/a.py:10", Call("read", {"path": "src/a.py", "start": 10, "end": 10})),
        ("read", "notes 2026.md", Call("read", {"path": "notes 2026.md"})),
        ("search", " def total ", Call("search", {"text": "def total"})),
        ("find", "**/*.py", Call("find", {"name": "**/*.py"})),
        ("run", "pytest -q", Call("run", {"command": "pytest -q"})),
        ("script", "  print(1)\n", Call("script", {"code": "  print(1)"})),
        ("more", "3", Call("more", {"handle": "3"})),
    ],
)
def test_a_line_of_text_is_a_call(tool: str, argument: str, call: Call) -> None:
    assert from_line(tool, argument) == call


def test_a_native_call_is_checked_against_the_card() -> None:
    assert from_call(ToolCall("1", "read", '{"path": "a.py", "start": "3"}')) == Call(
        "read", {"path": "a.py", "start": 3}
    )

    for call, words in (
        (ToolCall("1", "read", "{}"), "`path` of `read` is missing"),
        (ToolCall("1", "read", "[1]"), "must be a JSON object"),
        (ToolCall("1", "read", "{"), "must be a JSON object"),
        (ToolCall("1", "delete", "{}"), "There is no tool `delete`. The tools are `read`, `search`"),
    ):
        result = from_call(call)
        assert isinstance(result, ToolResult)
        assert not result.ok
        assert words in result.text


def test_what_a_call_would_run_is_known_before_it_runs() -> None:
    python = (".venv/bin/python",)

    assert command_of(Call("run", {"command": "$ pytest -q"}), python) == "pytest -q"
    assert command_of(Call("script", {"code": "print(1)"}), python) == (".venv/bin/python", "-c", "print(1)")
    assert command_of(Call("read", {"path": "a"}), python) is None


async def test_a_call_is_carried_out_by_its_tool() -> None:
    found = MemoryDesk({"a.py": b"x = 1\n"})

    result = await carry_out(Call("read", {"path": "a.py"}), found.desk())

    assert (result.text, result.label) == ("x = 1\n", "a.py")


def test_an_unknown_tool_is_an_error_of_ours() -> None:
    with pytest.raises(ConfigError, match="no tool `fly`") as error:
        load_tool("fly")

    assert "`read`" in error.value.hint


def test_only_tools_with_a_line_of_text_are_told_as_such() -> None:
    assert text_card(("edit", "write")) == ""
    assert text_card(("find",)).splitlines()[1:] == ["`find: NAME` lists definitions and files"]
