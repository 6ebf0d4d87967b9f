"""Shows a file or a part of it to the model."""

from collections.abc import Mapping
from typing import Final

from vivek.schema.tools import ToolCard
from vivek.tools.arguments import number_of, text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.naming import meant
from vivek.tools.showing import show_file

CARD: Final = ToolCard(
    "read",
    "Show a file, or its lines start to end.",
    {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "start": {"type": "integer"},
            "end": {"type": "integer"},
        },
        "required": ["path"],
    },
)
RISK: Final[Risk] = "read"


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return its text."""
    path = meant(text_of(arguments, "path"), desk)
    return show_file(path, desk, max(number_of(arguments, "start") or 1, 1), number_of(arguments, "end"))
