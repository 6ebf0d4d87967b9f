"""The dialect of unified diffs: read when a model writes one, never asked for. Its line numbers are only hints."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from vivek.edits.hunks import added_only, read_hunk
from vivek.edits.naming import Label, read_path
from vivek.edits.page import PATCHES, Found, Page, read_page
from vivek.edits.paths import is_near
from vivek.edits.reply import Block, Fault, FileBlock, Move, ParsedReply, Replacement

_NOWHERE = "/dev/null"
_HUNK = re.compile(r"@@(?: -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))?)?(?: @@| \.\.\. @@)?(.*)")
_NUMBERED = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@.*")
_STAMP = re.compile(r"\t.*| \d{4}-\d\d-\d\d .*")
_HEADINGS = ("diff ", "index ", "Index: ", "old mode ", "new mode ", "new file mode ", "deleted file mode ", "copy ",
             "similarity ", "dissimilarity ", "rename ", "Binary files ", "GIT binary patch", "===")  # fmt: skip
_NEAR = 4  # lines from the beginning of a fence in which its first hunk begins
_INFOS = frozenset({"diff", "patch", "udiff"})


def parse(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply of unified diffs apart; any text is accepted, and all the rest is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    return read_page(reply, known, (UDIFF,), ())


class _Udiff:
    """Takes the difference of one file: its headings, if any, and its hunks."""

    def opens(self, page: Page, at: int) -> bool:
        line = page.lines[at]
        if line[:1] not in ("d", "-", "@", "+", " "):
            return False
        if _is_git_heading(page.lines, at) or _is_heading(page.lines, at) or _NUMBERED.fullmatch(line):
            return True
        return _is_bare(page, at)

    def read(self, page: Page, at: int) -> Found:
        lines = page.lines
        body = at
        while body < len(lines) and lines[body].startswith(_HEADINGS):
            body += 1
        old = new = ""
        if body < len(lines) and _is_heading(lines, body):
            old, new = lines[body][4:], lines[body + 1][4:]
            body += 2
        end = _end(page, body)
        renamed = _renamed(lines[at:body])
        start, label = page.label_of_marker(at)
        if old or renamed:
            found = _headed(page, (at, body, end), (old, new), renamed)
            own = label is not None and page.last is not None and label.path == page.last.path
            return replace(found, start=start) if own else found
        page.last = label or page.last
        hunks = _hunks(lines[body:end], label or Label("", explicit=False), _fault(page, end))
        return Found(start, max(end, at + 1), tuple(hunks))


UDIFF = _Udiff()
"""The reader of this dialect."""


def _is_heading(lines: Sequence[str], at: int) -> bool:
    first, second, third = (*lines[at : at + 3], "", "")[:3]
    return first.startswith("--- ") and second.startswith("+++ ") and third[:1] in ("@", " ", "+", "-")


def _is_git_heading(lines: Sequence[str], at: int) -> bool:
    behind = lines[at + 1] if at + 1 < len(lines) else ""
    return lines[at].startswith("diff --git ") and behind.startswith(("--- ", *_HEADINGS))


def _is_bare(page: Page, at: int) -> bool:
    """Tell whether a fence of differences without any heading begins here, for a file that is named above it."""
    above = at - 1
    while above > at - _NEAR and above > page.floor and not page.lines[above].strip():
        above -= 1
    mark = page.mark_at(above) if above >= page.floor else None
    if mark is None or mark.info.partition(" ")[0].lower() not in _INFOS:
        return False
    label = page.label_above(above, mark.info)[1]
    return label is not None and not label.path.endswith(PATCHES)


def _end(page: Page, begin: int) -> int:
    """Return the line behind the hunks: the end of their fence, the next file, or, without a fence, other lines."""
    for index in range(begin, len(page.lines)):
        line = page.lines[index]
        if page.closes(index) or _is_git_heading(page.lines, index) or _is_heading(page.lines, index):
            return index
        if page.opened is None and line and line[0] not in " +-@\\":
            return index
    return len(page.lines)


def _fault(page: Page, end: int) -> Fault:
    """A difference that nothing ends may lack its last lines."""
    return "unclosed" if page.opened is not None and end == len(page.lines) else ""


def _renamed(headings: Sequence[str]) -> tuple[str, str] | None:
    """Return the old and the new path of headings that say so."""
    old = next((line[12:] for line in headings if line.startswith("rename from ")), "")
    new = next((line[10:] for line in headings if line.startswith("rename to ")), "")
    return (old, new) if old and new else None


def _headed(page: Page, at: tuple[int, int, int], named: tuple[str, str], renamed: tuple[str, str] | None) -> Found:
    """Take a difference that names its file: a new one, a deleted one, one that moves, one that stays."""
    start, body, end = at
    lines, fault = page.lines[body:end], _fault(page, end)
    old, new = (_STAMP.sub("", name).strip().strip('"') for name in named)
    if old == _NOWHERE:
        label = _label(new, page.known)
        text = added_only([line for line in lines if line and not _HUNK.fullmatch(line)])
        added = FileBlock(label.path, text or "", fault or ("doubtful" if text is None else ""), new=True)
        return Found(start, end, (added,))
    if new == _NOWHERE:
        return Found(start, end, deletes=(_label(old, page.known).path,))
    source, target = (_label(name, page.known) for name in (renamed or (old, new)))
    moves: tuple[Move, ...] = ()
    if renamed is not None or (source.path != target.path and target.path not in page.known):
        if renamed is None and is_near(target.path, source.path):
            target = source
        else:
            moves = (Move(source.path, target.path),)
    elif source.path != target.path:
        source = target
    page.last = source
    return Found(start, end, tuple(_hunks(lines, source, fault)), moves)


def _label(name: str, known: frozenset[str]) -> Label:
    """Return the path of a heading, without the `a/` or `b/` that tools put before it."""
    if name.startswith(("a/", "b/")) and name not in known:
        return Label(name[2:], explicit=False)
    return read_path(name, known)


def _hunks(lines: Sequence[str], label: Label, fault: Fault) -> list[Block]:
    """Return the hunks of one file; a fault is taken back where the header counts as many lines as there are."""
    starts = [index for index, line in enumerate(lines) if line.startswith("@@")]
    blocks: list[Block] = []
    if any(line.strip() for line in lines[: starts[0] if starts else len(lines)]):
        starts.insert(0, -1)
    for begin, end in pairwise([*starts, len(lines)]):
        header = _HUNK.fullmatch(lines[begin]) if begin >= 0 else None
        search, replace = read_hunk(lines[begin + 1 : end])
        line = int(header[1]) if header is not None and header[1] else None
        anchor = header[4].removesuffix("@@").strip(" .") if header is not None else ""
        counted = header is not None and (search.count("\n"), replace.count("\n")) == (
            int(header[2] or 1),
            int(header[3] or 1),
        )
        if search or replace:
            own: Fault = "" if counted or begin != starts[-1] else fault
            blocks.append(Replacement(label.path, search, replace, own, label.explicit, anchor, line, ordered=True))
    return blocks
