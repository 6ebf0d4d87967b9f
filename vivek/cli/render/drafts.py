"""Edits as a model writes them into its reply: where one begins and ends, and what it looks like as a diff.

For the eye alone: what is applied is read by the edit engine out of the whole reply, under stricter rules.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.marks import LineKind, MarkedLine

Draft = Literal["", "old", "new", "patch", "diff"]
"""Where in an edit a line stands: nowhere, in what is searched for, in what replaces it, in a patch, in a diff."""

Marker = Callable[[str], Sequence[MarkedLine]]
"""Takes a unified diff apart and marks the words that changed."""

_SEARCH = re.compile(r"[ \t]*(?:<{5,9}|-{5,9}) ?(?:SEARCH|ORIGINAL)\b", re.I)
_DIVIDER = re.compile(r"[ \t]*={5,9}[ \t]*")
_REPLACED = re.compile(r"[ \t]*(?:>{5,9}|\+{5,9}) ?(?:REPLACED?|UPDATED?)\b", re.I)
_PATCH = re.compile(r"\*\*\* (?:Begin Patch|(?:Add|Update|Delete) File: *\S)")
_PATCH_END = "*** End Patch"
_SECTION = re.compile(r"\*\*\* (Add|Update|Delete) File: *(\S.*)")
_DIFF = re.compile(r"diff --git |@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_DIFF_HEADS = ("diff ", "index ", "--- ", "+++ ", "new file", "deleted file", "old mode", "new mode", "similarity ",
               "rename ", "\\ ")  # fmt: skip
_SIGNS: dict[str, LineKind] = {" ": "same", "-": "removed", "+": "added"}
_TOLD = {"Add": " (new)", "Update": "", "Delete": " (deleted)"}


def opens(line: str, before: str = "") -> Draft:
    """Return the edit that a line outside of one begins, or "".

    Args:
        line: The line.
        before: The line above it.
    """
    first = line.lstrip()[:1]
    if first not in ("<", "-", "*", "d", "@", "+") or not first:
        return ""
    if _SEARCH.match(line):
        return "old"
    if _PATCH.match(line):
        return "patch"
    headed = line.startswith("+++ ") and before.startswith("--- ")
    return "diff" if headed or _DIFF.match(line) else ""


def goes_on(state: Draft, line: str) -> bool:
    """Tell whether a line still belongs to an edit; only diffs end without a mark of their end."""
    if state != "diff" or line[:1] in _SIGNS or line.startswith("@@"):
        return True
    return line.startswith(_DIFF_HEADS)


def after(state: Draft, line: str) -> Draft:
    """Return where the line below stands, "" when this one ended the edit."""
    if state == "old" and _DIVIDER.fullmatch(line):
        return "new"
    if state in ("old", "new") and _REPLACED.match(line):
        return ""
    return "" if state == "patch" and line.rstrip() == _PATCH_END else state


def as_diff(text: str, state: Draft, mark: Marker) -> list[MarkedLine]:
    """Return an edit as lines of a diff with the words that changed marked.

    Args:
        text: Whole lines, with the marks of the edit.
        state: Where the first of them stands.
        mark: Marks the words.
    """
    drawn = _Drawing(mark)
    for line in text.removesuffix("\n").split("\n"):
        if state in ("old", "new"):
            _draw_search(drawn, state, line)
            state = after(state, line)
        else:
            _draw_patch(drawn, line)
    drawn.flush()
    return drawn.lines


def measured(text: str, state: Draft) -> tuple[str, int, int]:
    """Return the files that an edit names, and how many lines it adds and removes."""
    lines = as_diff(text, state, _unmarked)
    names = ", ".join(dict.fromkeys(line.text for line in lines if line.kind == "head"))
    return names, sum(line.kind == "added" for line in lines), sum(line.kind == "removed" for line in lines)


def _unmarked(diff: str) -> list[MarkedLine]:
    lines = diff.removesuffix("\n").split("\n")
    return [MarkedLine(_SIGNS.get(line[:1], "hunk"), line[1:]) for line in lines]


@dataclass(slots=True)
class _Drawing:
    """A diff that is being put together: its lines, and the hunk that is still open."""

    mark: Marker
    lines: list[MarkedLine] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    hunk: list[str] = field(default_factory=list)

    def flush(self) -> None:
        body = [*_compared(self.old, self.new), *self.hunk]
        self.old, self.new, self.hunk = [], [], []
        if not body:
            return
        removed, added = (sum(line[:1] in signs for line in body) for signs in (" -", " +"))
        marked = self.mark(f"@@ -1,{removed} +1,{added} @@\n" + "".join(f"{line}\n" for line in body))
        self.lines += marked[1:]

    def head(self, kind: LineKind, text: str) -> None:
        self.flush()
        self.lines.append(MarkedLine(kind, text))


def _draw_search(drawn: _Drawing, state: Draft, line: str) -> None:
    if _SEARCH.match(line) and not drawn.old and not drawn.new:
        return
    if state == "old" and _DIVIDER.fullmatch(line):
        return
    if _REPLACED.match(line):
        drawn.flush()
    elif state == "old":
        drawn.old.append(line)
    else:
        drawn.new.append(line)


def _draw_patch(drawn: _Drawing, line: str) -> None:
    section = _SECTION.match(line)
    if section:
        drawn.head("head", section[2].strip() + _TOLD[section[1]])
    elif line.startswith("@@"):
        drawn.head("hunk", line)
    elif line.startswith("+++ ") and not drawn.hunk:
        name = line[4:].strip()
        if name != "/dev/null":
            drawn.head("head", name.removeprefix("b/"))
    elif not (line.startswith(("*** ", "\\ ")) or (not drawn.hunk and line.startswith(_DIFF_HEADS))):
        drawn.hunk.append(line if line[:1] in _SIGNS else f" {line}")


def _compared(old: list[str], new: list[str]) -> Iterator[str]:
    """Yield what was searched for and what replaces it; what both begin and end with stays as it is."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    yield from (f" {line}" for line in old[:head])
    yield from (f"-{line}" for line in old[head : len(old) - tail])
    yield from (f"+{line}" for line in new[head : len(new) - tail])
    yield from (f" {line}" for line in old[len(old) - tail :])
