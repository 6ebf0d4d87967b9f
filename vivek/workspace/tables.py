"""The tables of `workspace.db`, version by version: contents, transcript, journal. Entry n makes version n + 1."""

import sqlite3

from vivek.workspace.database import statements

MIGRATIONS = (
    """
    -- Contents by SHA-256; data is zlib-packed where packed is 1, size is its length unpacked. Rows are appended and
    -- the index holds four bytes of each hash: an index of whole hashes spreads over so many pages that each turn of
    -- a long thread writes a third more than one of a new thread.
    CREATE TABLE blobs (
        id INTEGER PRIMARY KEY,
        sha BLOB NOT NULL,
        size INTEGER NOT NULL,
        packed INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    CREATE INDEX blobs_by_sha ON blobs (substr(sha, 1, 4));

    -- Messages, chained by hash; a row cannot name a parent or a content that is not there.
    CREATE TABLE transcript (
        id INTEGER PRIMARY KEY,
        hash BLOB NOT NULL,
        parent INTEGER REFERENCES transcript (id),
        role TEXT NOT NULL,
        node TEXT NOT NULL,
        blob INTEGER NOT NULL REFERENCES blobs (id),
        tokens INTEGER NOT NULL
    );
    CREATE INDEX transcript_by_hash ON transcript (substr(hash, 1, 4));

    -- What vivek is doing, did or took back with the user's files.
    CREATE TABLE change_sets (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        digest TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('apply', 'undo')),
        state TEXT NOT NULL CHECK (state IN ('intent', 'done', 'undone')),
        thread TEXT NOT NULL,
        turn INTEGER NOT NULL,
        token TEXT NOT NULL,
        UNIQUE (id, digest)
    );
    CREATE TABLE moves (
        change_set INTEGER NOT NULL REFERENCES change_sets (seq) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        path TEXT NOT NULL,
        old INTEGER REFERENCES blobs (id),
        new INTEGER REFERENCES blobs (id),
        mode INTEGER,
        folders INTEGER NOT NULL,
        PRIMARY KEY (change_set, position)
    ) WITHOUT ROWID;
    """,
    """
    -- Pictures that a message shows: JSON, a list of [name, media type, sha, width, height]; NULL for none.
    ALTER TABLE transcript ADD COLUMN pictures TEXT;
    """,
    """
    -- Contents that were too long to be held in memory: their row has packed 2 and no data, the stream of zlib lies
    -- here. (A blob that is written in place will not do: SQLite refuses it in a table with an index of expressions.)
    CREATE TABLE parts (
        blob INTEGER NOT NULL REFERENCES blobs (id),
        position INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (blob, position)
    );
    """,
    """
    -- The rights a file is to get; NULL leaves those it has. `mode` is what it had.
    ALTER TABLE moves ADD COLUMN new_mode INTEGER;
    """,
    """
    -- Commands of turns, by an id that stays the same when a step runs again.
    CREATE TABLE calls (
        id TEXT PRIMARY KEY,
        done INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    -- How many turns of its thread had ended before a change set; what a return to an earlier turn set aside has in
    -- `aside` the state that it gets back when the return is undone, or '' where it kept its state.
    ALTER TABLE change_sets ADD COLUMN finished INTEGER;
    ALTER TABLE change_sets ADD COLUMN aside TEXT;
    UPDATE change_sets SET finished = CASE WHEN kind = 'apply' AND id NOT LIKE 'redo:%' THEN turn - 1 ELSE turn END;
    """,
    """
    -- The thread of a command, what was run, whether apart from the user's files, and what it left behind: how it
    -- ended as JSON, and what it wrote.
    ALTER TABLE calls ADD COLUMN thread TEXT NOT NULL DEFAULT '';
    ALTER TABLE calls ADD COLUMN command TEXT NOT NULL DEFAULT '';
    ALTER TABLE calls ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE calls ADD COLUMN ran TEXT;
    ALTER TABLE calls ADD COLUMN output BLOB;
    """,
    """
    -- What was recorded of turns, in parts: each is JSON that names more contents by their hash.
    CREATE TABLE tapes (
        thread TEXT NOT NULL,
        turn INTEGER NOT NULL,
        position INTEGER NOT NULL,
        blob INTEGER NOT NULL REFERENCES blobs (id),
        PRIMARY KEY (thread, turn, position)
    ) WITHOUT ROWID;
    """,
)

_NUMBERED = """
    ALTER TABLE blobs RENAME TO first_blobs;
    ALTER TABLE transcript RENAME TO first_transcript;
    ALTER TABLE moves RENAME TO first_moves;
    ALTER TABLE change_sets RENAME TO first_change_sets;
    {tables}
    INSERT INTO blobs (sha, size, packed, data) SELECT sha, size, packed, data FROM first_blobs ORDER BY rowid;
    INSERT INTO transcript (hash, role, node, blob, tokens)
        SELECT hash, role, node, blobs.id, tokens FROM first_transcript JOIN blobs ON blobs.sha = blob;
    UPDATE transcript SET parent = (
        SELECT above.id FROM first_transcript AS own JOIN transcript AS above ON above.hash = own.parent
        WHERE own.hash = transcript.hash
    );
    INSERT INTO change_sets SELECT * FROM first_change_sets;
    INSERT INTO moves
        SELECT change_set, position, path, before.id, after.id, mode, folders FROM first_moves
        LEFT JOIN blobs AS before ON before.sha = old LEFT JOIN blobs AS after ON after.sha = new;
    DROP TABLE first_moves;
    DROP TABLE first_change_sets;
    DROP TABLE first_transcript;
    DROP TABLE first_blobs;
"""


def number_rows(connection: sqlite3.Connection) -> None:
    """Give the very first form of the tables, in which rows named each other by hash, the form of version 1."""
    columns = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('blobs')")}
    if not columns or "id" in columns:
        return
    connection.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements(_NUMBERED.format(tables=MIGRATIONS[0])):
                connection.execute(statement)
    finally:
        connection.execute("PRAGMA foreign_keys=ON")
