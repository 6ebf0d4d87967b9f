"""Finds definitions and files of the project by name, maps a folder, tells what a change may break and what to read.

It never lists what is not shown.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from vivek.project.globbing import matching
from vivek.schema.answers import AnswerLine
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
_IMPACT = re.compile(r"impact[:\s]\s*(?:of\s+)?(\S+)", re.I)
_TOUR = "tour"
_CHANGED = frozenset({"function", "method", "class"})  # kinds of what is worth asking about before it changes


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the definitions and the paths that fit."""
    said = text_of(arguments, "name").strip().strip("`\"'")
    if (said.endswith("/") or said == ".") and (drawn := await _chart(said, desk)):
        return ToolResult(drawn, f"drew a map of {said}", label=f"Map of `{said}`:")
    if (asked := _IMPACT.fullmatch(said)) and (explained := await _explained(asked[1], desk)):
        return explained
    definitions = await _definitions(said, desk)
    paths = [path for path in matching(said, desk.list_files()) if desk.may_read(path) is None]
    if not definitions and not paths:
        if said.lower() == _TOUR and (explained := await _explained("", desk)):
            return explained
        return ToolResult(missing(said, desk), f"looked for {said}: nothing", ok=False)
    lines = [_line(each) for each in definitions[:_MOST]]
    more = f"{len(definitions) - _MOST} more definitions have this name." if len(definitions) > _MOST else ""
    if len(definitions) == 1 and definitions[0].kind in _CHANGED and desk.explain is not None:
        more = f"`find: impact:{definitions[0].name}` lists what a change of it may break."
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


async def _explained(name: str, desk: Desk) -> ToolResult | None:
    """Return what a change of a name may break, for "" what to read first; None where no index knows."""
    if desk.explain is None:
        return None
    question = f"impact of `{name.strip('`')}`" if name else "tour of the project"
    answer = await asyncio.to_thread(desk.explain, question)
    if answer is None:
        return None
    lines = [_told(each) for each in answer.lines if desk.may_read(each.path) is None]
    if not lines:
        return ToolResult(" ".join(answer.notes), f"looked who uses {answer.subject}: nobody", ok=False)
    listed = fit("\n".join(lines) + "\n", desk)
    subject = f"a change of {answer.subject} may break" if name else "to read first"
    notes = " ".join((*([listed.note] if listed.note else []), *answer.notes))
    return ToolResult(listed.text, f"looked what {subject}", label=f"What {subject}:", note=notes)


def _told(each: AnswerLine) -> str:
    return f"{each.path}{f':{each.line}' if each.line else ''}{f': {each.text}' if each.text else ''}"


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
