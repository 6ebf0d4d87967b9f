"""What a model is shown around a piece of a change, from the index and both versions of the file; asks no model."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache

from vivek.analysis.findings.chunks import Chunk
from vivek.errors import ConfigError, IndexingError, WorkspaceError
from vivek.flows.review.planning import Around
from vivek.project.changes.versions import Version
from vivek.project.index.base import Lookup
from vivek.prompts.fence import fenced, one_line
from vivek.prompts.parts import Part
from vivek.prompts.shrinking import start_of
from vivek.schema.budget import Count, Section, Shrink
from vivek.schema.changes import ChangedFile, Changes
from vivek.schema.index import FileFacts
from vivek.schema.reviewing import Rule
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.pages.rules import rules_for
from vivek.session.piecewise.review_uses import Read, Use, called_by, tests_of, uses_of
from vivek.session.place import Place
from vivek.syntax.facts import facts_of
from vivek.syntax.languages import is_prose, language_of
from vivek.syntax.outline import Symbol, outline

PATIENCE = 10.0
"""Seconds that a review waits for the index; with one that is not complete it sees less of the callers."""

# What a prompt loses first when it does not fit.
_TESTS, _CALLED, _USES, _PROMISED, _AROUND = 15, 20, 25, 30, 40

_WHOLE = 120  # lines of a definition that is shown whole
_NEAR = 12  # lines around a change in one that is not
_NAMES = 6  # changed definitions that are asked about
_VALUES = frozenset({"constant", "variable"})
_LAYOUT = re.compile(r"[\s,]+")


@dataclass(slots=True, eq=False)
class Surroundings:
    """A `flows.review.planning.Surround` for one change.

    Attributes:
        count: Tokens of a text.
        rules: The rules of the project.
        lookup: The index, None where there is none.
        read: Reads a file in the version that is reviewed.
    """

    count: Count
    rules: Sequence[Rule] = ()
    lookup: Lookup | None = None
    read: Read = field(default=lambda _path: None)

    def __call__(self, chunk: Chunk, file: ChangedFile) -> Around:
        """Return what is known around a piece, in the order in which it is shown."""
        uses: tuple[Use, ...] = ()
        parts = [*_definitions(chunk, file), *_promised(chunk, file)]
        if self.lookup is not None:
            names = _names(chunk, file)
            shown = frozenset(line.text.strip() for hunk in chunk.hunks for line in hunk.lines)
            uses = uses_of(names, file.path, self.lookup, self.read, shown)
            added = "\n".join(line.text for hunk in chunk.hunks for line in hunk.lines if line.sign == "+")
            called = called_by(added, file.path, self.lookup)
            tests = tests_of(names, file.path, self.lookup, self.read)
            signatures = "\n".join(
                f"{each.path}: {each.signature or each.name}" + (f"  # {each.doc}" if each.doc else "")
                for each in called
            )
            parts += _listed("uses", "Code that uses what is changed:", _told(uses), _USES)
            parts += _listed("called", "What the new lines call:", signatures, _CALLED)
            parts += _listed("tests", "Tests that name what is changed:", _told(tests), _TESTS)
        sections: tuple[Section, ...] = tuple(part.measured(self.count) for part in parts)
        return Around(sections, rules_for(file.path, self.rules), callers=bool(uses))


@contextmanager
def open_surroundings(
    place: Place,
    changes: Changes,
    rules: Sequence[Rule],
    *,
    count: Count,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Surroundings]:
    """Open what tells what lies around the pieces of a change; without an index it tells what the files tell.

    Args:
        place: The project.
        changes: What is reviewed.
        rules: The rules of the project.
        count: Tokens of a text.
        patience: Seconds that the index may take to be brought up to date.
        clock: Seconds of a clock that only goes forward.
    """
    if place.restricted:
        yield Surroundings(count, rules)
        return
    version = Version(place.root, changes)
    with ExitStack() as held:
        lookup = _opened(place, held)
        if lookup is not None:
            until = clock() + patience
            with suppress(IndexingError):  # what it knows by now is of use all the same
                lookup.refresh(stop=lambda: clock() > until)
        yield Surroundings(count, rules, lookup, version.text)


def _opened(place: Place, held: ExitStack) -> Lookup | None:
    try:
        return held.enter_context(open_lookup(place, find_home(place)))
    except (ConfigError, IndexingError, WorkspaceError):
        return None


def _listed(name: str, label: str, text: str, priority: int) -> list[Part]:
    if not text:
        return []

    def say(part: str, missing: str) -> str:
        return f"{fenced(label, part)}\n{missing}"

    return [Part(name, fenced(label, text), priority, shrink=start_of(text, say))]


def _told(uses: Sequence[Use]) -> str:
    return "\n\n".join(f"{one_line(use.path)}{f', in {use.within}' if use.within else ''}:\n{use.text}" for use in uses)


def _touched(chunk: Chunk) -> frozenset[int]:
    """Return the lines of the new version that a piece changes, and those behind which it takes lines away."""
    lines = set()
    for hunk in chunk.hunks:
        last = hunk.new
        for line in hunk.lines:
            if line.sign == "-":
                lines.add(max(1, last))
            elif line.sign == "+":
                lines.add(line.new)
            last = line.new or last
    return frozenset(lines)


def _innermost(symbols: Sequence[Symbol], lines: frozenset[int]) -> tuple[Symbol, ...]:
    """Return the definitions that lines lie in, each line's innermost one; lines count from 1."""
    found: dict[Symbol, None] = {}
    for line in sorted(lines):
        around = [symbol for symbol in symbols if symbol.start < line <= symbol.end]
        if around:
            found[max(around, key=lambda symbol: symbol.start)] = None
    return tuple(found)


