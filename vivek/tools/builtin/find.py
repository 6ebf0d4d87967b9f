"""Finds files of the project by name; never lists what is not shown."""

from collections.abc import Mapping
from typing import Final

from vivek.project.globbing import matching
from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.limits import fit
from vivek.tools.naming import missing

CARD: Final = ToolCard(
    "find",
    "List files by glob or part of a name.",
    {"type": "object", "properties": {"glob": {"type": "string"}}, "required": ["glob"]},
)
RISK: Final[Risk] = "read"


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the paths that fit."""
    glob = text_of(arguments, "glob").strip().strip("`\"'")
    paths = [path for path in matching(glob, desk.list_files()) if desk.may_read(path) is None]
    if not paths:
        return ToolResult(missing(glob, desk), f"looked for {glob}: nothing", ok=False)
    listed = fit("\n".join(paths) + "\n", desk)
    told = f"looked for {glob}: {len(paths):,} file{'s' if len(paths) > 1 else ''}"
    return ToolResult(listed.text, told, label=f"Files that fit `{glob}`:", note=listed.note)
