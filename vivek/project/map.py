"""Draws a map of a repository of any size in tokens: its most important files with what they define."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from vivek.project.graph import importance
from vivek.project.index.base import Lookup
from vivek.project.roles import Role, role_of
from vivek.schema.index import Definition

_ROLES: Mapping[Role, float] = {
    "source": 1.0,
    "settings": 0.3,
    "test": 0.15,
    "text": 0.15,
    "data": 0.05,
    "generated": 0.0,
    "vendored": 0.0,
}
_FOCUS = 50.0
_MOST_FILES = 400
_MOST_HEADS = 12
"""Definitions that are shown of one file at most."""

_MOST_COUNTED = 60
_MOST_USERS = 50
_HOLDERS = frozenset({"class", "struct", "interface", "trait", "impl", "enum", "module", "namespace", "object"})
_VALUES = frozenset({"variable", "constant", "field"})
_VALUE = 0.2
_WIDTH = 120
_TOKENS_A_FILE = 8
"""A file takes at least about this many tokens: no more files are looked at than could fit."""


def draw(
    lookup: Lookup, *, tokens: int, count: Callable[[str], int], focus: Sequence[str] = (), within: str = ""
) -> str:
    """Return a map that takes at most some tokens; "" where not even a line fits or nothing is indexed.

    It begins with the folders, then come files in the order of their importance with the signatures of what others use
    most of them.

    Args:
        lookup: What is known of the repository.
        tokens: What the map may take.
        count: Returns the tokens of a text, never too few.
        focus: Files whose neighbourhood matters most.
        within: The folder to be drawn, with its last slash; "" for all.
    """
    paths = [path for path in lookup.paths() if path.startswith(within)]
    if not paths or tokens <= 0:
        return ""
    folders = _folders(paths, within)
    head = _longest([*folders], tokens if tokens < 64 else tokens // 4, count)
    body = _files(lookup, paths, focus, max(4, tokens // _TOKENS_A_FILE))
    blocks: list[str] = []
    left = tokens - count(head)
    for block in body:
        text = block if blocks or not head else f"\n{block}"
        if count(text) > left:
            text = _longest(text.splitlines(), left, count)
            if text.strip():
                blocks.append(text)
            break
        blocks.append(text)
        left -= count(text)
    drawn = head + "".join(blocks)
    return drawn if count(drawn) <= tokens else _longest(drawn.splitlines(), tokens, count)


def _folders(paths: Sequence[str], within: str) -> Iterator[str]:
    """Yield the top folders with the number of their files, the largest first, then the files beside them."""
    counts: dict[str, int] = {}
    beside = []
    for path in paths:
        name, slash, _ = path[len(within) :].partition("/")
        folder = within + name
        if slash:
            counts[folder] = counts.get(folder, 0) + 1
        else:
            beside.append(path)
    for folder, number in sorted(counts.items(), key=lambda each: (_role_of_folder(each[0]), -each[1], each[0])):
        yield f"{folder}/ {number} file{'s' if number > 1 else ''}"
    yield from beside


def _role_of_folder(folder: str) -> bool:
    """Tell whether a folder comes late: it holds what is not the program itself."""
    return folder.startswith(".") or role_of(f"{folder}/x.py") != "source"


def _files(lookup: Lookup, paths: Sequence[str], focus: Sequence[str], most: int) -> Iterator[str]:
    wanted = frozenset(focus)
    start = {path: _ROLES[role_of(path)] + _FOCUS * (path in wanted) for path in paths}
    edges = {source: {to: math.sqrt(weight) for to, weight in each.items()} for source, each in lookup.edges().items()}
    ranks = importance(edges, start)
    order = sorted(paths, key=lambda path: (-ranks.get(path, 0.0) * (start[path] > 0), path))
    for path in order[: min(most, _MOST_FILES)]:
        if start[path] > 0:
            yield f"{path}\n" + "".join(f"  {head}\n" for head in _heads(lookup, path))


def _heads(lookup: Lookup, path: str) -> list[str]:
    """Return signatures of what a file defines, those that others use most, in the order of the file."""
    known = {each.name: each for each in lookup.definitions_in(path)}
    open_ones = [each for each in known.values() if _is_open(each, known)][:_MOST_COUNTED]
    by_use = sorted(open_ones, key=lambda each: (-_uses(lookup, each, path), each.line))
    kept = {each.name for each in by_use[:_MOST_HEADS]}
    kept |= {holder for name in kept for holder in _holders(name)}  # a method says little without its class
    return [_head(each) for each in known.values() if each.name in kept]


def _is_open(definition: Definition, known: Mapping[str, Definition]) -> bool:
    """Tell whether others can use a definition: it is not private, and within no function."""
    private = definition.last.startswith("_")
    return not private and all(known[name].kind in _HOLDERS for name in _holders(definition.name) if name in known)


def _holders(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _uses(lookup: Lookup, definition: Definition, path: str) -> float:
    """Return how many files use a definition; a value counts less than what does something."""
    users = sum(1 for user in lookup.references(definition.last, limit=_MOST_USERS) if user != path)
    return users * (_VALUE if definition.kind in _VALUES else 1.0)


def _head(definition: Definition) -> str:
    text = definition.signature or f"{definition.kind} {definition.last}"
    if "." in definition.name:
        text = f"{'  ' * definition.name.count('.')}{text}"
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _longest(lines: Sequence[str], tokens: int, count: Callable[[str], int]) -> str:
    """Return as many first lines as fit."""
    fits, too_many = 0, len(lines) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if count("".join(f"{line}\n" for line in lines[:middle])) <= tokens:
            fits = middle
        else:
            too_many = middle
    return "".join(f"{line}\n" for line in lines[:fits])
