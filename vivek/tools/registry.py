"""The tools by name, each imported when it is asked for, and the ways in which a model may call them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import cast

from vivek.errors import ConfigError
from vivek.schema.tools import ToolCall, ToolCard
from vivek.tools.arguments import settle
from vivek.tools.base import Call, Command, Desk, Tool, ToolResult

TOOLS = ("read", "search", "find", "edit", "write", "run", "script", "more")
"""The tools that a model can be offered."""

_FORMS = {
    "read": ("`need: PATH` shows a file", "`read: PATH:10-80` shows some of its lines"),
    "search": ("`search: TEXT` finds the lines with exactly this text",),
    "find": ("`find: NAME` lists definitions and files",),
    "run": ("`run: COMMAND` runs a command on the changed files",),
    "script": ("`script: python` above a ``` block runs that block once",),
    "more": ("`more: HANDLE` shows the rest of a long result",),
}
_FIRST = {"find": "name", "run": "command", "script": "code", "more": "handle"}
_RANGE = re.compile(r"(.+?)[\s:#,(]+(?:lines?\s+)?L?(\d{1,9})\s*(?:-|\u2013|\.\.|to)\s*L?(\d{1,9})\)?", re.I)
_LINE = re.compile(r"(.+?)[:#]L?(\d{1,9})")


def load_tool(name: str) -> Tool:
    """Return the tool of this name.

    Raises:
        ConfigError: If there is none.
    """
    if name not in TOOLS:
        msg = f"There is no tool `{name}`."
        raise ConfigError(msg, hint=f"Use one of {', '.join(f'`{known}`' for known in TOOLS)}.")
    return cast(Tool, import_module(f"vivek.tools.builtin.{name}"))


def cards(names: Iterable[str]) -> tuple[ToolCard, ...]:
    """Return the cards of tools, for a model that calls them natively."""
    return tuple(load_tool(name).CARD for name in names)


def text_card(names: Iterable[str]) -> str:
    """Return the few lines that tell a model how to ask in its text; tools without such a form are left out."""
    lines = [line for name in names for line in _FORMS.get(name, ())]
    if not lines:
        return ""
    return "\n".join(("To get what you lack, reply with one such line alone:", *lines))


def from_line(tool: str, argument: str) -> Call | ToolResult:
    """Return the call that a line of text asks for, or the result of one that cannot be carried out.

    Args:
        tool: What stands before the colon; `need` is `read`.
        argument: What stands behind it.
    """
    name = "read" if tool == "need" else tool
    said = argument.strip("\n") if tool == "script" else argument.strip()
    return _settled(name, _path_and_lines(said) if name == "read" else {_FIRST.get(name, "text"): said})


def from_call(call: ToolCall) -> Call | ToolResult:
    """Return a native call with its arguments checked, or the result of one that cannot be carried out."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        return _unclear(call.name, f"The arguments of `{call.name}` must be a JSON object.")
    return _settled(call.name, arguments)


def command_of(call: Call, python: Sequence[str]) -> Command | None:
    """Return what a call would run, for whoever judges it first; None when it runs nothing.

    Args:
        call: The call.
        python: How the project's own Python is started.
    """
    match call.tool:
        case "run":
            from vivek.tools.builtin import run

            return run.command(call.arguments)
        case "script":
            from vivek.tools.builtin import script

            return script.command(call.arguments, python)
    return None


async def carry_out(call: Call, desk: Desk) -> ToolResult:
    """Do what a call asks for; what goes wrong is told to the model."""
    return await load_tool(call.tool).run(call.arguments, desk)


def _settled(name: str, arguments: Mapping[str, object]) -> Call | ToolResult:
    if name not in TOOLS:
        return _unclear(name, f"There is no tool `{name}`. The tools are {', '.join(f'`{known}`' for known in TOOLS)}.")
    settled = settle(load_tool(name).CARD, arguments)
    return _unclear(name, settled) if isinstance(settled, str) else Call(name, settled)


def _unclear(name: str, words: str) -> ToolResult:
    return ToolResult(words, f"a call of {name} that could not be read", ok=False)


def _path_and_lines(argument: str) -> dict[str, object]:
    ranged = _RANGE.fullmatch(argument)
    if ranged is not None:
        return {"path": ranged[1], "start": int(ranged[2]), "end": int(ranged[3])}
    line = _LINE.fullmatch(argument)
    return {"path": argument} if line is None else {"path": line[1], "start": int(line[2]), "end": int(line[2])}
