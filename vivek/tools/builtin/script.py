"""Runs a short Python script that the model wrote to try something out; it becomes no file and is not kept."""

from collections.abc import Mapping, Sequence
from typing import Final

from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Command, Desk, Risk, ToolResult
from vivek.tools.running import run_told

CARD: Final = ToolCard(
    "script",
    "Run Python once to try the changed code; nothing is kept.",
    {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
)
RISK: Final[Risk] = "command"


def command(arguments: Mapping[str, object], python: Sequence[str]) -> Command:
    """Return what a call will run, so that it can be judged: `-c` puts the project on the path and leaves no file."""
    return (*python, "-c", text_of(arguments, "code"))


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Run it and return what it wrote."""
    return await run_told(command(arguments, desk.python), "a script", desk)
