"""A model file run by the engine that comes with vivek; it speaks to the engine's child as to any llama.cpp server."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from vivek.errors import (
    ModelAPIError,
    ModelNotFoundError,
    ProviderUnavailableError,
    RequestInvalidError,
    StreamInterruptedError,
)
from vivek.providers.engine.fingerprint import load_fingerprint
from vivek.providers.engine.gguf import FILE, GgufFile, load_gguf
from vivek.providers.engine.launch import ENGINE, EngineOptions
from vivek.providers.engine.sharing import Engine, open_engine
from vivek.providers.wire.llamacpp import PROPS_PATH
from vivek.providers.wire.sources import sourced
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.process import Launcher
from vivek.schema.request import Request


@dataclass(frozen=True, slots=True)
class _Usable:
    """A model file that was looked at, with what tells whether it is still the same."""

    file: GgufFile
    stamp: tuple[int, int]
    digest: str


class EmbeddedProvider:
    """One model file, loaded when it is first needed.

    Args:
        model_path: The GGUF file.
        launcher: Starts the engine's child.
        state: Folder where the vivek processes of this user find a running engine.
        window: Tokens of the window, None to choose by free memory.
        threads: Threads that compute, None for the cores that are free.
        linger: Seconds the engine stays after its last user left.
        kept: Folder where what it has computed of a thread outlives it, None to keep nothing.
        sleep: Seconds without a request after which the engine gives its memory back.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        launcher: Launcher,
        state: Path,
        window: int | None = None,
        threads: int | None = None,
        linger: float = 60.0,
        kept: Path | None = None,
        sleep: int = 1_800,
    ) -> None:
        self.name = "local"
        self._path = model_path.expanduser().absolute()
        self.base_url = self._path.as_uri()
        self._launcher = launcher
        self._state = state
        self._options = EngineOptions(window=window, threads=threads, linger=linger, kept=kept, sleep=sleep)
        self._usable: _Usable | None = None
        self._engine: Engine | None = None
        self._running = ""  # the digest of what the engine loaded
        self._opening = asyncio.Lock()

    async def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        Raises:
            ModelNotFoundError: If there is no such file.
            RequestInvalidError: If the file is no model that can answer.
            StreamInterruptedError: If the engine ends in the middle; the next request starts it anew.
        """
        await self._answering_file()
        if self._is_replaced():
            yield Chunk(note=f"{self._path} was replaced since it was loaded; the new one is loaded.")
        load_seconds = None
        if await self._lost():
            yield Chunk(phase="load")
            load_seconds = (await self._ready()).load_seconds
        engine = await self._ready()
        wanted = self._options.kept is not None and bool(request.thread_id)
        engine.keep(wanted=wanted)
        try:
            if wanted:
                await engine.wake()
            async with aclosing(engine.server.stream(request)) as chunks:
                async for chunk in chunks:
                    if chunk.usage and load_seconds is not None:
                        yield replace(chunk, usage=replace(chunk.usage, load_seconds=load_seconds))
                    else:
                        yield chunk
        except (ProviderUnavailableError, StreamInterruptedError) as error:
            raise await self._explained(error, engine) from error

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model it can run."""
        return [await self.describe("")]

    async def describe(self, model: str) -> ModelInfo:
        """Return what the file says of itself, whatever name is asked for; nothing is started."""
        usable = await self._usable_file()
        engine, info = self._engine, usable.file.info
        info = replace(info, digest=usable.digest, name=info.name if model in {"", "default"} else model)
        if engine is None:
            return sourced(info, FILE)
        info = replace(sourced(info, FILE), prompts_kept=engine.prompts_kept)
        info = sourced(info, "its size and its memory for prompts")
        return sourced(replace(info, window_loaded=engine.window, loaded=True), PROPS_PATH)

    async def health(self) -> Health:
        """Return whether it can be used; an engine that was not needed yet counts as ready."""
        try:
            usable = await self._usable_file()
        except ModelAPIError as error:
            return Health(ok=False, detail=error.message)
        if self._engine is None:
            use = "question" if usable.file.role == "text" else "text; it gives vectors and answers nothing"
            return Health(ok=True, detail=f"{usable.file.name} is loaded at the first {use}")
        return await self._engine.server.health()

    async def count_tokens(self, request: Request) -> int | None:
        """Return the exact size of a request's prompt in tokens; loads the model."""
        await self._answering_file()
        await self._lost()
        engine = await self._ready()
        try:
            return await engine.server.count_tokens(request)
        except ProviderUnavailableError as error:
            raise await self._explained(error, engine) from error

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; None if the file is no embedding model. Loads it.

        Raises:
            ContextWindowExceededError: If a text is longer than what is computed at a time; none is cut.
        """
        if (await self._usable_file()).file.role != "embedding":
            return None
        await self._lost()
        engine = await self._ready()
        try:
            return await engine.server.embed(model, texts)
        except ProviderUnavailableError as error:
            raise await self._explained(error, engine) from error

    async def close(self) -> None:
        """Give up the engine; it leaves unless another vivek uses it."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()

    async def _lost(self) -> bool:
        """Return whether there is no engine to ask; one that has ended, or runs what was replaced, is put away."""
        engine = self._engine
        if engine is not None and (self._is_replaced() or engine.ended() or not (await engine.server.health()).ok):
            await self.close()
        return self._engine is None

    def _is_replaced(self) -> bool:
        """Return whether the file that was last looked at is another than the engine runs."""
        return self._engine is not None and self._usable is not None and self._usable.digest != self._running

    async def _ready(self) -> Engine:
        """Return the running engine, opened at most once however many ask at the same time."""
        async with self._opening:
            if self._engine is None:
                usable = await self._usable_file()
                self._engine = await open_engine(
                    usable.file, self._options, launcher=self._launcher, state=self._state, digest=usable.digest
                )
                self._running = usable.digest
            return self._engine

    async def _answering_file(self) -> None:
        """Look at the file.

        Raises:
            RequestInvalidError: If it is no model that can answer.
        """
        role = (await self._usable_file()).file.role
        if role != "text":
            msg = f"{self._path} cannot answer: it is of the kind {role!r}."
            raise RequestInvalidError(msg, hint="Choose a model made for chat.")

    async def _usable_file(self) -> _Usable:
        self._usable = await asyncio.to_thread(_load_usable, self._path, self._usable)
        return self._usable

    async def _explained(
        self, error: ProviderUnavailableError | StreamInterruptedError, engine: Engine
    ) -> ModelAPIError:
        """Return what happened to a request that broke; an engine that ended is put away."""
        cause = await engine.cause_of_end()
        if not cause:
            return error
        if self._engine is engine:
            await self.close()
        hint = "Ask again: it is started anew. If it ends again, use a smaller model or window."
        if isinstance(error, StreamInterruptedError):
            msg = f"{ENGINE} ended in the middle of its reply: {cause}."
            return StreamInterruptedError(msg, hint=hint, partial=error.partial)
        return ProviderUnavailableError(f"{ENGINE} ended: {cause}.", hint=hint)


def _load_usable(path: Path, before: _Usable | None) -> _Usable:
    """Look at a model file, which costs a glance when it is as it was before."""
    if not path.is_file():  # opening a pipe would wait for ever
        msg = f"There is no model file {path}."
        raise ModelNotFoundError(msg, hint="Give the path of a GGUF file: `--model local/PATH`.")
    found = path.stat()
    stamp = found.st_mtime_ns, found.st_size
    if before is not None and before.stamp == stamp:
        return before
    file = load_gguf(path)
    if file.reason:
        msg = f"{path} cannot be used as a model. {file.reason}"
        raise RequestInvalidError(msg, hint="Choose another file, or fetch this one again.")
    if file.role not in {"text", "embedding"}:
        msg = f"{path} is no model: it is of the kind {file.role!r}."
        raise RequestInvalidError(msg, hint="Choose a model made for chat.")
    return _Usable(file, stamp, load_fingerprint(path))
