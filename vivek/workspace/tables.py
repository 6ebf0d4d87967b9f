"""The tables of `workspace.db`, version by version: contents, transcript, journal. Entry n makes version n + 1."""

MIGRATIONS = (
    """
    -- Contents by SHA-256; data is zlib-packed where packed is 1, size is its length unpacked.
    CREATE TABLE blobs (
        sha BLOB NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        packed INTEGER NOT NULL,
        data BLOB NOT NULL
    );

    -- Messages, chained by hash; a row cannot name a parent or a content that is not there.
    CREATE TABLE transcript (
        hash BLOB NOT NULL PRIMARY KEY,
        parent BLOB REFERENCES transcript (hash),
        role TEXT NOT NULL,
        node TEXT NOT NULL,
        blob BLOB NOT NULL REFERENCES blobs (sha),
        tokens INTEGER NOT NULL
    ) WITHOUT ROWID;

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
        old BLOB REFERENCES blobs (sha),
        new BLOB REFERENCES blobs (sha),
        mode INTEGER,
        folders INTEGER NOT NULL,
        PRIMARY KEY (change_set, position)
    ) WITHOUT ROWID;
    """,
)
