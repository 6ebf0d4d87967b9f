"""Watches what a node uses while it runs, and writes it down: files, questions about the code, calls of the model."""

import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, cast

from vivek.config.redaction import redact
from vivek.flows.bench import Knowledge, Source
from vivek.flows.context import Answer, AskModel, Correction, Question
from vivek.providers.base import Provider
from vivek.schema.answers import IndexAnswer
from vivek.schema.chunk import Chunk, FinishReason
from vivek.schema.events import Event
from vivek.schema.held import HELD_CHARACTERS, Held
from vivek.schema.index import Definition
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.report import TurnUsage
from vivek.schema.request import Request
from vivek.workspace.files import Files

LARGEST_FILE = 256 * 1024
"""Bytes of a file whose text is kept with a recording."""

LONGEST_LIST = 64 * 1024
"""Characters of a list of files that is kept with a recording."""

LISTING = "files"
"""The section of a prompt that lists the project's files, or maps them."""

T = TypeVar("T")
Packed = dict[str, Any]  # Any: JSON values


class Pending:
    """Contents that are to be kept with a recording, once it is written."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    @property
    def contents(self) -> Sequence[bytes]:
        """What is to be kept."""
        return tuple(self._held.values())

    def put(self, data: bytes) -> str:
        """Take bytes and return their SHA-256 (hex)."""
        sha = hashlib.sha256(data).hexdigest()
        self._held[sha] = data
        return sha

    def put_text(self, text: str) -> str:
        """Take a text as the store would."""
        return self.put(text.encode("utf-8", "surrogatepass"))

    def clear(self) -> None:
        """Forget all of it."""
        self._held.clear()


@dataclass(frozen=True, slots=True)
class WatchedKnowledge:
    """What is known of the project's code; whether there was anything is recorded, what it told shows in the state."""

    inner: Knowledge
    step: Packed

    async def look(self, request: str, emit: Callable[[Event], None]) -> Source | None:
        """Look; see `flows.bench.Knowledge`."""
        source = await self.inner.look(request, emit)
        self.step["looked"] = source is not None
        return source

    def definitions(self, name: str) -> Sequence[Definition]:
        """Return definitions; see `flows.bench.Knowledge`."""
        return self.inner.definitions(name)

    def chart(self, folder: str, tokens: int, count: Callable[[str], int]) -> str:
        """Return a map; see `flows.bench.Knowledge`."""
        return self.inner.chart(folder, tokens, count)

    def explain(self, question: str) -> IndexAnswer | None:
        """Return what the index says; see `flows.bench.Knowledge`."""
        return self.inner.explain(question)


@dataclass(frozen=True, slots=True)
class WatchedQuestions:
    """Asks; the list or map of the project's files that a question shows is recorded."""

    ask: AskModel
    step: Packed
    pending: Pending

    async def __call__(
        self,
        question: Question,
        read: Callable[[str, FinishReason], T | Correction],
        usage: TurnUsage,
        emit: Callable[[Event], None],
    ) -> Answer[T]:
        """Ask; see `flows.context.AskModel`."""
        for section in question.sections:
            if section.name == LISTING and len(section.text) <= LONGEST_LIST:
                self.step["listing"] = self.pending.put_text(section.text)
        return await self.ask(question, read, usage, emit)


class WatchedFiles(Files):
    """The user's files; what is read of them is recorded, but for what holds a secret or is large."""

    def __init__(self, files: Files, reads: Packed, pending: Pending) -> None:
        super().__init__(files.root)
        self._reads = reads
        self._pending = pending

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None when there is none; raises what `Files.read` raises."""
        data = super().read(path)
        if path not in self._reads:
            self._reads[path] = None if data is None else self._kept(data)
        return data

    def _kept(self, data: bytes) -> str:
        text = data.decode("utf-8", "replace")
        if len(data) <= LARGEST_FILE and redact(text) == text:
            return self._pending.put(data)
        return hashlib.sha256(data).hexdigest()


class WatchedProvider:
    """A provider whose replies are recorded."""

    def __init__(self, inner: Provider, pending: Pending, note: Callable[[Packed], None]) -> None:
        self.inner = inner
        self._pending = pending
        self._note = note

    @property
    def name(self) -> str:
        """Its name."""
        return self.inner.name

    @property
    def base_url(self) -> str:
        """The address of its server."""
        return self.inner.base_url

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply, and record it."""
        call = asked(request, self._pending.put_text)
        said, pieces = Held(HELD_CHARACTERS), []
        self._note(call)
        try:
            async with aclosing(cast("AsyncGenerator[Chunk]", self.inner.stream(request))) as chunks:
                async for chunk in chunks:
                    if chunk.text:
                        said.add(chunk.text)
                    pieces += [asdict(piece) for piece in chunk.tool_calls]
                    call["thought"] = call.get("thought", 0) + len(chunk.thinking)
                    if chunk.usage is not None:
                        call["usage"] = asdict(chunk.usage)
                    call["finish"] = chunk.finish or call.get("finish")
                    yield chunk
        finally:
            if pieces:
                call["calls"] = pieces
            call["reply"] = self._pending.put_text(said.text())

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models."""
        return await self.inner.models()

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of a model."""
        return await self.inner.describe(model)

    async def health(self) -> Health:
        """Return whether it can be used."""
        return await self.inner.health()

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt, and record it."""
        counted = await self.inner.count_tokens(request)
        self._note({"counted": counted})
        return counted

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return vectors; they are not recorded."""
        return await self.inner.embed(model, texts)

    async def close(self) -> None:
        """Close it."""
        await self.inner.close()


def asked(request: Request, put: Callable[[str], str]) -> Packed:
    """Return what a request says, as it is compared: its last message by hash, those before by one digest."""
    return {
        "asked": put(request.messages[-1].content),
        "before": digest_of(request.messages[:-1]),
        "schema": None if request.schema is None else _digest(json.dumps(request.schema, sort_keys=True, default=list)),
    }


def digest_of(messages: Sequence[Message]) -> str:
    """Return what tells messages apart."""
    return _digest(json.dumps([[message.role, message.content] for message in messages]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
