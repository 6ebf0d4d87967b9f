"""The tables of `threads.db`, version by version. Entry n makes version n + 1; what is published never changes."""

import sqlite3

MIGRATIONS = (
    """CREATE TABLE threads (
        id TEXT NOT NULL, directory TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, model TEXT NOT NULL,
        base_url TEXT, turns INTEGER NOT NULL, updated REAL NOT NULL, status TEXT NOT NULL, log TEXT, broken_off TEXT,
        PRIMARY KEY (directory, id)
    ) WITHOUT ROWID""",
    "CREATE INDEX threads_by_age ON threads (updated DESC)",
    """
    -- What a return to an earlier turn set aside is a thread of its own that no list shows.
    ALTER TABLE threads ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;
    """,
    """
    -- A branch left its parent at the end of a turn. A return to an earlier turn is written down here before it begins
    -- (`begun`), so that one that was cut off can be ended; `back` names what came back with it, or is ''.
    CREATE TABLE branches (
        directory TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, turn INTEGER NOT NULL, how TEXT NOT NULL,
        at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'done', what TEXT NOT NULL DEFAULT 'all',
        kept INTEGER NOT NULL DEFAULT 0, checkpoint_id TEXT NOT NULL DEFAULT '', back TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (directory, id)
    ) WITHOUT ROWID;
""",
    """
    -- What the open turn begins with, as JSON: its number and its input, from before its first checkpoint is saved.
    ALTER TABLE threads ADD COLUMN asked TEXT;
    """,
    """
    -- A fork with files of its own belongs to another project than its parent; here is the parent's, '' for the same.
    ALTER TABLE branches ADD COLUMN source TEXT NOT NULL DEFAULT '';
    """,
)


def mend(connection: sqlite3.Connection) -> None:
    """Add the address of a thread's model, which the very first lists had no column for."""
    columns = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('threads')")}
    if columns and "base_url" not in columns:
        connection.execute("ALTER TABLE threads ADD COLUMN base_url TEXT")
