"""Shows a file, or a part of it; a file that is too large is shown by its outline. Adds no number to any line."""

from collections.abc import Sequence

from vivek.edits.codec import Undecodable, decode
from vivek.errors import WorkspaceError
from vivek.syntax.outline import Symbol, outline
from vivek.tools.base import Desk, ToolResult
from vivek.tools.limits import fit, fits
from vivek.tools.naming import missing


def show_file(path: str, desk: Desk, start: int = 1, end: int | None = None) -> ToolResult:
    """Return the text of a file, the lines asked for, or what there is instead of a file that is too large.

    Args:
        path: The file.
        desk: What knows it.
        start: The first line, from 1.
        end: The last line, None for that of the file.
    """
    loaded = _load(path, desk)
    if isinstance(loaded, ToolResult):
        return loaded
    lines = loaded.removesuffix("\n").split("\n") if loaded else []
    last = len(lines) if end is None else min(end, len(lines))
    if start > max(len(lines), 1):
        return _refused(path, f"`{path}` has {len(lines):,} lines; there is no line {start:,}.")
    if end is not None and end < start:
        return _refused(path, f"The lines of `{path}` asked for end before they begin: {start:,} to {end:,}.")
    if start == 1 and last == len(lines):
        return _whole(path, loaded, lines, desk)
    part = fit("\n".join(lines[start - 1 : last]) + "\n", desk)
    label = f"{path}, lines {start:,} to {last:,} of {len(lines):,}"
    return ToolResult(part.text, f"read {label}", label=label, note=part.note)


def _load(path: str, desk: Desk) -> str | ToolResult:
    """Return the text of a file, or the answer where there is none."""
    why = desk.may_read(path)
    if why is not None:
        return _refused(path, f"`{path}` is not shown: {why}.")
    try:
        data = desk.read(path)
    except WorkspaceError as error:
        return _refused(path, f"`{path}` is not shown: {error.message}")
    if data is None:
        return _folder(path, desk) or _refused(path, missing(path, desk))
    text = decode(data)
    if isinstance(text, Undecodable):
        return _refused(path, f"`{path}` cannot be shown: {text.reason}.")
    return text.plain


def _whole(path: str, text: str, lines: Sequence[str], desk: Desk) -> ToolResult:
    if fits(text, desk):
        desk.shown(path)
        return ToolResult(text, f"read {path}, {len(lines):,} lines", label=path if text else f"{path} (empty)")
    symbols = outline(path, text)
    if symbols:
        listed = fit("".join(_line(symbol) for symbol in symbols), desk)
        label = f"{path} has {len(lines):,} lines, too many to be shown at once. What it defines, and in which lines:"
        note = f"See a part of it with `read: {path}:{symbols[0].start + 1}-{symbols[0].end}`."
        return ToolResult(
            listed.text, f"read the outline of {path}", label=label, note=" ".join(filter(None, (listed.note, note)))
        )
    head = fit(text, desk)
    end = head.text.count("\n")
    label = f"{path}, the first {end:,} of {len(lines):,} lines" if end else f"{path}, its beginning"
    return ToolResult(head.text, f"read {label}", label=label, note=head.note)


def _line(symbol: Symbol) -> str:
    return f"{symbol.kind} {symbol.name}, lines {symbol.start + 1}-{symbol.end}\n"


def _folder(path: str, desk: Desk) -> ToolResult | None:
    """Return what lies in a folder, None when there is no such folder."""
    below = path.strip("./") + "/" if path.strip("./") else ""
    names = {name[len(below) :] for name in desk.list_files() if name.startswith(below) and not desk.may_read(name)}
    if not names:
        return None
    entries = sorted({first + slash for first, slash, _ in (name.partition("/") for name in names)})
    listed = fit("\n".join(entries) + "\n", desk)
    label = f"{path or '.'} is a folder. It holds:"
    return ToolResult(listed.text, f"listed {path or '.'}", label=label, note=listed.note)


def _refused(path: str, words: str) -> ToolResult:
    return ToolResult(words, f"could not read {path}", ok=False)
