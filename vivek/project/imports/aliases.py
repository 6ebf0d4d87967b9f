"""Other names for folders, as `tsconfig.json` and `jsconfig.json` give them: `baseUrl` and `paths`. Opens no file."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from vivek.project.imports.tree import join, parent, upwards

NAMES = ("tsconfig.json", "jsconfig.json")
"""Files that give such names."""

_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])')
_DEEPEST = 5  # files that one extends, one by way of the other


@dataclass(frozen=True, slots=True)
class Aliases:
    """What a folder calls others.

    Attributes:
        base: The folder that bare names are looked for in, None for none.
        paths: Pattern, with at most one `*`, to the places that it may mean; relative to the root.
    """

    base: str | None
    paths: Mapping[str, tuple[str, ...]]

    def places(self, module: str) -> Iterator[str]:
        """Yield what a module may mean, without suffix; the most exact pattern first."""
        for pattern in sorted(self.paths, key=lambda one: (-len(one.partition("*")[0]), one)):
            before, star, behind = pattern.partition("*")
            if not star and module == pattern:
                yield from self.paths[pattern]
            elif star and module.startswith(before) and module.endswith(behind):
                inner = module[len(before) : len(module) - len(behind)]
                yield from (place.replace("*", inner, 1) for place in self.paths[pattern])
        if self.base is not None and (place := join(self.base, module)) is not None:
            yield place


def load_aliases(paths: Collection[str], read: Callable[[str], bytes | None]) -> dict[str, Aliases]:
    """Return what each folder with such a file calls others; one that cannot be read says nothing.

    Args:
        paths: All files.
        read: Returns the bytes of one.
    """
    found: dict[str, Aliases] = {}
    for name in NAMES:
        for path in sorted(paths):
            if path == name or path.endswith(f"/{name}"):
                aliases = _aliases(path, read, paths)
                if aliases.base is not None or aliases.paths:
                    found.setdefault(parent(path), aliases)
    return found


def around(path: str, aliases: Mapping[str, Aliases]) -> Aliases | None:
    """Return what counts for a file: that of the nearest folder around it."""
    return next((aliases[folder] for folder in upwards(parent(path)) if folder in aliases), None)


def _aliases(path: str, read: Callable[[str], bytes | None], paths: Collection[str]) -> Aliases:
    """Return what a file says, and what those say that it extends; the nearest counts."""
    base: str | None = None
    told: dict[str, tuple[str, ...]] = {}
    for _ in range(_DEEPEST):
        options, extends = _options(read(path))
        folder = parent(path)
        own = options.get("baseUrl")
        where = join(folder, own) if isinstance(own, str) else None
        base = where if base is None else base
        given = options.get("paths")
        if isinstance(given, dict) and not told:
            for pattern, places in given.items():
                if isinstance(places, list) and pattern.count("*") < 2:
                    names = [place for place in places if isinstance(place, str)]
                    joined = [join(where if where is not None else folder, place) for place in names]
                    told[pattern] = tuple(place for place in joined if place is not None)
        following = join(folder, extends) if extends.startswith(".") else None
        if following is None:
            break
        path = following if following in paths else f"{following}.json"
    return Aliases(base, told)


def _options(data: bytes | None) -> tuple[Mapping[str, object], str]:
    """Return the compiler's options of a file, and which one it extends; JSON with comments and spare commas."""
    text = (data or b"").decode("utf-8-sig", "replace")
    plain = _COMMA.sub(lambda match: match[1] or "", _COMMENT.sub(lambda match: match[1] or " ", text))
    try:
        told = json.loads(plain)
    except (ValueError, RecursionError):
        return {}, ""
    if not isinstance(told, dict):
        return {}, ""
    options, extends = told.get("compilerOptions"), told.get("extends")
    return options if isinstance(options, dict) else {}, extends if isinstance(extends, str) else ""
