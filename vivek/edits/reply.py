"""What a dialect reads out of a reply, before anything is held against the files."""

from dataclasses import dataclass
from typing import Literal

Fault = Literal["", "unclosed", "doubtful"]


@dataclass(frozen=True, slots=True)
class FileBlock:
    r"""One file the reply gives in full.

    Attributes:
        path: Its path, decoration removed.
        text: Its lines, each ended by `\n`.
        fault: Why the extent of the text is not certain, or "".
        explicit: Whether the path was written with a leading `./`, which says that it is meant as it stands.
    """

    path: str
    text: str
    fault: Fault = ""
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """A reply taken apart.

    Attributes:
        blocks: Files given, in order; a path may occur twice.
        needs: Files asked for.
        deletes: Files to be deleted.
        prose: All the rest, fences without a path included.
    """

    blocks: tuple[FileBlock, ...] = ()
    needs: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    prose: str = ""
