"""The transcript of a thread: rows chained by hash, only ever appended to. Stores through what it is handed.

Every request begins with the messages committed before it, byte for byte, so that no server reads them twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from vivek.errors import ThreadError
from vivek.prompts.estimate import bound
from vivek.schema.messages import Image, Message, Role
from vivek.schema.pictures import Picture
from vivek.schema.transcript import Row

INTERRUPTED = "[interrupted]"


class Entry(NamedTuple):
    """One message to commit; `tokens` is its size."""

    role: Role
    node: str
    content: str
    tokens: int
    pictures: tuple[Picture, ...] = ()


class RowStore(Protocol):
    """Keeps texts by their hash and rows by theirs; what was put is on disk when the call returns."""

    def commit_message(self, row: Row, content: str, /) -> None:
        """Keep a text, then the row that names it, together; again is no change."""
        ...

    def transaction(self) -> AbstractContextManager[object]:
        """Group what is committed: all of it at the end, or nothing."""
        ...

    def get_text(self, sha: str, /) -> str:
        """Return a kept text.

        Raises:
            WorkspaceError: If it is missing or damaged.
        """
        ...

    def get(self, sha: str, /) -> bytes:
        """Return kept bytes; raises what `get_text` raises."""
        ...

    def chain(self, head: str | None, /) -> Sequence[Row]:
        """Return the rows from the first of the generation to `head`."""
        ...


def row_hash(parent: str | None, role: Role, node: str, content: str, pictures: Sequence[Picture] = ()) -> str:
    """Return the SHA-256 (hex) that names a row: over everything it says and shows, and all that came before it."""
    shown = [[picture.name, picture.sha] for picture in pictures]
    said = json.dumps(
        [parent, role, node, content, *([shown] if shown else [])], ensure_ascii=True, separators=(",", ":")
    )
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def interrupted(text: str) -> str:
    """Return a partial reply as it is kept: with a mark that it ends too early."""
    return f"{text.rstrip()}\n{INTERRUPTED}".lstrip("\n")


def as_sent(text: str) -> str:
    """Return a text as it can be sent: lone surrogates, which UTF-8 cannot hold, become `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def join_messages(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Join neighbours of one role by a blank line, so that roles alternate."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            text = f"{joined[-1].content}\n\n{message.content}"
            joined[-1] = Message(message.role, text, (*joined[-1].images, *message.images))
        else:
            joined.append(message)
    return tuple(joined)


class Transcript:
    """Reads and extends the transcripts of a store.

    Args:
        store: Where texts and rows are kept.
        count: Tokens of a text, for the rows that begin a generation.
    """

    def __init__(self, store: RowStore, count: Callable[[str], int] = bound) -> None:
        self._store = store
        self._count = count

    def begin_generation(
        self, system: str, summary: str | None = None, *, count: Callable[[str], int] | None = None
    ) -> str:
        """Commit the first rows of a generation and return their head.

        Args:
            system: Rules, edit format and the notes as they stand now.
            summary: What is kept of the generation before, or None for a new thread.
            count: Tokens of a text, when they are known better than by the transcript's own count.
        """
        count = count or self._count
        head = self._commit(None, Entry("system", "", system, count(system)))
        if summary:
            head = self._commit(head, Entry("user", "summary", summary, count(summary)))
        return head

    def append(self, head: str | None, entries: Sequence[Entry | tuple[Role, str, str, int]]) -> str:
        """Commit messages behind `head` and return the new head; again, it returns the same one.

        Args:
            head: The row they follow, None to begin a chain of its own.
            entries: What is said: role, node, content and tokens of each; see `Entry`.

        Raises:
            ValueError: If one is a system message, which only a generation begins with, or a chain would
                begin with nothing.
        """
        for entry in entries:
            if entry[0] == "system":
                msg = "A system message can only begin a generation."
                raise ValueError(msg)
        # Together: a sync to disk for every message would be felt.
        with self._store.transaction():
            for entry in entries:
                head = self._commit(head, Entry(*entry))
        if head is None:
            msg = "There is nothing to append."
            raise ValueError(msg)
        return head

    def messages(self, head: str) -> tuple[Message, ...]:
        """Return the messages up to `head` as they are sent, roles alternating.

        Raises:
            ThreadError: If rows are missing or do not belong together.
            WorkspaceError: If a text is missing.
        """
        return join_messages(
            Message(said.role, said.content, self._images(said.pictures)) for said in self.entries(head)
        )

    def entries(self, head: str) -> tuple[Entry, ...]:
        """Return what was committed up to `head`, one by one; raises what `messages` raises."""
        said: list[Entry] = []
        parent: str | None = None
        for row in self._rows(head):
            content = self._store.get_text(row.blob)
            if row.hash != row_hash(parent, row.role, row.node, content, row.pictures):
                raise _damaged(head)
            said.append(Entry(row.role, row.node, content, row.tokens, row.pictures))
            parent = row.hash
        return tuple(said)

    def request(self, head: str, last: str, pictures: Sequence[Picture] = ()) -> tuple[Message, ...]:
        """Return the messages of a call: those up to `head`, then `last` with its pictures as the user's.

        What is sent here is what `messages` gives once `last` and its reply are committed.
        """
        asked = Message("user", as_sent(last), self._images(pictures))
        return join_messages((*self.messages(head), asked))

    def tokens(self, head: str) -> int:
        """Return the tokens of all rows up to `head`, as they were counted when committed."""
        return sum(row.tokens for row in self._rows(head))

    def _images(self, pictures: Sequence[Picture]) -> tuple[Image, ...]:
        return tuple(Image(picture.media_type, self._store.get(picture.sha), picture.tokens) for picture in pictures)

    def _rows(self, head: str) -> Sequence[Row]:
        rows = self._store.chain(head)
        # A chain cut short would be sent as if nothing had been said before it.
        if not rows or rows[0].parent is not None or rows[-1].hash != head:
            raise _damaged(head)
        return rows

    def _commit(self, parent: str | None, entry: Entry) -> str:
        content = as_sent(entry.content)
        blob = hashlib.sha256(content.encode()).hexdigest()
        name = row_hash(parent, entry.role, entry.node, content, entry.pictures)
        row = Row(name, parent, entry.role, entry.node, blob, entry.tokens, entry.pictures)
        self._store.commit_message(row, content)
        return name


def _damaged(head: str) -> ThreadError:
    return ThreadError(
        f"The transcript of this thread is damaged at {head[:12]}.",
        hint="Start a new thread; the files of the project are not affected.",
    )
