"""Which words of a line changed, and a unified diff taken apart with these words marked; pure, for drawing."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice, takewhile

from vivek.edits.shortest import common_runs
from vivek.schema.marks import LineKind, MarkedLine, Marks

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_HUNK = re.compile(r"@@ -(?:\d+)(?:,(\d+))? \+(?:\d+)(?:,(\d+))? @@")
_CHANGES = ("removed", "added", "note")
_MOST_WORDS = 400
_JOINED = re.compile(r"\w\w|\s\s")
_KINDS: dict[str, LineKind] = {"-": "removed", "+": "added"}
_CHANGES = ("removed", "added", "note")
_MOST_WORDS = 400
_MOST_LINES = 2_000
_ALIKE = 0.25


def word_marks(old: str, new: str) -> tuple[Marks, Marks]:
    """Return which pieces of each of two lines are not in the other, each as first character and the one behind it.

    Both are empty for equal lines, and for lines that have so little in common that marks would only confuse. Of two
    very long lines all between their common ends is marked.
    """
    head, tail = _common_ends(old, new)
    old_words, new_words = _WORD.findall(old[head : len(old) - tail]), _WORD.findall(new[head : len(new) - tail])
    runs = common_runs(old_words, new_words) if max(len(old_words), len(new_words)) <= _MOST_WORDS else []
    kept = [(x + at, y + at) for x, y, length in runs for at in range(length)]
    alike = head + tail + sum(len(old_words[place]) for place, _ in kept if not old_words[place].isspace())
    if old == new or alike < _ALIKE * max(len(old.strip()), len(new.strip())):
        return (), ()
    return (
        _marks(old_words, {place for place, _ in kept}, head),
        _marks(new_words, {place for _, place in kept}, head),
    )


def marked(diff: str) -> tuple[MarkedLine, ...]:
    r"""Return the lines of a unified diff in git's form, with the changed words of each marked.

    A line that was removed is held against the one added at the same position of its change. Drawing needs no more
    than this: the sign by `kind`, then `text`, the pieces in `marks` in a stronger style.

    Args:
        diff: As `unified` returns it, of one file or several; only `\n` ends a line.
    """
    drawn: list[MarkedLine] = []
    for changes, group in groupby(_lines(diff), key=lambda line: line.kind in _CHANGES):
        lines = list(group)
        drawn += _paired(lines) if changes else lines
    return tuple(drawn)


def _lines(diff: str) -> Iterator[MarkedLine]:
    """Yield the lines of a diff; how many belong to a hunk, its head tells."""
    old = new = 0
    for line in diff.removesuffix("\n").split("\n") if diff else ():
        hunk = _HUNK.match(line)
        if line.startswith("\\"):
            yield MarkedLine("note", line)
        elif old > 0 or new > 0:
            kind = _KINDS.get(line[:1], "same")
            old -= kind != "added"
            new -= kind != "removed"
            yield MarkedLine(kind, line[1:])
        elif hunk is not None:
            old, new = (1 if count is None else int(count) for count in hunk.groups())
            yield MarkedLine("hunk", line)
        else:
            yield MarkedLine("head", line)


def _paired(lines: Sequence[MarkedLine]) -> list[MarkedLine]:
    """Mark the words that changed in lines that were removed and added together."""
    removed = [line.text for line in lines if line.kind == "removed"]
    added = [line.text for line in lines if line.kind == "added"]
    if len(lines) > _MOST_LINES:
        return list(lines)
    pairs = [word_marks(old, new) for old, new in zip(removed, added, strict=False)]
    marks = {"removed": iter([old for old, _ in pairs]), "added": iter([new for _, new in pairs])}
    return [replace(line, marks=next(marks[line.kind], ())) if line.kind in marks else line for line in lines]


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """Return how many characters two lines share at their begin and end, no word cut."""
    shorter = min(len(old), len(new))
    head = _shared(old, new, shorter)
    tail = _shared(reversed(old), reversed(new), shorter - head)
    while head > 0 and any(_cuts_word(line, head) for line in (old, new)):
        head -= 1
    while tail > 0 and any(_cuts_word(line, len(line) - tail) for line in (old, new)):
        tail -= 1
    return head, tail


def _shared(old: Iterable[str], new: Iterable[str], most: int) -> int:
    pairs = islice(zip(old, new, strict=False), most)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cuts_word(line: str, at: int) -> bool:
    return 0 < at < len(line) and _JOINED.match(line, at - 1) is not None


def _marks(words: Sequence[str], kept: Collection[int], at: int) -> Marks:
    """Return the places of the words that are not kept, neighbours as one."""
    marks: list[tuple[int, int]] = []
    for index, word in enumerate(words):
        if index not in kept:
            begin = marks.pop()[0] if marks and marks[-1][1] == at else at
            marks.append((begin, at + len(word)))
        at += len(word)
    return tuple(marks)
