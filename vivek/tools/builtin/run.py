"""Runs a command on the staged files; whether it may is judged before, elsewhere."""

from collections.abc import Mapping
from typing import Final

from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Command, Desk, Risk, ToolResult
from vivek.tools.running import run_told

CARD: Final = ToolCard(
    "run",
    "Run a shell command on the changed files.",
    {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]},
)
RISK: Final[Risk] = "command"


def command(arguments: Mapping[str, object]) -> Command:
    """Return what a call will run, so that it can be judged."""
    said = text_of(arguments, "command").strip()
    return said.removeprefix("$ ").strip("`").strip()


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Run it and return what it wrote, cut to what matters."""
    wanted = command(arguments)
    return await run_told(wanted, str(wanted), desk)
