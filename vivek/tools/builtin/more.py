"""Shows the rest of a result that was too long to be given at once."""

from collections.abc import Mapping
from typing import Final

from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.limits import fit

CARD: Final = ToolCard(
    "more",
    "Show the rest of a result.",
    {"type": "object", "properties": {"handle": {"type": "string"}}, "required": ["handle"]},
)
RISK: Final[Risk] = "read"


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the next part."""
    handle = text_of(arguments, "handle").strip().strip("`\"'")
    rest = desk.recall(handle)
    if rest is None:
        return ToolResult(f"Nothing is kept as `{handle}`.", f"no rest named {handle}", ok=False)
    part = fit(rest, desk)
    return ToolResult(part.text, f"read on in {handle}", label="The result goes on:", note=part.note)
