"""Finds definitions and files of the project by name, and maps a folder; never lists what is not shown."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from vivek.project.globbing import matching
from vivek.schema.index import Definition
from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.limits import fit
from vivek.tools.naming import missing

CARD: Final = ToolCard(
    "find",
    "List definitions and files by name or glob; map `dir/`.",
    {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
)
RISK: Final[Risk] = "read"

_MOST = 20
_NAMED = re.compile(r"(?:(?P<path>[^\s:]+)::)?(?P<name>[A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*)*)(?:\(\))?")
_JOINT = re.compile("::|#")


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the definitions and the paths that fit."""
    said = text_of(arguments, "name").strip().strip("`\"'")
    if (said.endswith("/") or said == ".") and (drawn := await _chart(said, desk)):
        return ToolResult(drawn, f"drew a map of {said}", label=f"Map of `{said}`:")
    definitions = await _definitions(said, desk)
    paths = [path for path in matching(said, desk.list_files()) if desk.may_read(path) is None]
    if not definitions and not paths:
        return ToolResult(missing(said, desk), f"looked for {said}: nothing", ok=False)
    lines = [_line(each) for each in definitions[:_MOST]]
    more = f"{len(definitions) - _MOST} more definitions have this name." if len(definitions) > _MOST else ""
    listed = fit("\n".join([*lines, *paths]) + "\n", desk)
    label = f"What is named `{said}`:" if definitions else f"Files that fit `{said}`:"
    counts = [(len(definitions), "definition"), (len(paths), "file")]
    told = ", ".join(f"{number:,} {kind}{'s' if number > 1 else ''}" for number, kind in counts if number)
    note = " ".join(part for part in (more, listed.note) if part)
    return ToolResult(listed.text, f"looked for {said}: {told}", label=label, note=note)


async def _chart(said: str, desk: Desk) -> str:
    """Return a map of a folder, "" where there is none to draw."""
    folder = "" if said in (".", "./", "/") else said.removeprefix("./").lstrip("/")
    inside = any(path.startswith(folder) for path in desk.list_files())
    if desk.chart is None or not inside:
        return ""
    return await asyncio.to_thread(desk.chart, folder, desk.room)


async def _definitions(said: str, desk: Desk) -> list[Definition]:
    named = _NAMED.fullmatch(said)
    if named is None or desk.define is None:
        return []
    path, name = named["path"] or "", named["name"]
    if path and "/" not in path and "." not in path:  # no file, but what the name belongs to
        path, name = "", f"{path}.{name}"
    found = await asyncio.to_thread(desk.define, _JOINT.sub(".", name))
    path = f"/{path}"
    inside = (each for each in found if path == "/" or f"/{each.path}".endswith(path))
    return [each for each in inside if desk.may_read(each.path) is None]


def _line(found: Definition) -> str:
    return f"{found.path}:{found.line}: {found.signature or f'{found.kind} {found.name}'}"
