"""Every command that prints JSON has a schema in `docs/schemas/`, and prints what it says."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Vivek, own_process, vivek
from tests.guards.golden import compare
from tests.house.json_outputs import event_schema, schema_of
from tests.house.json_project import PROJECT
from tests.house.json_shapes import tight
from tests.house.json_threads import THREADS
from tests.house.json_turns import TURNS
from tests.house.reference_pages import commands, json_page, options_of

__all__ = ["own_process", "vivek"]

OUTPUTS = {**TURNS, **THREADS, **PROJECT}

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"

ESCAPE = re.compile("[\x1b\x08\r\x07]")
PRICES = "till/prices.py"
EDIT = f"It rounds.\n\n{PRICES}\n```python\ndef discount(price: int, percent: int) -> int:\n    return 0\n```\n"
REFUSED = f"{PRICES}::gone\n```\nx\n```\n"


def file_of(command: str) -> Path:
    return SCHEMAS / f"{command.replace(' ', '-')}.json"


def all_schemas() -> Mapping[str, Any]:
    return {command: schema_of(command, output) for command, output in OUTPUTS.items()} | {"event": event_schema()}


def test_every_command_that_prints_json_has_a_schema() -> None:
    offering = {
        name for name, command in commands() if "json" in (options_of(command).get("--format") or "").split("|")
    }

    assert offering == set(OUTPUTS)
    lines = {name for name, command in commands() if "jsonl" in (options_of(command).get("--format") or "").split("|")}
    assert lines == {name for name, output in OUTPUTS.items() if output.lines}


@pytest.mark.parametrize("command", [*OUTPUTS, "event"])
def test_the_schemas_in_the_docs_are_those_of_the_values(command: str, request: pytest.FixtureRequest) -> None:
    schema = all_schemas()[command]
    Draft202012Validator.check_schema(schema)

    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    compare(file_of(command), text, update=request.config.getoption("--update-golden"))


def test_no_schema_is_left_over() -> None:
    assert {path.name for path in SCHEMAS.iterdir()} == {file_of(command).name for command in [*OUTPUTS, "event"]}


def test_the_page_on_json_says_what_the_schemas_say(request: pytest.FixtureRequest) -> None:
    compare(ROOT / "docs" / "json.md", json_page(all_schemas()), update=request.config.getoption("--update-golden"))


def test_a_property_that_no_schema_names_is_a_fault() -> None:
    schema = Draft202012Validator(tight(schema_of("threads delete", OUTPUTS["threads delete"])))

    assert not list(schema.iter_errors({"version": 1, "deleted": "calm-otter-7"}))
    assert list(schema.iter_errors({"version": 1, "deleted": "calm-otter-7", "more": 1}))
    assert list(schema.iter_errors({"version": 1}))
    assert list(schema.iter_errors({"version": 2, "deleted": "calm-otter-7"}))


@pytest.fixture
def scene(vivek: Vivek, workspace: Path) -> Iterator[Callable[..., list[str]]]:
    """Run a command line with its blanks filled in; return the lines of its output."""
    script = workspace.parent / "replies.jsonl"
    script.write_text(f"{json.dumps(EDIT)}\n" * 40)
    (workspace / "reply.md").write_text(EDIT)
    (workspace / "refused.md").write_text(REFUSED)
    (workspace / "wrong.toml").write_text("[session]\ndepth = 3\n")

    def run(line: tuple[str, ...], *more: str) -> list[str]:
        found = json.loads(vivek("threads", "list", "--format", "json")[1])["threads"]
        blanks = {"{thread}": found[0]["id"] if found else "", "{name}": f"scripted/{script}"}
        words: list[str] = []
        for word in line:
            if word == "{model}":
                words += ["--model", f"scripted/{script}"]
            elif word == "{format}":
                words += more
            else:
                words.append(blanks.get(word, word))
        if "{format}" not in line:
            words += more
        code, out, err = vivek(*words)
        assert code in range(7), err
        assert not ESCAPE.search(err), line
        return out.splitlines()

    yield run


@pytest.mark.parametrize("command", OUTPUTS)
def test_what_a_command_prints_is_what_its_schema_says(command: str, scene: Callable[..., list[str]]) -> None:
    output = OUTPUTS[command]
    schema = Draft202012Validator(tight(json.loads(file_of(command).read_text())))
    for line in output.before:
        scene(line)

    for line in output.runs:
        printed = scene(line, "--format", "json")
        assert len(printed) == 1, line
        schema.validate(json.loads(printed[0]))
        assert printed[0].isascii()


@pytest.mark.parametrize("command", [name for name, output in OUTPUTS.items() if output.lines])
def test_every_line_of_jsonl_is_an_event_and_the_last_one_the_report(
    command: str, scene: Callable[..., list[str]]
) -> None:
    output = OUTPUTS[command]
    event = Draft202012Validator(tight(json.loads(file_of("event").read_text())))
    schema = Draft202012Validator(tight(json.loads(file_of(command).read_text())))
    for line in output.before:
        scene(line)

    for line in output.runs:
        *events, last = [json.loads(each) for each in scene(line, "--format", "jsonl")]
        for each in events:
            event.validate(each)
        schema.validate(last)


@pytest.mark.parametrize("command", OUTPUTS)
def test_no_command_draws_into_a_pipe(
    command: str, scene: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for line in (*OUTPUTS[command].before, *OUTPUTS[command].runs):
        for printed in scene(line):
            assert not ESCAPE.search(printed), line


def test_schemas_hold_no_words_of_this_machine() -> None:
    for path in SCHEMAS.iterdir():
        assert not re.search(r"/home/|/tmp/|/root/", path.read_text()), path
