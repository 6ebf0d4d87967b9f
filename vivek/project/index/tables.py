"""The tables of `index.db`. Facts hang on contents, not on files: a renamed file or another branch costs nothing."""

MIGRATIONS = (
    """
    -- Whose reading this is, counters, and how far it is.
    CREATE TABLE about (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

    -- Texts by hash, together with the kind of file they were found in; `texted` tells whether `texts` has a row of
    -- theirs. Numbers are never given twice: a row of `texts` can only be thrown away with all others.
    CREATE TABLE contents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hash BLOB NOT NULL UNIQUE,
        language TEXT,
        lines INTEGER NOT NULL,
        read TEXT NOT NULL,
        fault TEXT NOT NULL,
        imports TEXT NOT NULL,
        defined INTEGER NOT NULL,
        texted INTEGER NOT NULL
    );
    CREATE INDEX contents_without_text ON contents (id) WHERE texted = 0;

    -- The files as they were when they were last looked at; `changed` is -1 where they must be looked at again.
    -- `targets` holds the files that this one imports, as a JSON object of number to weight; NULL is not known yet.
    CREATE TABLE files (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        skipped TEXT NOT NULL,
        aside INTEGER NOT NULL,
        content INTEGER,
        targets TEXT
    );
    CREATE INDEX files_by_content ON files (content);
    CREATE INDEX files_without_targets ON files (id) WHERE targets IS NULL AND content IS NOT NULL;

    CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL);
    CREATE INDEX names_by_folded ON names (folded);

    CREATE TABLE definitions (
        content INTEGER NOT NULL,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        last INTEGER NOT NULL,
        kind TEXT NOT NULL,
        line INTEGER NOT NULL,
        end_line INTEGER NOT NULL,
        signature TEXT NOT NULL,
        doc TEXT NOT NULL,
        PRIMARY KEY (content, position)
    ) WITHOUT ROWID;
    CREATE INDEX definitions_by_last ON definitions (last);

    -- `lines` are numbers parted by blanks.
    CREATE TABLE uses (
        content INTEGER NOT NULL,
        name INTEGER NOT NULL,
        lines TEXT NOT NULL,
        PRIMARY KEY (content, name)
    ) WITHOUT ROWID;
    CREATE INDEX uses_by_name ON uses (name);
    """,
    """
    -- What contents measure, as JSON, and fingerprints of their tokens; `name` is that of the file where it counts.
    CREATE TABLE measures (
        content INTEGER NOT NULL,
        name TEXT NOT NULL,
        told TEXT NOT NULL,
        prints BLOB NOT NULL,
        PRIMARY KEY (content, name)
    );
    """,
)

BLOCK = 8_192
"""Characters of a text that make a row of `pieces`; half as many made the database a tenth larger for little."""

BLOCKS = 4_096
"""More than any text has; the row of a block has the number of its content times this, and its own added."""

LONGEST_PIECED = 62
"""Characters from a block on that stand in it too, so that so much of any text lies whole in one."""

TEXT_FORM = 2
"""Counts what the tables of texts have looked like; others are made anew."""

TEXT_TABLES = (
    # Contentless, so that no text is stored twice. `texts` knows words; its rows have the numbers of their contents.
    # `pieces` knows which three characters in a row each block of a text has: enough to leave out most files that a
    # search need not read. A large file has nearly all there are, its blocks have not.
    "CREATE VIRTUAL TABLE texts USING fts5 (names, text, content='')",
    "CREATE VIRTUAL TABLE pieces USING fts5 (text, content='', detail=none, tokenize='trigram')",
    "CREATE VIRTUAL TABLE places USING fts5 (path)",
)
TEXT_TABLES_GONE = tuple(f"DROP TABLE IF EXISTS {name}" for name in ("texts", "pieces", "places"))
_TABLES = ("about", "measures", "uses", "definitions", "names", "files", "contents")
ALL_GONE = tuple(f"DELETE FROM {name}" for name in _TABLES)
