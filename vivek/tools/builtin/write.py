"""Proposes a new file; one that exists is never written over."""

from collections.abc import Mapping
from typing import Final

from vivek.edits.reply import FileBlock
from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.proposing import propose

CARD: Final = ToolCard(
    "write",
    "Make a new file; to change one, use edit.",
    {
        "type": "object",
        "properties": {"path": {"type": "string"}, "text": {"type": "string"}},
        "required": ["path", "text"],
    },
)
RISK: Final[Risk] = "edit"


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the bytes of the new file, or why it is not made."""
    path = text_of(arguments, "path").strip().removeprefix("./")
    text = text_of(arguments, "text").replace("\r\n", "\n")
    if text and not text.endswith("\n"):
        text += "\n"
    return propose(FileBlock(path, text, explicit=True, new=True), desk)
