"""The store of a project: contents by their SHA-256, and the messages of the transcript that name them.

It knows nothing of files, threads or models.
"""

import json
from typing import get_args

from vivek.errors import WorkspaceError
from vivek.schema.messages import MediaType, Role
from vivek.schema.pictures import Picture
from vivek.schema.transcript import Row
from vivek.workspace.contents import Contents, key

_LONGEST_CHAIN = 100_000  # a forged chain may be a circle
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}
_MEDIA_TYPES: dict[str, MediaType] = {name: name for name in get_args(MediaType)}
_MESSAGE = "substr(t.hash, 1, 4) = substr(:key, 1, 4) AND t.hash = :key"
_CHAIN = f"""
    WITH RECURSIVE chain (depth, id, parent) AS (
        SELECT 0, t.id, t.parent FROM transcript AS t WHERE {_MESSAGE}
        UNION ALL
        SELECT chain.depth + 1, t.id, t.parent FROM chain JOIN transcript AS t ON t.id = chain.parent
        LIMIT :limit
    )
    SELECT t.hash, t.parent, above.hash, t.role, t.node, blobs.sha, t.tokens, t.pictures
    FROM chain JOIN transcript AS t USING (id) LEFT JOIN blobs ON blobs.id = t.blob
    LEFT JOIN transcript AS above ON above.id = t.parent
    ORDER BY chain.depth DESC
"""


class Store(Contents):
    """Contents and messages over one connection, which the journal shares."""

    def commit_message(self, row: Row, content: str) -> None:
        """Keep a message: its content, then its row, in one transaction.

        Raises:
            WorkspaceError: If the row names another content or an unknown parent.
        """
        with self.transaction():
            if self.put_text(content) != row.blob:
                msg = f"The message {row.hash[:12]} does not name its own content."
                raise WorkspaceError(msg)
            self.put_row(row)

    def put_row(self, row: Row) -> None:
        """Keep a row of the transcript; one that is there already is left as it is.

        Raises:
            WorkspaceError: If its content or its parent is not kept.
        """
        with self.transaction() as connection:
            if self._message_number(row.hash) is not None:
                return
            parent = None if row.parent is None else self._message_number(row.parent)
            if parent is None and row.parent is not None:
                raise self._missing_message(row.parent)
            connection.execute(
                "INSERT INTO transcript (hash, parent, role, node, blob, tokens, pictures)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(key(row.hash), parent, row.role, row.node, self.number_of(row.blob), row.tokens),
                    _pack_pictures(row.pictures),
                ),
            )

    def chain(self, head: str | None, limit: int | None = None) -> list[Row]:
        """Return the messages up to `head`, the generation's first one first; none for None.

        Args:
            head: Hash of the newest row.
            limit: Return only so many of the newest rows.

        Raises:
            WorkspaceError: If one of them is missing.
        """
        if head is None or limit == 0:
            return []
        with self.reading() as connection:
            values = {"key": key(head), "limit": _LONGEST_CHAIN if limit is None else limit}
            found = connection.execute(_CHAIN, values).fetchall()
        if not found:
            raise self._missing_message(head)
        rows = [self._row(*columns) for columns in found]
        if rows[0].parent is not None and limit is None:
            raise self._missing_message(rows[0].parent)
        return rows

    def _message_number(self, sha: str) -> int | None:
        with self.reading() as connection:
            found = connection.execute(
                f"SELECT t.id FROM transcript AS t WHERE {_MESSAGE}", {"key": key(sha)}
            ).fetchone()
        return None if found is None else int(found[0])

    def _row(
        self,
        own: bytes,
        above: int | None,
        parent: bytes | None,
        said_as: str,
        node: str,
        blob: bytes | None,
        tokens: int,
        shown: str | None,
    ) -> Row:
        role = _ROLES.get(said_as)
        if role is None or blob is None or (above is not None and parent is None):
            msg = (
                f"The message {own.hex()[:12]} in {self.path} is damaged: its content or the one before it is missing."
            )
            raise WorkspaceError(msg, hint="Go on from another turn, or start a new thread.")
        above_it = None if parent is None else parent.hex()
        return Row(own.hex(), above_it, role, node, blob.hex(), tokens, self._pictures(own, shown))

    def _pictures(self, own: bytes, shown: str | None) -> tuple[Picture, ...]:
        try:
            listed = json.loads(shown) if shown is not None else []
            return tuple(
                Picture(str(name), _MEDIA_TYPES[kind], str(sha), int(width), int(height))
                for name, kind, sha, width, height in listed
            )
        except (ValueError, TypeError, KeyError) as error:
            msg = f"The message {own.hex()[:12]} in {self.path} is damaged: its pictures cannot be read."
            raise WorkspaceError(msg, hint="Go on from another turn, or start a new thread.") from error

    def _missing_message(self, sha: str) -> WorkspaceError:
        msg = f"The message {sha[:12]} is missing from {self.path}."
        return WorkspaceError(msg, hint="The thread is damaged here: go on from another turn, or start a new thread.")


def _pack_pictures(pictures: tuple[Picture, ...]) -> str | None:
    """Return pictures as they are stored, None for none."""
    listed = [[shown.name, shown.media_type, shown.sha, shown.width, shown.height] for shown in pictures]
    return json.dumps(listed, separators=(",", ":")) if listed else None
