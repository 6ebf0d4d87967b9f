"""The tables of `workspace.db`, version by version: contents, transcript, journal. Entry n makes version n + 1."""

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
)