def _definitions(chunk: Chunk, file: ChangedFile) -> Iterator[Part]:
    """Yield the definitions around the changed lines, of which the piece does not show everything."""
    if file.new_text is None or file.kind in ("added", "whole"):
        return
    rows = file.new_text.split("\n")
    shown = {line.new for hunk in chunk.hunks for line in hunk.lines if line.new}
    touched = _touched(chunk)
    for symbol in _innermost(outline(file.path, file.new_text) or (), touched):
        lines = range(symbol.start + 1, symbol.end + 1)
        if shown.issuperset(lines):
            continue
        label = f"{file.path}, {symbol.kind} {symbol.name} after the change:"
        close = {line for at in touched if at in lines for line in range(at - _NEAR, at + _NEAR + 1)}
        near = [line for line in lines if line == symbol.head + 1 or line in close]
        text = _rows(rows, lines if len(lines) <= _WHOLE else near)
        shrink = _shorter(label, rows, near, file.path)
        yield Part(f"around:{symbol.name}", fenced(label, text, language_of(file.path) or ""), _AROUND, shrink=shrink)


def _rows(rows: Sequence[str], lines: Sequence[int]) -> str:
    """Return lines of a text, with a mark where some between them are left out."""
    said: list[str] = []
    for at, line in enumerate(lines):
        if at and line != lines[at - 1] + 1:
            said.append("[...]")
        said.append(rows[line - 1])
    return "\n".join(said)


def _shorter(label: str, rows: Sequence[str], near: Sequence[int], path: str) -> Shrink:
    text = _rows(rows, near)
    tag = language_of(path) or ""

    def shrink(room: int, count: Count) -> str:
        whole = fenced(label, text, tag)
        if count(whole) <= room:
            return whole
        return start_of(text, lambda part, missing: f"{fenced(label, part, tag)}\n{missing}")(room, count)

    return shrink


@lru_cache(maxsize=1)  # the pieces of a file come one behind the other
def _facts(path: str, text: str) -> FileFacts:
    return facts_of(path, text)


@lru_cache(maxsize=1)
def _bare(text: str) -> str:
    """Return a text without what only lays it out, so that a head is found in it however its lines are broken."""
    return _LAYOUT.sub("", text)


def _promised(chunk: Chunk, file: ChangedFile) -> list[Part]:
    """Return what the definitions promised before that the piece takes lines from, where they no longer say so."""
    if file.old_text is None:
        return []
    gone = {line.old for hunk in chunk.hunks for line in hunk.lines if line.sign == "-"}
    if not gone:
        return []
    now = _bare(file.new_text or "")
    old = [
        each
        for each in _facts(file.old_path or file.path, file.old_text).definitions
        if any(each.line <= line <= each.end_line for line in gone)
    ]
    # With the sign of what is gone, so that nobody takes it for what is there.
    told = "\n".join(
        f"-{each.signature or each.name}" + (f"  # {each.doc}" if each.doc else "")
        for each in old
        if any(_LAYOUT.sub("", part.rstrip("…")) not in now for part in (each.signature or each.name, each.doc))
    )
    return _listed("promised", "What stood there before the change:", told, _PROMISED)


def _names(chunk: Chunk, file: ChangedFile) -> tuple[str, ...]:
    """Return the last parts of the names that a piece touches, in both versions."""
    new = _innermost(outline(file.path, file.new_text or "") or (), _touched(chunk)) if file.new_text else ()
    return tuple(dict.fromkeys((*(symbol.last for symbol in new), *_old_names(chunk, file))))[:_NAMES]


def _old_names(chunk: Chunk, file: ChangedFile) -> Iterator[str]:
    """Yield the names of the definitions that lines are taken from, each line's innermost one."""
    path = file.old_path or file.path
    if file.old_text is None or is_prose(path):
        return
    gone = [line.old for hunk in chunk.hunks for line in hunk.lines if line.sign == "-"]
    known = [each for each in _facts(path, file.old_text).definitions if each.kind not in _VALUES] if gone else []
    for line in gone:
        around = [each for each in known if each.line <= line <= each.end_line]
        if around:
            yield max(around, key=lambda each: each.line).last
