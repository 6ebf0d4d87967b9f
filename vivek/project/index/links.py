"""Which files of a project import which: found out when the index is brought up to date, kept by numbers of files."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from vivek.project.index.rows import chunked, parse_imports
from vivek.project.index.sources import Resolve
from vivek.project.index.store import Store
from vivek.schema.index import Imported

AT_ONCE = 400
"""Files whose imports are resolved between two commits."""

_IMPORTS = "SELECT files.id, path, imports FROM files JOIN contents ON contents.id = content WHERE files.id IN ({})"


def find_open(store: Store) -> list[int]:
    """Return the numbers of the files of which it is not known what they import."""
    rows = store.rows("SELECT id FROM files WHERE targets IS NULL AND content IS NOT NULL")
    return [number for (number,) in rows]


def resolve_some(
    store: Store, files: Sequence[int], resolve: Resolve, numbers: Mapping[str, int]
) -> list[tuple[str, int]]:
    """Return what is to be kept of some files: what each one imports, and its number.

    Args:
        store: The database.
        files: Their numbers.
        resolve: Finds the files that an import reaches.
        numbers: All files by path.
    """

    def read(connection: sqlite3.Connection) -> list[tuple[int, str, tuple[Imported, ...]]]:
        rows = chunked(connection, _IMPORTS, files)
        return [(number, path, parse_imports(imports)) for number, path, imports in rows]

    return [
        (json.dumps(_weights(path, imports, resolve, numbers)), number) for number, path, imports in store.ask(read)
    ]


def keep_some(connection: sqlite3.Connection, found: Sequence[tuple[str, int]]) -> None:
    """Keep what `resolve_some` found, within a transaction."""
    connection.executemany("UPDATE files SET targets = ? WHERE id = ?", found)


def all_links(store: Store) -> dict[str, dict[str, int]]:
    """Return which file imports which other, with how many names or statements."""

    def read(connection: sqlite3.Connection) -> dict[str, dict[str, int]]:
        rows = connection.execute("SELECT id, path, targets FROM files WHERE skipped = '' ORDER BY path").fetchall()
        paths = {number: path for number, path, _ in rows}
        links: dict[str, dict[str, int]] = {}
        for _, path, targets in rows:
            if targets and targets != "{}":
                kept = ((int(number), weight) for number, weight in json.loads(targets).items())
                found = {paths[number]: weight for number, weight in kept if number in paths}
                if found:
                    links[path] = dict(sorted(found.items()))
        return links

    return store.ask(read)


def _weights(path: str, imports: Iterable[Imported], resolve: Resolve, numbers: Mapping[str, int]) -> dict[int, int]:
    weights: dict[int, int] = {}
    for imported in imports:
        reached = resolve(path, imported)
        for target in reached:
            names = max(1, len(imported.names)) if len(reached) == 1 else 1
            weights[numbers[target]] = weights.get(numbers[target], 0) + names
    return weights
