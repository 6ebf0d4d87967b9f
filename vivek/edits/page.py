"""A reply as lines that several readers share: each takes what it knows, and what nobody takes is prose."""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vivek.edits.fences import Fence, Mark, closes, fence_from, read_marks
from vivek.edits.naming import Label, mentioned, read_info, read_label
from vivek.edits.reply import Block, Move, ParsedReply, ToolLine
from vivek.edits.requests import read_request

_BLANK_LINES = re.compile(r"\n{3,}")
PATCHES = (".diff", ".patch")
"""Ends of the names of files that hold differences themselves."""

_HEREDOC = re.compile(r"<<-?[ ]?['\"]?[A-Z]+['\"]?$")  # a patch that is handed to a program
_GAP = 2  # blank lines that may lie between a path and what it names
_PEEK = 6  # lines of a fence that may stand before its first marker
_ABOVE = 20  # lines of prose that are looked through for the name of a file


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader takes out of a reply.

    Attributes:
        start: The first line that belongs to it, that of its path included.
        end: The line behind it.
        blocks: What is to change.
        moves: Files that get another path.
        deletes: Files to be deleted.
        floor: From where on a line may name what follows, None for `end`.
        asks: Requests to tools.
    """

    start: int
    end: int
    blocks: tuple[Block, ...] = ()
    moves: tuple[Move, ...] = ()
    deletes: tuple[str, ...] = ()
    floor: int | None = None
    asks: tuple[ToolLine, ...] = ()


@dataclass(slots=True)
class Page:
    r"""The lines of a reply while it is read from top to bottom.

    Attributes:
        lines: All lines, without their ends.
        known: The files of the project.
        marks: The lines that may open or close a fence.
        floor: The line behind what was taken last; nothing above belongs to what comes.
        opened: Line and mark of the fence around the markers that are being read, None outside.
        last: The file that the last block was for.
    """

    lines: Sequence[str]
    known: frozenset[str]
    marks: list[tuple[int, Mark]] = field(default_factory=list)
    floor: int = 0
    opened: tuple[int, Mark] | None = None
    last: Label | None = None

    def mark_at(self, at: int) -> Mark | None:
        """Return the fence mark of a line, or None when it is an ordinary one."""
        position = bisect_left(self.marks, at, key=lambda entry: entry[0])
        if position < len(self.marks) and self.marks[position][0] == at:
            return self.marks[position][1]
        return None

    def info_at(self, at: int) -> str:
        """Return what stands behind the fence mark of a line, "" where there is none."""
        mark = self.mark_at(at)
        return mark.info if mark is not None else ""

    def fence_at(self, at: int) -> Fence:
        """Return the fence that a mark opens."""
        return fence_from(self.lines, self.marks, bisect_left(self.marks, at, key=lambda entry: entry[0]))

    def closes(self, at: int) -> bool:
        """Return whether a line closes the fence around the markers that are being read."""
        mark = self.mark_at(at) if self.opened is not None else None
        return mark is not None and self.opened is not None and closes(mark, self.opened[1])

    def label_above(self, at: int, info: str = "") -> tuple[int, Label | None]:
        """Return the path above a line, else that in the info string of its fence, and the first line of both."""
        above = at - 1
        lowest = max(self.floor, above - _GAP)
        while above > lowest and not self.lines[above].strip():
            above -= 1
        if above >= self.floor:
            label = read_label(self.lines[above], self.known)
            if label is not None:
                return above, label
        return at, read_info(info, self.known) if info else None

    def label_of_marker(self, at: int) -> tuple[int, Label | None]:
        """Return the path of a block that begins at a line: above it, above its fence, or told in the prose there.

        A block without a path goes on with the file of the one before, unless another file was named in between.
        """
        start, label = self.label_above(at)
        if label is None and self.opened is not None and self._is_first_inside(at, self.opened[0]):
            start, label = self.label_above(self.opened[0], self.opened[1].info)
        if label is None:
            told = mentioned(self.lines[max(self.floor, at - _ABOVE) : at], self.known)
            if len(told) <= 1:
                label = Label(told.pop(), explicit=False) if told else self.last
        return start, label

    def _is_first_inside(self, at: int, opened: int) -> bool:
        return at - opened <= _PEEK and not any(line.strip() for line in self.lines[opened + 1 : at])


class MarkedReader(Protocol):
    """Reads a dialect whose blocks are marked by lines of their own, in a fence or without one."""

    def opens(self, page: Page, at: int) -> bool:
        """Return whether a block begins at a line."""
        ...

    def read(self, page: Page, at: int) -> Found:
        """Take the block that begins at a line."""
        ...


class FenceReader(Protocol):
    """Reads a dialect whose blocks are fences."""

    def read_fence(self, page: Page, fence: Fence) -> Found | None:
        """Take a fence, or leave it to others."""
        ...


@dataclass(slots=True)
class _Reading:
    """Goes down a page and gathers what the readers find."""

    page: Page
    marked: Sequence[MarkedReader]
    fenced: Sequence[FenceReader]
    found: list[Found] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    inside: set[int] = field(default_factory=set)

    def run(self) -> None:
        at = 0
        while at < len(self.page.lines):
            at = self._step(at)

    def _step(self, at: int) -> int:
        reader = self._reader(at)
        if reader is not None:
            return self._take(reader.read(self.page, at))
        mark = self.page.mark_at(at)
        if mark is None:
            if self.page.opened is not None:
                self.inside.add(at)
            return at + 1
        if self.page.closes(at):
            self.page.opened = None
        elif self._is_around_markers(at):
            self.page.opened = at, mark
        else:
            return self._fence(at)
        self.dropped.add(at)
        return at + 1

    def _fence(self, at: int) -> int:
        """Take an ordinary fence, or leave it as prose with all that it holds."""
        self.page.opened = None
        fence = self.page.fence_at(at)
        for reader in self.fenced:
            found = reader.read_fence(self.page, fence)
            if found is not None:
                return self._take(found)
        end = len(self.page.lines) if fence.end is None else fence.end + 1
        self.inside.update(range(at, end))
        self.page.floor = end
        return end

    def _reader(self, at: int) -> MarkedReader | None:
        return next((reader for reader in self.marked if reader.opens(self.page, at)), None)

    def _is_around_markers(self, at: int) -> bool:
        """Tell whether the first thing in a fence, but for the path of a file, is a marker; a patch may be a file."""
        label = self.page.label_above(at, self.page.info_at(at))[1]
        if label is not None and label.path.endswith(PATCHES):
            return False
        for index in range(at + 1, min(at + 1 + _PEEK, len(self.page.lines))):
            if self._reader(index) is not None:
                return True
            line = self.page.lines[index]
            if line.strip() and read_label(line, self.page.known) is None and _HEREDOC.search(line) is None:
                return False
        return False

    def _take(self, found: Found) -> int:
        self.found.append(found)
        self.dropped.update(range(found.start, found.end))
        self.page.floor = found.end if found.floor is None else found.floor
        return found.end


def read_page(
    reply: str, known: Collection[str], marked: Sequence[MarkedReader], fenced: Sequence[FenceReader]
) -> ParsedReply:
    """Take a reply apart; any text is accepted, and what no reader takes is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
        marked: Readers of marked blocks; where several could begin, the first counts.
        fenced: Readers of fences, in the same way.
    """
    lines = reply.replace("\r\n", "\n").split("\n")
    reading = _Reading(Page(lines, frozenset(known), read_marks(lines)), marked, fenced)
    reading.run()
    blocks = tuple(block for found in reading.found for block in found.blocks)
    deletes = [path for found in reading.found for path in found.deletes]
    needs: list[str] = []
    asks = [ask for found in reading.found for ask in found.asks if not blocks]
    dropped = reading.dropped
    for index, line in enumerate(lines):
        request = None if index in dropped or index in reading.inside else read_request(line, reading.page.known)
        if request is None or (request.ask is not None and blocks):  # a reply either changes files or asks
            continue
        (deletes if request.verb == "delete" else needs).extend(request.paths)
        asks += [request.ask] if request.ask is not None else []
        dropped.add(index)
    prose = "\n".join(line for index, line in enumerate(lines) if index not in dropped)
    return ParsedReply(
        blocks,
        tuple(dict.fromkeys(needs)),
        tuple(dict.fromkeys(deletes)),
        _BLANK_LINES.sub("\n\n", prose).strip(),
        tuple(dict.fromkeys(move for found in reading.found for move in found.moves)),
        tuple(dict.fromkeys(asks)),
    )
