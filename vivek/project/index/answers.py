"""Answers about names, files and imports, straight from the tables; changes nothing."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from vivek.project.file_list import UNUSABLE
from vivek.project.index.reading import is_code
from vivek.project.index.rows import chunked, is_text, parse_imports
from vivek.project.index.store import Store
from vivek.project.scan import LIMIT
from vivek.schema.index import Definition, Imported, IndexStatus

_DEFINITION = """
    SELECT definitions.name, kind, path, line, end_line, signature, doc
    FROM names
    JOIN definitions ON definitions.last = names.id
    JOIN files ON files.content = definitions.content
"""
# Sources before tests, tests before what nobody wrote; what has a body before mere values.
_ORDER = "aside, kind IN ('constant', 'variable', 'heading'), path, position"
_BY_NAME = f"""
    {_DEFINITION} WHERE names.folded = :folded AND (
        :asked = :last OR lower(definitions.name) = lower(:asked)
        OR lower(substr(definitions.name, -length(:asked) - 1)) = '.' || lower(:asked)
    )
    ORDER BY CASE
        WHEN definitions.name = :asked THEN 0
        WHEN names.name = :last AND (
            :asked = :last OR substr(definitions.name, -length(:asked) - 1) = '.' || :asked
        ) THEN 1 ELSE 2 END, {_ORDER}
    LIMIT :limit
"""
_LIKE = f"{_DEFINITION} WHERE names.folded >= ? AND names.folded < ? AND {{}} GLOB ? ORDER BY {_ORDER} LIMIT ?"
_IN_FILE = """
    SELECT definitions.name, kind, path, line, end_line, signature, doc
    FROM files JOIN definitions ON definitions.content = files.content WHERE path = ? ORDER BY position
"""
_USERS = """
    SELECT path, lines FROM names JOIN uses ON uses.name = names.id JOIN files ON files.content = uses.content
    WHERE names.folded = ? AND names.name = ? ORDER BY aside, path LIMIT ?
"""
_USED = """
    SELECT names.name, uses.lines
    FROM files JOIN uses ON uses.content = files.content JOIN names ON names.id = uses.name
    WHERE path = ? ORDER BY names.name
"""
_COUNTED = """
    SELECT {0}, count(*) FROM names JOIN definitions ON definitions.last = names.id
    JOIN files ON files.content = definitions.content WHERE names.folded IN ({{}}) GROUP BY {0}
"""
_WILD = "*?["


def find_definitions(store: Store, name: str, *, limit: int) -> tuple[Definition, ...]:
    """Return definitions of a name: exactly so named, then by the end of their name, then in any letter case."""
    last = name.rpartition(".")[2]
    values: dict[str, str | int] = {"asked": name, "last": last, "folded": last.casefold(), "limit": limit}
    return tuple(Definition(*row) for row in store.rows(_BY_NAME, values))


def find_alike(store: Store, pattern: str, *, limit: int) -> tuple[Definition, ...]:
    """Return definitions that fit a glob: their last part, or their whole name where the glob has a dot."""
    glob = pattern.replace("[!", "[^")
    stem = "" if "." in glob else glob[: min((at for at in map(glob.find, _WILD) if at >= 0), default=len(glob))]
    folded = stem.casefold()
    asked = "definitions.name" if "." in glob else "names.name"
    rows = store.rows(_LIKE.format(asked), (folded, folded + "\U0010ffff", glob, limit))
    return tuple(Definition(*row) for row in rows)


def defined_in(store: Store, path: str) -> tuple[Definition, ...]:
    """Return what a file defines, in its order."""
    return tuple(Definition(*row) for row in store.rows(_IN_FILE, (path,)))


def count_defined(store: Store, names: Iterable[str]) -> dict[str, int]:
    """Return which names are defined, by their whole name or its last part, and how many times each."""
    asked = sorted({name for name in names if is_text(name)})
    counts: Counter[str] = Counter()

    def count(connection: sqlite3.Connection) -> None:
        for column, some in (
            ("names.name", [name for name in asked if "." not in name]),
            ("definitions.name", [name for name in asked if "." in name]),
        ):
            folded = {name.rpartition(".")[2].casefold() for name in some}
            counts.update(dict(chunked(connection, _COUNTED.format(column), folded)))

    store.ask(count)
    return {name: counts[name] for name in asked if counts[name]}


def find_uses(store: Store, name: str, *, limit: int) -> dict[str, tuple[int, ...]]:
    """Return the files that use a name, each with the lines."""
    last = name.rpartition(".")[2]
    return _read_lines(store, _USERS, (last.casefold(), last, limit))


def used_in(store: Store, path: str) -> dict[str, tuple[int, ...]]:
    """Return the names that a file uses, each with the lines."""
    return _read_lines(store, _USED, (path,))


def imported_in(store: Store, path: str) -> tuple[Imported, ...]:
    """Return the imports of a file as it writes them."""
    if not is_text(path):
        return ()
    statement = "SELECT imports FROM files JOIN contents ON contents.id = content WHERE path = ?"

    def read(connection: sqlite3.Connection) -> tuple[Imported, ...]:
        row = connection.execute(statement, (path,)).fetchone()
        return parse_imports(row[0]) if row else ()

    return store.ask(read)


def all_paths(store: Store) -> tuple[str, ...]:
    """Return the indexed files, sorted."""
    return tuple(path for (path,) in store.rows("SELECT path FROM files WHERE skipped = '' ORDER BY path"))


def find_status(store: Store) -> IndexStatus:
    """Return how far the index is."""
    files, definitions, faults = store.rows(
        "SELECT count(*), coalesce(sum(defined), 0), coalesce(sum(fault <> ''), 0)"
        " FROM files JOIN contents ON contents.id = content WHERE skipped = ''"
    )[0]
    skipped: dict[str, int] = dict(
        store.rows("SELECT skipped, count(*) FROM files WHERE skipped <> '' GROUP BY skipped ORDER BY skipped")
    )
    unread = store.rows(
        "SELECT language, count(*) FROM files JOIN contents ON contents.id = content"
        " WHERE read = '' AND skipped = '' GROUP BY language ORDER BY language"
    )
    left_out = {"secret": store.about("secret"), UNUSABLE: store.about("unusable")}
    listed = max(store.about("listed"), files)
    beyond = (f"The project has more than {LIMIT:,} files; those beyond are not known.",) if listed >= LIMIT else ()
    return IndexStatus(
        files=files,
        listed=listed,
        definitions=definitions,
        skipped=skipped | {why: number for why, number in left_out.items() if number},
        unread={language: count for language, count in unread if is_code(language)},
        faults=faults,
        text=store.text,
        complete=bool(store.about("complete")),
        told=(*store.told, *beyond),
    )


def _read_lines(store: Store, statement: str, values: tuple[str | int, ...]) -> dict[str, tuple[int, ...]]:
    """Return the rows of a statement as names to numbers of lines."""

    def read(connection: sqlite3.Connection) -> dict[str, tuple[int, ...]]:
        return {name: tuple(map(int, lines.split())) for name, lines in connection.execute(statement, values)}

    return store.ask(read) if all(is_text(value) for value in values if isinstance(value, str)) else {}
