"""Makes a fix of the lines that a model would put in the place of others, where that is safe to offer. Pure."""

from typing import Final

from vivek.analysis.findings.locate import Span, quoted
from vivek.edits.elision import find_elision
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import Fix
from vivek.syntax.check import broken_by

_LARGEST: Final = 40  # lines


def mend(quote: str, fix: str, file: ChangedFile, span: Span) -> Fix | None:
    """Return a fix for lines of the new version, None where what a model wrote is none.

    The quote must be those lines as a whole. A fix that is indented as the quote is, but not as the file, is moved to
    where the lines stand. One that changes nothing, leaves code out or breaks the file is no fix.

    Args:
        quote: The lines as the model wrote them, without the signs of a diff.
        fix: What should stand there instead.
        file: The file.
        span: Where the lines stand.
    """
    text = file.new_text
    if not fix.strip() or text is None:
        return None
    before = quoted(text, span)
    if _words(quote) != _words(before):
        return None
    lines = _moved(_unsigned(fix), quote, before)
    after = "\n".join(lines)
    if _words(after) == _words(before) or len(lines) > _LARGEST or find_elision(file.path, before, after) is not None:
        return None
    rows = text.split("\n")
    changed = "\n".join([*rows[: span[0] - 1], *lines, *rows[span[1] :]])
    if broken_by(file.path, text, changed) is not None:
        return None
    return Fix(file.path, span[0], span[1], f"{after}\n", before=f"{before}\n")


def _unsigned(code: str) -> str:
    """Return code without the signs of a diff, where it was written as one."""
    lines = code.strip("\n").split("\n")
    if any(line.startswith("+") for line in lines) and all(line[:1] in "+- " for line in lines):
        return "\n".join(line[1:] for line in lines if not line.startswith("-"))
    return code.strip("\n")


def _moved(fix: str, quote: str, before: str) -> list[str]:
    """Return the lines of a fix, indented as the lines they replace."""
    lines = [line.rstrip() for line in fix.split("\n")]
    meant, real, own = (_indent(text) for text in (quote, before, fix))
    if meant == real and own == real:
        return lines
    if own not in (meant, ""):
        return lines
    return [f"{real}{line.removeprefix(own)}" if line else line for line in lines]


def _indent(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return first[: len(first) - len(first.lstrip())]


def _words(text: str) -> list[str]:
    return text.split()
