"""Finds in the index who uses what a change touches, what it calls itself, and which tests name it."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vivek.analysis.validators.weakening import is_test
from vivek.project.index.base import Lookup
from vivek.schema.index import Definition
from vivek.workspace.ignore import is_secret

USES, CALLED, TESTS = 8, 8, 2
"""How many of each are shown."""

_A_FILE = 2  # uses of one file
_ALIKE = 2  # definitions of one name
_SHORTEST = 3  # characters of a name that says something
_REFERENCES = 60
_LONGEST = 40  # lines of a test
_CALL = re.compile(r"([^\W\d]\w*)\s*\(")
_DEFINING = re.compile(
    r"\b(?:def|class|function|func|fn|struct|interface|type|enum|trait|impl)\s+(?:\([^)]*\)\s*)?(\w+)"
)
_CALLABLE: Final = frozenset({"function", "method", "func", "fn", "constructor", "class", "struct"})

Read = Callable[[str], str | None]
"""Returns the text of a file in the version that is reviewed, None where there is none."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses something: its lines, and what they lie in, "" at the top of a file."""

    path: str
    within: str
    text: str


def uses_of(names: Iterable[str], path: str, lookup: Lookup, read: Read, shown: Collection[str]) -> tuple[Use, ...]:
    """Return where names that a file defines are used, outside of tests; those that import the file come first.

    Args:
        names: What changed, by the last parts of the names.
        path: The file that defines them.
        lookup: The index.
        read: Reads a file; a line that no longer holds the name is left out.
        shown: Lines that the model sees anyway.
    """
    found: list[Use] = []
    for name in names:
        importers = {each for each, targets in lookup.edges().items() if path in targets}
        places = _references(name, path, lookup, importers)
        places.sort(key=lambda place: (place[0] != path and place[0] not in importers, place[0]))
        for user, lines in places:
            if not is_test(user):
                found += _of_file(name, user, lines, lookup, read, shown)
            if len(found) >= USES:
                return tuple(found[:USES])
    return tuple(found)


def called_by(added: str, path: str, lookup: Lookup) -> tuple[Definition, ...]:
    """Return what new lines call, where it is known what is meant: of the file, of what it imports, or the only one.

    Args:
        added: The lines.
        path: Their file.
        lookup: The index.
    """
    own = frozenset(_DEFINING.findall(added))
    near = {path, *lookup.edges().get(path, {})}
    found: list[Definition] = []
    for name in dict.fromkeys(_CALL.findall(added)):
        if len(name) < _SHORTEST or name in own:
            continue
        known = [each for each in lookup.definitions(name, limit=10) if each.last == name and each.kind in _CALLABLE]
        if meant := [each for each in known if each.path in near] or known[: len(known) == 1]:
            found += meant[:_ALIKE]
    return tuple(found[:CALLED])


def tests_of(names: Iterable[str], path: str, lookup: Lookup, read: Read) -> tuple[Use, ...]:
    """Return tests that name something that changed, each with its text.

    Args:
        names: What changed, by the last parts of the names.
        path: The file that defines them.
        lookup: The index.
        read: Reads a file.
    """
    found: dict[tuple[str, str], Use] = {}
    importers = {each for each, targets in lookup.edges().items() if path in targets}
    for name in names:
        for user, lines in _references(name, path, lookup, importers):
            text = read(user) if is_test(user) else None
            if text is None:
                continue
            rows = text.split("\n")
            for line in lines:
                around = _within(line, lookup.definitions_in(user))
                if around is None or around.end_line - around.line >= _LONGEST:
                    continue
                shown = "\n".join(rows[around.line - 1 : around.end_line])
                if name in shown:
                    found.setdefault((user, around.name), Use(user, around.name, shown))
                if len(found) >= TESTS:
                    return tuple(found.values())
    return tuple(found.values())


def _references(name: str, path: str, lookup: Lookup, importers: Collection[str]) -> list[tuple[str, tuple[int, ...]]]:
    """Return files that use a name; of one that several files define, those alone that can mean this file's."""
    if len(name) < _SHORTEST or name.startswith("__"):
        return []
    places = lookup.references(name, limit=_REFERENCES)
    elsewhere = {each.path for each in lookup.definitions(name, limit=10) if each.last == name} - {path}
    sure = not elsewhere
    return [
        (user, lines)
        for user, lines in places.items()
        if (sure or user == path or user in importers) and not is_secret(user)
    ]


def _of_file(
    name: str, user: str, lines: Sequence[int], lookup: Lookup, read: Read, shown: Collection[str]
) -> Iterator[Use]:
    text = read(user)
    rows = [] if text is None else text.split("\n")
    given = 0
    for line in lines:
        row = rows[line - 1] if 0 < line <= len(rows) else ""
        defining = _DEFINING.search(row)
        if name not in row or row.strip() in shown or (defining is not None and defining[1] == name):
            continue
        if row.lstrip().startswith(("import ", "from ", "use ", "export {", "#include")):
            continue
        around = _within(line, lookup.definitions_in(user))
        first = max(line - 1, around.line if around else 1)
        last = min(line + 1, around.end_line if around else len(rows))
        yield Use(user, around.name if around else "", "\n".join(rows[first - 1 : last]))
        given += 1
        if given == _A_FILE:
            return


def _within(line: int, around: Sequence[Definition]) -> Definition | None:
    """Return the innermost definition around a line."""
    holding = [each for each in around if each.line <= line <= each.end_line and each.kind in _CALLABLE]
    return max(holding, key=lambda each: each.line, default=None)
