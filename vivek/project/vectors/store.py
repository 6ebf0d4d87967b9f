"""The database of vectors, apart from the index: those of one model and one length, by the hash of what they are of."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from vivek.project.vectors.chunks import Piece
from vivek.workspace.database import open_database, prepare_data_folder
from vivek.workspace.database_errors import translate_database_errors

FILE = "vectors.db"

_MIGRATIONS = (
    """
    -- The model and the length of its vectors.
    CREATE TABLE about (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

    -- Files whose pieces all have a vector, with the hash of their bytes.
    CREATE TABLE files (path TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID;

    CREATE TABLE pieces (path TEXT NOT NULL, line INTEGER NOT NULL, end_line INTEGER NOT NULL, hash BLOB NOT NULL);
    CREATE INDEX pieces_by_path ON pieces (path);
    CREATE INDEX pieces_by_hash ON pieces (hash);

    -- Vectors of length 1, as 32-bit floats.
    CREATE TABLE vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
    """,
)

Places = list[tuple[str, int, int]]


class VectorStore:
    """Keeps vectors; what is there of another model is thrown away when it is opened.

    Args:
        data: The data folder of the project.
        model: The embedding model, with its provider.

    Raises:
        WorkspaceError: If the database cannot be opened; every other method raises it as well.
    """

    def __init__(self, data: Path, model: str) -> None:
        prepare_data_folder(data)
        self.model = model
        self._path = data / FILE
        self._connection = open_database(self._path, migrations=_MIGRATIONS, synchronous="NORMAL").connection
        self._held: tuple[Places, list[bytes]] | None = None
        with translate_database_errors(self._path):
            if self._about("model") != model:
                self._forget()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def counts(self) -> tuple[int, int]:
        """Return how many files are done, and how many pieces they have."""
        with translate_database_errors(self._path):
            files = self._connection.execute("SELECT count(*) FROM files").fetchone()[0]
            return files, self._connection.execute("SELECT count(*) FROM pieces").fetchone()[0]

    def dimension(self) -> int:
        """Return the length of the vectors, 0 while there are none."""
        with translate_database_errors(self._path):
            found = self._about("dimension")
        return found if isinstance(found, int) else 0

    def files(self) -> dict[str, bytes]:
        """Return the files that are done, with the hash of their bytes."""
        with translate_database_errors(self._path):
            return dict(self._connection.execute("SELECT path, hash FROM files"))

    def has(self, digest: bytes) -> bool:
        """Tell whether there is a vector of a piece."""
        with translate_database_errors(self._path):
            return self._connection.execute("SELECT 1 FROM vectors WHERE hash = ?", (digest,)).fetchone() is not None

    def keep(self, dimension: int, vectors: Iterable[tuple[bytes, bytes]]) -> bool:
        """Keep vectors by the hash of their pieces; those of another length throw all away instead."""
        with translate_database_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            if self._about("dimension") not in (None, dimension):
                self._empty()
                return False
            self._connection.execute("INSERT OR REPLACE INTO about VALUES ('dimension', ?)", (dimension,))
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", vectors)
        return True

    def put(self, path: str, digest: bytes, pieces: Sequence[Piece]) -> None:
        """Say that a file is done: its pieces all have a vector."""
        with translate_database_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("DELETE FROM pieces WHERE path = ?", (path,))
            self._connection.executemany(
                "INSERT INTO pieces VALUES (?, ?, ?, ?)",
                [(path, piece.line, piece.end_line, piece.hash) for piece in pieces],
            )
            self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, digest))
        self._held = None

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files."""
        with translate_database_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for table in ("pieces", "files"):
                self._connection.executemany(f"DELETE FROM {table} WHERE path = ?", [(path,) for path in paths])
        self._held = None

    def sweep(self) -> None:
        """Throw away vectors of pieces that no file has any more."""
        with translate_database_errors(self._path):
            self._connection.execute("DELETE FROM vectors WHERE hash NOT IN (SELECT hash FROM pieces)")

    def all(self) -> tuple[Places, list[bytes]]:
        """Return where each piece lies, as path, first and last line, and its vector."""
        if self._held is None:
            with translate_database_errors(self._path):
                rows = self._connection.execute(
                    "SELECT path, line, end_line, vector FROM pieces JOIN vectors USING (hash) ORDER BY path, line"
                ).fetchall()
            self._held = [(path, line, end) for path, line, end, _ in rows], [vector for *_, vector in rows]
        return self._held

    def _forget(self) -> None:
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._empty()

    def _empty(self) -> None:
        for table in ("about", "files", "pieces", "vectors"):
            self._connection.execute(f"DELETE FROM {table}")
        self._connection.execute("INSERT INTO about VALUES ('model', ?)", (self.model,))
        self._held = None

    def _about(self, key: str) -> object:
        row = self._connection.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]
