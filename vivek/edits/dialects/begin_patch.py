"""The dialect of `*** Begin Patch`, which some models were trained on: read when a model writes it, never asked for."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from vivek.edits.hunks import added_only, read_hunk
from vivek.edits.naming import read_path
from vivek.edits.page import Found, Page, read_page
from vivek.edits.reply import Block, Fault, FileBlock, Move, ParsedReply, Replacement

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_END_OF_FILE = "*** End of File"
_HEADER = re.compile(r"\*\*\* (Add|Update|Delete) File:[ \t]*(\S.*)")
_MOVE = re.compile(r"\*\*\* Move to:[ \t]*(\S.*)")
_ANCHOR = re.compile(r"@@(?: -\d+(?:,\d+)? \+\d+(?:,\d+)? @@)?(.*)")


def parse(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply of patches apart; any text is accepted, and all the rest is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    return read_page(reply, known, (BEGIN_PATCH,), ())


@dataclass(slots=True)
class _Gathered:
    """What a patch holds so far."""

    blocks: list[Block] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)


class _BeginPatch:
    """Takes a patch from its first line to its last."""

    def opens(self, page: Page, at: int) -> bool:
        line = page.lines[at]
        return line[:4] == "*** " and (line.rstrip() == _BEGIN or _HEADER.fullmatch(line.rstrip()) is not None)

    def read(self, page: Page, at: int) -> Found:
        end, closed = _extent(page, at)
        gathered = _Gathered()
        fault: Fault = "" if closed else "unclosed"
        index = at
        while index < end:
            header = _HEADER.fullmatch(page.lines[index].rstrip())
            index += 1
            if header is None:
                continue
            begin = index
            while index < end and _HEADER.fullmatch(page.lines[index].rstrip()) is None:
                index += 1
            _section(header[1], header[2], page.lines[begin:index], page, gathered, fault)
        behind = end + 1 if end < len(page.lines) and page.lines[end].rstrip() == _END else end
        return Found(at, behind, tuple(gathered.blocks), tuple(gathered.moves), tuple(gathered.deletes))


BEGIN_PATCH = _BeginPatch()
"""The reader of this dialect."""


def _extent(page: Page, at: int) -> tuple[int, bool]:
    """Return the line that ends a patch, and whether it certainly does: its own mark, or the end of its fence."""
    for index in range(at + 1, len(page.lines)):
        line = page.lines[index].rstrip()
        if line == _END or page.closes(index):
            return index, True
        if line == _BEGIN:
            return index, False
    return len(page.lines), False


def _section(kind: str, said: str, lines: Sequence[str], page: Page, gathered: _Gathered, fault: Fault) -> None:
    label = read_path(said, page.known)
    match kind:
        case "Delete":
            gathered.deletes.append(label.path)
        case "Add":
            text = added_only(_trimmed(lines))
            fault = fault or ("doubtful" if text is None else "")
            gathered.blocks.append(FileBlock(label.path, text or "", fault, label.explicit, new=True))
        case _:
            moved = _MOVE.fullmatch(lines[0].strip()) if lines else None
            if moved is not None:
                gathered.moves.append(Move(label.path, read_path(moved[1], page.known).path))
                lines = lines[1:]
            hunks = [
                Replacement(label.path, *hunk, fault, label.explicit, anchor, ordered=True, at_end=at_end)
                for anchor, hunk, at_end in _hunks(lines)
            ]
            if not hunks and moved is None:  # says that it changes the file, and then does not
                hunks.append(Replacement(label.path, "", "", "unclosed", label.explicit))
            gathered.blocks += hunks


def _hunks(lines: Sequence[str]) -> list[tuple[str, tuple[str, str], bool]]:
    """Return the hunks of one file: the names around each, its two texts, and whether it is at the file's end."""
    hunks: list[tuple[str, tuple[str, str], bool]] = []
    anchors: list[str] = []
    body: list[str] = []

    def finish(*, at_end: bool) -> None:
        if any(line.strip() for line in body):
            hunks.append(("\n".join(anchors), read_hunk(body), at_end))
            anchors.clear()
        body.clear()

    for line in lines:
        anchor = _ANCHOR.fullmatch(line)
        if anchor is not None:
            finish(at_end=False)
            anchors += [said] if (said := anchor[1].strip().removesuffix("@@").strip()) else []
        elif line.strip() == _END_OF_FILE:
            finish(at_end=True)
        else:
            body.append(line)
    finish(at_end=False)
    return hunks


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """Return lines without the empty ones at their end, which part two sections."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]
