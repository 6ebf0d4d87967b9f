"""The dialect in which a model gives whole files: a path on a line of its own, then a fence with all of the file."""

from collections.abc import Collection

from vivek.edits.fences import Fence
from vivek.edits.naming import Label, read_label
from vivek.edits.page import Found, Page, read_page
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
To delete a file, write a line `delete: PATH`."""


def parse(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply of whole files apart; any text is accepted, and what is no file is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    return read_page(reply, known, (), (WHOLE,))


class _Whole:
    """Takes each fence that has a path."""

    def read_fence(self, page: Page, fence: Fence) -> Found | None:
        start, label = page.label_above(fence.start, fence.mark.info)
        if label is None:
            return None
        end = len(page.lines) if fence.end is None else fence.end + 1
        return Found(start, end, (_block(fence, label, certain=_is_followed_by_a_file(page, end)),))


WHOLE = _Whole()
"""The reader of this dialect."""


def _is_followed_by_a_file(page: Page, end: int) -> bool:
    """Tell whether nothing but blank lines and a path stands between the end of a fence and the next one."""
    lines = page.lines
    above = next((at for at in range(end, len(lines)) if lines[at].strip()), len(lines))
    below = next((at for at in range(above + 1, len(lines)) if lines[at].strip()), len(lines))
    if below == len(lines) or page.mark_at(below) is None:
        return False
    return page.mark_at(above) is None and read_label(lines[above], page.known) is not None


def _block(fence: Fence, label: Label, *, certain: bool) -> FileBlock:
    fault: Fault = ""
    if fence.end is None:
        fault = "unclosed"
    elif fence.doubtful and not certain and is_prose(label.path):
        fault = "doubtful"
    return FileBlock(label.path, "".join(line + "\n" for line in fence.lines), fault, label.explicit)
