"""What files say by name where no import is needed: which file uses what another one of its package defines. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from vivek.schema.repository import Link

_WHOLE = frozenset({"c", "cpp", "csharp", "objc", "swift"})
_FOLDER = frozenset({"go", "java", "kotlin"})
WITHOUT_IMPORTS = _WHOLE | _FOLDER
"""Languages in which a file can use what others define without importing them."""

_SOURCES = re.compile(r"^(?:.*/)?(?:java|kotlin)/")
_SEVERAL = 3  # files that define a name: more of them tell nothing


@dataclass(frozen=True, slots=True)
class Spoken:
    """The names that a file uses and defines.

    Attributes:
        language: Its language.
        defined: Names at its top.
        members: The last parts of all other names that it defines.
        used: Names that it uses, with the first line of each.
    """

    language: str
    defined: Collection[str] = ()
    members: Collection[str] = ()
    used: Mapping[str, int] = field(default_factory=dict)


def uses_of(spoken: Mapping[str, Spoken]) -> dict[str, tuple[Link, ...]]:
    """Return what each file uses of others of its package, or of its program where there are no packages.

    Args:
        spoken: The files of languages that need no import for it.
    """
    defining: dict[tuple[str, str], list[str]] = {}
    for path, said in spoken.items():
        for name in said.defined:
            defining.setdefault((_scope(path, said.language), name), []).append(path)
    found: dict[str, tuple[Link, ...]] = {}
    for path, said in sorted(spoken.items()):
        scope = _scope(path, said.language)
        lines: dict[str, tuple[int, str]] = {}
        for name, line in said.used.items():
            homes = defining.get((scope, name), ())
            if path not in homes and len(homes) <= _SEVERAL:
                for home in homes:
                    lines[home] = min(lines.get(home, (line, name)), (line, name))
        if lines:
            found[path] = tuple(Link(name, line, 1, (home,), "use") for home, (line, name) in sorted(lines.items()))
    return found


def wanted(spoken: Mapping[str, Spoken]) -> frozenset[str]:
    """Return the files of which another one uses any name, be it that of a member."""
    users: dict[str, str | None] = {}
    for path, said in spoken.items():
        for name in said.used:
            users[name] = path if users.get(name, path) == path else None
    return frozenset(
        path
        for path, said in spoken.items()
        if any(users.get(name, path) != path for name in (*said.defined, *said.members))
    )


def narrowed(link: Link, user: Spoken, spoken: Mapping[str, Spoken]) -> Link:
    """Return an import of a whole package as one of those of its files that define what the user names."""
    meant = tuple(
        target
        for target in link.targets
        if target in spoken and not user.used.keys().isdisjoint(spoken[target].defined)
    )
    return Link(link.module, link.line, max(1, len(meant)), meant or link.targets, link.kind)


def _scope(path: str, language: str) -> str:
    """Return where a name of a file means the same: its package, or all files of its kind of language."""
    if language in _WHOLE:
        return "c" if language in {"c", "cpp", "objc"} else language
    folder = path.rpartition("/")[0]
    return f"{'go' if language == 'go' else 'jvm'}:{folder if language == 'go' else _SOURCES.sub('', folder + '/')}"
