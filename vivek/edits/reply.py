"""What a dialect reads out of a reply, before anything is held against the files."""

from dataclasses import dataclass
from typing import Literal

Fault = Literal["", "unclosed", "doubtful", "undivided"]
"""Why the extent of a text is not certain, or "": it has no end, it may have several, or its two parts are not told."""


@dataclass(frozen=True, slots=True)
class FileBlock:
    r"""One file the reply gives in full.

    Attributes:
        path: Its path, decoration removed.
        text: Its lines, each ended by `\n`.
        fault: Why the extent of the text is not certain, or "".
        explicit: Whether the path was written with a leading `./`, which says that it is meant as it stands.
        new: Whether the reply says that the file does not exist yet.
    """

    path: str
    text: str
    fault: Fault = ""
    explicit: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class Replacement:
    r"""Lines of a file, quoted, and what takes their place.

    Attributes:
        path: The file, decoration removed.
        search: The lines as they are now, each ended by `\n`; "" for a file that is to be made.
        replace: The lines that take their place, each ended by `\n`.
        fault: Why their extent is not certain, or "".
        explicit: Whether the path was written with a leading `./`.
        anchor: A line or name around the place, as a patch gives behind `@@`, or ""; several, the outer first, are
            parted by `\n`.
        line: Where the place begins, from 1, as far as the reply says; only a hint.
        ordered: Whether the blocks of this file stand in the order of the file, as those of a patch do.
        at_end: Whether the reply says that the place is the end of the file.
    """

    path: str
    search: str
    replace: str
    fault: Fault = ""
    explicit: bool = False
    anchor: str = ""
    line: int | None = None
    ordered: bool = False
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class RegionBlock:
    r"""A function, method or class that the reply gives in full.

    Attributes:
        path: The file, decoration removed.
        symbol: Its qualified name, such as `Till.total`.
        text: Its lines, each ended by `\n`.
        fault: Why their extent is not certain, or "".
        explicit: Whether the path was written with a leading `./`.
    """

    path: str
    symbol: str
    text: str
    fault: Fault = ""
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A file that is to get another path."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class ToolLine:
    """A line that asks for something, such as `search: def total`."""

    tool: str
    argument: str


Block = FileBlock | Replacement | RegionBlock


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """A reply taken apart.

    Attributes:
        blocks: What is to change, in order; a path may occur several times.
        needs: Files asked for.
        deletes: Files to be deleted.
        prose: All the rest, fences without a path included.
        moves: Files that are to get another path.
        asks: Other requests, in order.
    """

    blocks: tuple[Block, ...] = ()
    needs: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    prose: str = ""
    moves: tuple[Move, ...] = ()
    asks: tuple[ToolLine, ...] = ()
