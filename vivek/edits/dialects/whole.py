"""The dialect in which a model gives whole files: a path on a line of its own, then a fence with all of the file."""

import re
from collections.abc import Collection, Sequence

from vivek.edits.fences import Fence, find_fences
from vivek.edits.naming import Label, read_info, read_label
from vivek.edits.reply import Fault, FileBlock, ParsedReply
from vivek.syntax.languages import is_prose

INSTRUCTION = """\
To change or create a file, write its path alone on a line, then the whole file in a fence:

src/example.py
```
every line of the file
```

The fence replaces the file: write every line, also those that stay the same, and no "rest unchanged".
Put a file that contains ``` lines into a fence of four backticks.
To see a file that you were not shown, write a line `need: PATH`. To delete a file, write a line `delete: PATH`.
An answer in words needs no path and no fence."""

_REQUEST = re.compile(r"[\s>*_`#-]*(need|delete)[*_`]*\s*:(.*)", re.I)
_SEPARATORS = re.compile(r"[,\s]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_GAP = 2  # blank lines that may lie between a path and its fence


def parse(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply apart; any text is accepted, and what is no file is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    names = frozenset(known)
    lines = reply.replace("\r\n", "\n").split("\n")
    outside = [True] * len(lines)
    dropped: set[int] = set()
    blocks: list[FileBlock] = []
    floor = 0
    for fence in find_fences(lines):
        end = len(lines) if fence.end is None else fence.end + 1
        outside[fence.start : end] = [False] * (end - fence.start)
        line, label = _label_of(fence, lines, floor, names)
        if label is not None:
            blocks.append(_block(fence, label))
            dropped.update(range(line, end))
        floor = end
    needs: list[str] = []
    deletes: list[str] = []
    for index, text in enumerate(lines):
        if not outside[index] or index in dropped:
            continue
        verb, paths = _request(text, names)
        if paths:
            (needs if verb == "need" else deletes).extend(paths)
            dropped.add(index)
    prose = "\n".join(line for index, line in enumerate(lines) if index not in dropped)
    return ParsedReply(
        tuple(blocks),
        tuple(dict.fromkeys(needs)),
        tuple(dict.fromkeys(deletes)),
        _BLANK_LINES.sub("\n\n", prose).strip(),
    )


def _label_of(fence: Fence, lines: Sequence[str], floor: int, known: frozenset[str]) -> tuple[int, Label | None]:
    """Return the path of a fence and the first line that belongs to it."""
    above = fence.start - 1
    lowest = max(floor, above - _GAP)
    while above > lowest and not lines[above].strip():
        above -= 1
    if above >= floor:
        label = read_label(lines[above], known)
        if label is not None:
            return above, label
    return fence.start, read_info(fence.mark.info, known) if fence.mark.info else None


def _block(fence: Fence, label: Label) -> FileBlock:
    fault: Fault = ""
    if fence.end is None:
        fault = "unclosed"
    elif fence.doubtful and is_prose(label.path):
        fault = "doubtful"
    return FileBlock(label.path, "".join(line + "\n" for line in fence.lines), fault, label.explicit)


def _request(line: str, known: frozenset[str]) -> tuple[str, list[str]]:
    """Return the verb and the paths of a `need:` or `delete:` line; no paths means that it is prose."""
    found = _REQUEST.fullmatch(line)
    if found is None:
        return "", []
    whole = read_label(found[2], known)
    words = [word for word in _SEPARATORS.split(found[2].strip(" `*.")) if word not in {"", "and"}]
    labels = [whole] if whole is not None else [read_label(word, known) for word in words]
    paths = [label.path for label in labels if label is not None]
    return found[1].lower(), paths if len(paths) == len(labels) else []
