"""The lines of a hunk, as unified diffs and patches have them: what is there, what goes, what comes."""

from collections.abc import Sequence

_SIGNS = " +-\\"


def read_hunk(lines: Sequence[str]) -> tuple[str, str]:
    """Return the lines that are there and those that take their place, each as a text.

    Where one line that stays has lost the blank before it, as models write it, all of them have. Counts in a header
    are not needed for this; a last line without any sign but for its end belongs to what follows.
    """
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    lines = lines[:end]
    lost = any(line and line[0] not in _SIGNS for line in lines)
    old: list[str] = []
    new: list[str] = []
    for line in lines:
        sign, text = line[:1], line[1:]
        if sign == "\\":  # says that the file has no last line end, which is kept as it is
            continue
        if sign == "+":
            new.append(text)
        elif sign == "-":
            old.append(text)
        else:
            kept = line if lost else text
            old.append(kept)
            new.append(kept)
    return _text(old), _text(new)


def added_only(lines: Sequence[str]) -> str | None:
    """Return the text of a new file, each line behind a `+`, or as it is where no line has one; None when unclear."""
    filled = [line for line in lines if line.strip() and not line.startswith("\\")]
    signed = [line for line in filled if line.startswith("+")]
    if signed and len(signed) < len(filled):
        return None
    return _text([line[1:] if signed else line for line in lines if not line.startswith("\\")])


def _text(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)
