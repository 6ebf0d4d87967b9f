"""Finds lines in the files of the project as the model knows them, and never in a file that is not shown."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from vivek.errors import WorkspaceError
from vivek.project.globbing import matching
from vivek.project.search import FileHits, Query, literal, pattern, search_file
from vivek.schema.tools import ToolCard
from vivek.tools.arguments import text_of
from vivek.tools.base import Desk, Risk, ToolResult
from vivek.tools.limits import fit

CARD: Final = ToolCard(
    "search",
    "Find lines with a text or regex, in all files or those of a glob.",
    {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "regex": {"type": "boolean"},
            "files": {"type": "string"},
        },
        "required": ["text"],
    },
)
RISK: Final[Risk] = "read"

_MOST_A_FILE = 20
_MOST = 200
_MOST_SLOW = 3
_MANY = 500  # files from which on starting a program is quicker than reading them all
_BREATH = 32  # files between two chances for a cancelled turn to end
_QUOTES = "`\"'"


async def run(arguments: Mapping[str, object], desk: Desk) -> ToolResult:
    """Return the lines that were found, as `path:line: text`."""
    said, files = text_of(arguments, "text"), text_of(arguments, "files")
    paths = matching(files, desk.list_files()) if files else desk.list_files()
    if not said.strip():
        return ToolResult("Say what to search for.", "searched for nothing", ok=False)
    if files and not paths:
        return ToolResult(f"No file fits `{files}`.", f"searched {files}: no such file", ok=False)
    if arguments.get("regex"):
        query = pattern(said)
        if isinstance(query, str):
            return ToolResult(f"`{said}` cannot be searched for: {query}.", f"could not search for {said}", ok=False)
        return _result(said, await _search(query, paths, desk), desk)
    return await _search_text(said, paths, desk)


async def _search_text(said: str, paths: Sequence[str], desk: Desk) -> ToolResult:
    """Look for a text as it stands, then without the quotes around it, then in any case."""
    line = said.strip("\n")
    if "\n" in line:
        return ToolResult("Search for one line at a time.", "could not search for several lines", ok=False)
    bare = line.strip()
    if len(bare) > 2 and bare[0] == bare[-1] and bare[0] in _QUOTES:
        bare = bare[1:-1]
    for text in dict.fromkeys((line, bare)):
        found = await _search(literal(text), await _narrowed(text, paths, desk), desk)
        if found:
            return _result(text, found, desk)
    found = await _search(literal(bare, any_case=True), await _narrowed(bare, paths, desk), desk)
    return _result(bare, found, desk, note="It was found only in other letter case." if found else "")


async def _narrowed(text: str, paths: Sequence[str], desk: Desk) -> Sequence[str]:
    if desk.narrow is None or len(paths) < _MANY:
        return paths
    candidates = await asyncio.to_thread(desk.narrow, text)
    return paths if candidates is None else [path for path in paths if path in candidates]


async def _search(query: Query, paths: Sequence[str], desk: Desk) -> dict[str, FileHits]:
    found: dict[str, FileHits] = {}
    total = slow = 0
    for number, path in enumerate(paths, start=1):
        if number % _BREATH == 0:
            await asyncio.sleep(0)
        if desk.may_read(path) is not None:
            continue
        try:
            data = desk.read(path)
        except WorkspaceError:  # a pipe, or a link that leads out
            continue
        hits = search_file(query, data or b"", most=_MOST_A_FILE)
        slow += hits.slow
        if hits.hits or hits.slow:
            found[path] = hits
            total += len(hits.hits)
        if total >= _MOST or slow >= _MOST_SLOW:
            break
    return found


def _result(said: str, found: Mapping[str, FileHits], desk: Desk, note: str = "") -> ToolResult:
    total = sum(len(hits.hits) for hits in found.values())
    if any(hits.slow for hits in found.values()):
        note = "The pattern takes too long on some files; use a simpler one."
    if not total:
        text = f"`{said}` was not found. {note}".rstrip()
        return ToolResult(text, f"searched for {said}: nothing", ok=False)
    lines: list[str] = []
    for path, hits in found.items():
        lines += [f"{path}:{hit.line}: {hit.text}" for hit in hits.hits]
        lines += [f"{path}: more lines of this file match"] if hits.more else []
    if total >= _MOST:
        note = f"Only the first {total} lines are listed; search for something rarer or in fewer files."
    listed = fit("\n".join(lines) + "\n", desk)
    lines_of = f"{total} line{'s' if total > 1 else ''} in {len(found)} file{'s' if len(found) > 1 else ''}"
    return ToolResult(
        listed.text,
        f"searched for {said}: {lines_of}",
        label=f"Lines with `{said}`:",
        note=" ".join(part for part in (listed.note, note) if part),
    )
