"""A stream of Markdown cut into blocks that are final: paragraphs, lists, pieces of code, edits. Linear in its size."""

import re
from collections import deque
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from vivek.cli.render import drafts

_FENCE = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")
_ITEM = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\s")
_CODE_LINES = 20  # a longer piece of code is shown in parts
_EDIT_LINES = 200  # so is a longer edit
_LIST_LINES = 20  # a longer list is shown item by item
_PROSE_LINES = 200  # so many lines without an empty one are no paragraph of a person; they must not pile up
_TABLE_LINES = 2_000
_TAIL_PIECES = 2_000


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a reply that will not change any more.

    Attributes:
        kind: Markdown to render, the line above a fence or an edit that names a file, lines of a fence, an edit, or
            what was kept back.
        text: Whole lines, without the fence's own; of what was kept back the name above it, or "".
        language: The word behind the fence.
        gap: Whether an empty line stands before it.
        lines: How many lines it has.
        goes_on: Whether it goes on with the code of the block before.
        state: Of an edit, where in it the first line stands.
        changed: Of an edit that was kept back, how many lines it adds and removes.
    """

    kind: Literal["prose", "name", "code", "edit", "folded"]
    text: str
    language: str = ""
    gap: bool = False
    lines: int = 0
    goes_on: bool = False
    state: drafts.Draft = ""
    changed: tuple[int, int] | None = None


class Splitter:
    """Cuts a stream of text into blocks."""

    def __init__(self) -> None:
        self._partial: deque[str] = deque()
        self._lines: list[str] = []
        self._begin()

    def feed(self, text: str) -> list[Block]:
        """Take the next piece; return the blocks that are final now."""
        head, *lines = text.split("\n")
        self._partial.append(head)
        blocks: list[Block] = []
        for line in lines:
            blocks += self._line(self._take_partial())
            self._partial.append(line)
        return blocks

    def finish(self) -> list[Block]:
        """Return what is left at the end of the reply, and begin anew."""
        rest = self._take_partial()
        blocks = self._line(rest) if rest else []
        blocks += self._cut()
        self._begin()
        return blocks

    def tail(self, lines: int) -> str:
        """Return the end of what is not final yet, at most so many lines."""
        pieces = list(islice(reversed(self._partial), _TAIL_PIECES))
        return "\n".join([*self._lines[-lines:], "".join(reversed(pieces))])

    def _begin(self) -> None:
        self._fence, self._language, self._inset, self._parts = "", "", 0, 0
        self._draft: drafts.Draft = ""
        self._cut_state: drafts.Draft = ""
        self._listing = self._in_list = self._blank = self._gap = False
        self._dedent = 0

    def _take_partial(self) -> str:
        line = "".join(self._partial)
        self._partial.clear()
        return line.removesuffix("\r")

    def _line(self, line: str) -> list[Block]:
        if self._draft and not self._closes_fence(line):
            if drafts.goes_on(self._draft, line):
                return self._edit_line(line)
            blocks = self._cut()
            self._draft = ""
            return blocks + self._line(line)
        return self._code_line(line) if self._fence else self._prose_line(line)

    def _closes_fence(self, line: str) -> bool:
        found = _FENCE.match(line) if self._fence else None
        return bool(found and found[2].startswith(self._fence) and not found[3].strip())

    def _edit_line(self, line: str) -> list[Block]:
        self._lines.append(line)
        now = drafts.after(self._draft, line)
        if now and len(self._lines) < _EDIT_LINES:
            self._draft = now
            return []
        blocks = self._cut()
        self._draft = self._cut_state = now
        return blocks

    def _begin_edit(self, state: drafts.Draft, line: str) -> list[Block]:
        """Begin an edit with a line; the heading of a diff takes the line above along."""
        above = [self._lines.pop()] if state == "diff" and line.startswith("+++ ") and self._lines else []
        gap = self._gap if above and not self._lines else self._blank
        blocks = self._cut_named()
        if not self._fence:
            self._gap, self._blank = gap, False
        self._draft = self._cut_state = state
        self._lines = above
        return blocks + self._edit_line(line)

    def _code_line(self, line: str) -> list[Block]:
        if self._closes_fence(line):
            blocks = self._cut()
            self._fence, self._draft = "", ""
            return blocks
        state = drafts.opens(line, self._lines[-1] if self._lines else "")
        if state:
            return self._begin_edit(state, line)
        self._lines.append(_without_inset(line, self._inset))
        return self._cut() if len(self._lines) >= _CODE_LINES else []

    def _prose_line(self, line: str) -> list[Block]:
        if not line.strip():
            self._blank = True
            return [] if self._listing else self._cut()
        state = drafts.opens(line, self._lines[-1] if self._lines and not self._blank else "")
        if state:
            return self._begin_edit(state, line)
        found = _FENCE.match(line)
        if found and not (found[2][0] == "`" and "`" in found[3]):
            return self._begin_fence(found)
        inset = len(line) - len(line.lstrip(" "))
        line = _without_inset(line, self._dedent) if self._lines else line
        item = bool(_ITEM.match(line))
        blocks = self._cut() if inset < self._dedent or self._begins_block(line, item=item) else []
        if not self._lines:
            self._in_list = self._in_list and inset > 0
            self._dedent = inset if self._in_list else 0
            line = _without_inset(line, self._dedent)
            self._gap, self._listing = self._blank, bool(_ITEM.match(line))
        elif self._blank:
            self._lines.append("")
        self._blank = False
        self._lines.append(line)
        return blocks

    def _begin_fence(self, found: re.Match[str]) -> list[Block]:
        self._in_list = bool(found[1]) and (self._listing or self._in_list)
        blocks = self._cut_named()
        self._fence, self._language = found[2], (found[3].split() or [""])[0]
        self._gap, self._blank = self._blank, False
        self._inset, self._parts = len(found[1]), 0
        return blocks

    def _begins_block(self, line: str, *, item: bool) -> bool:
        # A list goes on over an empty line with another item, or with a line that is set in.
        if self._blank and not item and not line[0].isspace():
            return True
        if item and self._listing:
            return len(self._lines) >= _LIST_LINES
        return len(self._lines) >= (_TABLE_LINES if line.startswith("|") else _PROSE_LINES)

    def _cut_named(self) -> list[Block]:
        """Cut before an edit or a fence; a last line that names a file is a block of its own."""
        named = bool(self._lines) and not self._fence and name_in(self._lines[-1]) != ""
        name = self._lines.pop() if named else ""
        gap = self._gap
        blocks = self._cut()
        return [*blocks, Block("name", f"{name}\n", gap=gap and not blocks, lines=1)] if named else blocks

    def _cut(self) -> list[Block]:
        if not self._lines:
            return []
        text, count = "\n".join(self._lines) + "\n", len(self._lines)
        block = Block("prose", text, gap=self._gap, lines=count)
        if self._draft:
            block = replace(block, kind="edit", state=self._cut_state)
        elif self._fence:
            block = replace(block, kind="code", language=self._language, goes_on=self._parts > 0)
            self._parts += 1
        self._lines, self._gap, self._listing, self._dedent = [], False, False, 0
        return [block]


def name_in(line: str) -> str:
    """Return the path, and the symbol if there is one, of a line that holds nothing else; else ""."""
    name = line.strip(" \t\n*_`#:")
    path, _, _ = name.partition("::")
    return name if path and not any(char.isspace() for char in path) and ("." in path or "/" in path) else ""


def _without_inset(line: str, most: int) -> str:
    """Return a line without up to so many blanks before it."""
    return line[min(most, len(line) - len(line.lstrip(" "))) :] if most else line
