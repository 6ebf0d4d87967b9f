"""Finds comments that stand for code left out, such as `# ... rest of the file unchanged`."""

import re

from vivek.edits.lines import changed_lines
from vivek.syntax.languages import is_prose

_COMMENT = re.compile(r"(?:#+|//+|/\*+|--+|;+|%+|<!--+|\{/\*+|\*(?= ))(.*?)(?:\*+/\}?|--+>)?")
_PROSE_COMMENT = re.compile(r"<!--+(.*?)--+>")
_WORD = re.compile(r"[^\W_]+(?:['_-][^\W_]+)*")
_WRAPPING = " \t()[]{}*<>"
_LONGEST = 160
_STARTS = frozenset("#/*-;%<{.\u2026([")

_REST = frozenset({"rest", "remainder", "remaining"})
_CODE = frozenset(
    {"code", "implementation", "functions", "methods", "classes", "imports", "logic", "tests", "definitions"}
)
_UNIT = _CODE | frozenset({"file", "class", "function", "method", "module", "script", "program", "component", "body"})
_KNOWN = frozenset({"existing", "original", "previous", "current", "other"})
_STAYS = frozenset({"unchanged", "untouched", "unmodified", "remain", "remains", "stay", "stays"})
_LEFT_OUT = frozenset({"omitted", "elided", "skipped", "truncated"})
_WHY = frozenset({"brevity", "clarity", "simplicity"})
_FILLERS = frozenset({
    "a", "above", "all", "and", "are", "as", "be", "before", "below", "changes", "continue", "continues", "else",
    "everything", "for", "from", "go", "goes", "here", "i", "in", "insert", "include", "is", "it", "keep", "leave",
    "left", "my", "no", "not", "of", "out", "same", "shown", "that", "the", "this", "to", "was", "were", "with",
    "your",
})  # fmt: skip
_HINTS = _REST | _KNOWN | _STAYS | _LEFT_OUT
_VOCABULARY = _HINTS | _UNIT | _WHY | _FILLERS
_SIGNS = ("...", "\u2026", "same", *sorted(_HINTS))
"""One of these is in every line that stands for code; looking for them is quicker than reading its words."""


def find_elision(path: str, before: str, after: str, known: str = "") -> int | None:
    """Return the index of the first line of `after` that stands for code left out, or None.

    Only a line of its own counts, only one that says that known code stays, and none that `before` has as well:
    comments about the rest of a list, or about what a function omits, are ordinary comments.

    Args:
        path: The file.
        before: The text that `after` replaces.
        after: The new text.
        known: All of the file where the texts are parts of it; its lines may stand in the new text as well.
    """
    held: set[str] | None = None
    _, changed = changed_lines(before, after)  # what both have stays
    for index, line in enumerate(after[changed].split("\n"), after.count("\n", 0, changed.start)):
        text = line.strip()
        if text[:1] not in _STARTS or len(text) > _LONGEST:
            continue
        lowered = text.lower()
        if not any(sign in lowered for sign in _SIGNS) or not _stands_for_code(path, text, shrunk=True):
            continue
        if held is None:  # most texts have no such line, and these two cost more than the rest
            held = {line.strip() for part in (before, known) for line in part.split("\n")}
            shrunk = _weight(after) < _weight(before) + bool(known)  # a part that is quoted need not even shrink
        if text not in held and (shrunk or _stands_for_code(path, text, shrunk=False)):
            return index
    return None


def _weight(text: str) -> int:
    return len(list(filter(str.strip, text.split("\n"))))


def _stands_for_code(path: str, text: str, *, shrunk: bool) -> bool:
    comment = (_PROSE_COMMENT if is_prose(path) else _COMMENT).fullmatch(text)
    said = (comment[1] if comment is not None else text).strip(_WRAPPING).replace("…", "...")
    leading, trailing = said.startswith("..."), said.endswith("...")
    if comment is None and not leading:  # dots and words without a comment mark are code in no language
        return False
    words = _WORD.findall(said.lower())
    if not words:
        return comment is not None and leading and shrunk
    foreign = sum(word not in _VOCABULARY for word in words)
    if leading or trailing:
        allowed = 0 if comment is None or not leading else 3 if trailing else 2
        return foreign <= allowed and not _HINTS.isdisjoint(words)
    return _says_that_code_stays(frozenset(words), foreign, shrunk=shrunk)


def _says_that_code_stays(words: frozenset[str], foreign: int, *, shrunk: bool) -> bool:
    """Judge a comment without dots, where an ordinary sentence is more likely."""
    if words & _WHY and words & _LEFT_OUT:
        return foreign <= 3
    if words & (_STAYS | _LEFT_OUT) and words & (_CODE | _REST | {"everything"}):
        return foreign <= (1 if words & (_REST | _KNOWN) else 0)
    if foreign:
        return False
    if {"rest", "of"} <= words and words & _UNIT:
        return True
    if "code" in words and words & {"existing", "remaining"}:
        return True
    return shrunk and bool(words & (_STAYS | {"same"}))
