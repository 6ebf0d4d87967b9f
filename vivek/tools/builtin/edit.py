"""Proposes to replace lines of a file by others; the place must be certain, and the file must have been seen."""

from collections.abc import Mapping
from typing import Final

from vivek.edits.reply import Replacement
from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.naming import meant
from vivek.tools.proposing import propose

CARD: Final = ToolCard(
    "edit",
    "Replace exact lines of a file that you have read.",
    {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "old": {"type": "string"},
            "new": {"type": "string"},
        },
        "required": ["path", "old", "new"],
    },
)
RISK: Final[Risk] = "edit"


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the new bytes of the file, or why the lines are not replaced."""
    path = meant(text_of(arguments, "path"), desk)
    old, new = text_of(arguments, "old"), text_of(arguments, "new")
    return propose(Replacement(path, _lines(old), _lines(new)), desk)


def _lines(text: str) -> str:
    plain = text.replace("\r\n", "\n")
    return plain if not plain or plain.endswith("\n") else f"{plain}\n"
