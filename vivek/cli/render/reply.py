"""A streamed reply as blocks that are final: paragraphs, lists, pieces of code. Linear in its size.

Also keeps account of what of a reply was shown, so that nothing is shown twice or lost.
"""

import re
from collections import deque
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from vivek.schema.held import Held
from vivek.schema.report import TurnReport

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_ITEM = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\s")
_CODE_LINES = 20  # a longer piece of code is shown in parts
_LIST_LINES = 20  # a longer list is shown item by item
_PROSE_LINES = 200  # so many lines without an empty one are no paragraph of a person; they must not pile up
_TAIL_PIECES = 2_000

# What these nodes say is for vivek, not for the reader.
SILENT_NODES = frozenset({"planner", "reviewer"})


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a reply that will not change any more.

    Attributes:
        kind: Markdown to render, lines of a fence, or code that was kept back.
        text: Whole lines, without the fence's own; of code that was kept back the name above it, or "".
        language: The word behind the fence.
        gap: Whether an empty line stands before it.
        lines: How many lines it has.
        heads: Whether a fence follows at once.
    """

    kind: Literal["prose", "code", "folded"]
    text: str
    language: str = ""
    gap: bool = False
    lines: int = 0
    heads: bool = False


class Splitter:
    """Cuts a stream of text into blocks."""

    def __init__(self) -> None:
        self._partial: deque[str] = deque()
        self._lines: list[str] = []
        self._fence = ""
        self._language = ""
        self._listing = False
        self._blank = False
        self._gap = False

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
        self._fence, self._blank = "", False
        return blocks

    def tail(self, lines: int) -> str:
        """Return the end of what is not final yet, at most so many lines."""
        pieces = list(islice(reversed(self._partial), _TAIL_PIECES))
        return "\n".join([*self._lines[-lines:], "".join(reversed(pieces))])

    def _take_partial(self) -> str:
        line = "".join(self._partial)
        self._partial.clear()
        return line.removesuffix("\r")

    def _line(self, line: str) -> list[Block]:
        return self._code_line(line) if self._fence else self._prose_line(line)

    def _code_line(self, line: str) -> list[Block]:
        found = _FENCE.match(line)
        if found and found[1].startswith(self._fence) and not found[2].strip():
            blocks = self._cut()
            self._fence = ""
            return blocks
        self._lines.append(line)
        return self._cut() if len(self._lines) >= _CODE_LINES else []

    def _prose_line(self, line: str) -> list[Block]:
        if not line.strip():
            self._blank = True
            return [] if self._listing else self._cut()
        found = _FENCE.match(line)
        if found and not (found[1][0] == "`" and "`" in found[2]):
            blocks = [replace(block, heads=True) for block in self._cut()]
            self._fence, self._language = found[1], (found[2].split() or [""])[0]
            self._gap, self._blank = self._blank, False
            return blocks
        item = bool(_ITEM.match(line))
        blocks = self._cut() if self._begins_block(line, item=item) else []
        if not self._lines:
            self._gap, self._listing = self._blank, item
        elif self._blank:
            self._lines.append("")
        self._blank = False
        self._lines.append(line)
        return blocks

    def _begins_block(self, line: str, *, item: bool) -> bool:
        # A list goes on over an empty line with another item, or with a line that is set in.
        if self._blank and not item and not line[0].isspace():
            return True
        if item and self._listing:
            return len(self._lines) >= _LIST_LINES
        return len(self._lines) >= _PROSE_LINES and not line.startswith("|")

    def _cut(self) -> list[Block]:
        if not self._lines:
            return []
        text, count = "\n".join(self._lines) + "\n", len(self._lines)
        if self._fence:
            block = Block("code", text, self._language, gap=self._gap, lines=count)
        else:
            block = Block("prose", text, gap=self._gap, lines=count)
        self._lines, self._gap, self._listing = [], False, False
        return [block]


class Reply:
    """What the model said in a turn, and what of it the reader saw.

    Attributes:
        folding: Whether code is kept back, because it is shown as a diff later.
    """

    def __init__(self) -> None:
        self.folding = False
        self._folded = 0
        self._name = ""
        self._splitter = Splitter()
        self.forget()

    def forget(self) -> None:
        """Begin the account of another turn."""
        self._said = Held()
        self._seen = Held()

    def feed(self, text: str) -> list[Block]:
        """Take a piece of text; return the blocks to show."""
        self._said.add(text)
        return self._show(self._splitter.feed(text))

    def finish(self) -> list[Block]:
        """End one reply; return what is left of it to show."""
        return self._show(self._splitter.finish()) + self._unfold()

    def tail(self, lines: int) -> str:
        """Return the end of what is not shown yet."""
        return self._splitter.tail(lines)

    def seen(self, text: str) -> None:
        """Note text that was shown as it came."""
        self._said.add(text)
        self._seen.add(text)

    def rest(self, report: TurnReport) -> str:
        """Return the answer of a report if the reader has not seen it, else ""."""
        shown = self._said if report.changes else self._seen
        if report.shortened:
            return "" if shown.length else report.answer
        text = shown.text()
        if report.answer in text:
            return ""
        answer = _squeezed(report.answer)
        return "" if not answer or answer in _squeezed(text) else report.answer

    def _show(self, blocks: list[Block]) -> list[Block]:
        shown: list[Block] = []
        for block in blocks:
            if block.kind == "code" and self.folding:
                self._folded += block.lines
                continue
            shown += self._unfold()
            kept, self._name = _without_name(block) if self.folding and block.heads else (block, "")
            if kept.text:
                self._seen.add(kept.text)
                shown.append(kept)
        return shown

    def _unfold(self) -> list[Block]:
        if not self._folded:
            return []
        folded = Block("folded", self._name, lines=self._folded)
        self._name, self._folded = "", 0
        return [folded]


def _without_name(block: Block) -> tuple[Block, str]:
    """Return a block without a last line that names a file, and that name."""
    lines = block.text.splitlines(keepends=True)
    name = lines[-1].strip(" \t\n*_`#:")
    if not name or any(char.isspace() for char in name) or not ("." in name or "/" in name):
        return block, ""
    return replace(block, text="".join(lines[:-1]), lines=block.lines - 1), name


def _squeezed(text: str) -> str:
    """Return a text as it reads: without fences and differences in white space."""
    return " ".join(word for line in text.split("\n") if not _FENCE.match(line) for word in line.split())
