"""Pages of reference that are written from what there is: the commands and the JSON they print."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from vivek.cli.app import build_app

_JSON_HEAD = """\
# JSON that vivek prints

Written by `pytest --update-golden tests/house/test_json.py` from the types of the values; a test holds every command to
it. Data goes to standard output, all else to standard error. `--format json` prints one object on one line, pure ASCII;
`--format jsonl` prints an event a line while a turn runs, and its report as the last line. `version` changes when a
property is taken away or changes its meaning; properties may be added. Null is unknown, never 0 for unknown.

The schemas are JSON Schema, draft 2020-12, in [`schemas/`](schemas/).
"""
_COMMANDS_HEAD = """\
# Commands

Written by `pytest --update-golden tests/house/test_commands_page.py` from the command line's own parser. `vivek` alone
is `vivek chat`. Before a command: `--verbose` shows the log, `--debug` a traceback of what nobody expected,
`--version` the version. What `--format json` prints is in [JSON](json.md), exit codes are in [scripts](scripts.md).
"""


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every command with its whole name, in the order of the help; Any: typer does not name the type."""
    command = typer.main.get_command(build_app()) if command is None else command
    inner = getattr(command, "commands", {})
    if not inner or command.invoke_without_command:  # some commands have others of their own beside what they do
        yield " ".join(path), command
    for name, each in inner.items():
        yield from commands(each, (*path, name))


def options_of(command: Any) -> dict[str, str]:
    """Return the options of a command with what stands for their values, "" for a flag; Any: as above."""
    options = [each for each in command.params if each.param_type_name == "option"]
    return {each.opts[0]: "" if each.is_flag else (each.metavar or "") for each in options}


def commands_page() -> str:
    """Return the page of all commands."""
    pages = [_COMMANDS_HEAD]
    for name, command in commands():
        given = [each for each in command.params if each.param_type_name == "argument"]
        words = [f"[{each.metavar}]" if not each.required else each.metavar for each in given]
        lines = [f"\n## `vivek {' '.join([name, *words])}`\n", _told(command.help or "")]
        rows = [(f"`{each.metavar}`", each.help or "") for each in given if each.help]
        for each in command.params:
            if each.param_type_name == "option":
                value = "" if each.is_flag else f" {each.metavar}"
                names = ", ".join(sorted([*each.opts, *each.secondary_opts], key=len))
                rows.append((f"`{names}{value}`", each.help or ""))
        if rows:
            lines += ["| | |", "|---|---|", *(f"| {_cell(left)} | {_cell(right)} |" for left, right in rows), ""]
        pages.append("\n".join(lines))
    return "".join(pages).rstrip() + "\n"


def json_page(schemas: Mapping[str, Any]) -> str:
    """Return the page of what is printed as JSON."""
    pages = [_JSON_HEAD]
    for command, schema in schemas.items():
        link = f"schemas/{command.replace(' ', '-')}.json"
        title = "Events of `--format jsonl`" if command == "event" else f"`vivek {command}`"
        lines = [f"\n## {title}\n", f"{schema['description']} Schema: [`{link}`]({link}).\n"]
        if command == "event":
            lines += ["| event | properties | |", "|---|---|---|"]
            lines += [_event_row(each) for each in schema["oneOf"]]
        else:
            lines += _table(schema)
        pages.append("\n".join(lines) + "\n")
    return "".join(pages)


def _table(schema: Mapping[str, Any]) -> list[str]:
    rows = ["| property | type | |", "|---|---|---|"]
    for name, each in schema["properties"].items():
        asked = "" if name in schema["required"] else "; not always there"
        rows.append(f"| `{name}` | {_cell(_kind(each))}{asked} | {_cell(each.get('description', ''))} |")
    return rows


def _event_row(schema: Mapping[str, Any]) -> str:
    names = ", ".join(f"`{name}`" for name in schema["properties"] if name != "event")
    return f"| `{schema['properties']['event']['const']}` | {names} | {_cell(schema.get('description', ''))} |"


def _kind(schema: Mapping[str, Any]) -> str:
    """Return a type in words."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    kind = schema.get("type", "any value")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array" and "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return str(kind)


def _told(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\b", "").strip().splitlines()) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
