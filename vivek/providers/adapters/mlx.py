"""A model folder run by Apple's MLX in this process: no server, no port, the cache of each thread in our own hands."""

import asyncio
import platform
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from vivek.errors import ModelAPIError, ModelNotFoundError, ProviderUnavailableError, RequestInvalidError, VivekError
from vivek.providers.engine.kept import prepare_kept
from vivek.providers.engine.mlx.engine import MlxEngine
from vivek.providers.engine.mlx.folder import MlxFolder, load_folder
from vivek.providers.engine.mlx.generation import Ended, Piece
from vivek.providers.engine.mlx.library import computes_with, install_hint, missing_library
from vivek.providers.engine.mlx.worker import Job, Worker
from vivek.providers.wire.reply import ReplyInProgress
from vivek.schema.chunk import Chunk, Progress
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request


class MlxProvider:
    """One model folder, loaded when it is first needed; one request at a time.

    Args:
        model_path: The folder: `config.json`, `model*.safetensors`, a tokenizer.
        window: Tokens of the window where a request does not say, None for all that the model was made for.
        memory: Bytes of memory this machine has, None to look.
        kept: Folder where what was computed of the newest thread outlives this process, None to keep nothing.
    """

    def __init__(
        self, model_path: Path, *, window: int | None = None, memory: int | None = None, kept: Path | None = None
    ) -> None:
        self.name = "mlx"
        self.base_url = ""
        self._path = model_path.expanduser().absolute()
        self._window = window
        self._memory = memory
        self._kept = kept
        self._engine: MlxEngine | None = None
        self._folder: MlxFolder | None = None
        self._worker = Worker()

    async def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        Closing the iterator stops the computation within one token, or within one piece of the prompt.

        Raises:
            ModelNotFoundError: If there is no such folder.
            ProviderUnavailableError: If MLX is not installed, or the memory does not suffice.
            RequestInvalidError: If the folder holds no model that can answer, or the request asks for what it cannot.
            ContextWindowExceededError: If the prompt fills the window; nothing was computed.
            StreamInterruptedError: If the provider is closed, or the computation fails, after text has arrived.
        """
        folder = await self._usable_folder()
        _refuse(request, folder)
        engine = self._ready_engine(folder)
        reply = ReplyInProgress(folder.name)
        if engine.network is None:
            yield Chunk(phase="load")

        def work(job: Job[Piece]) -> None:
            engine.answer(request, job)

        ended = False
        try:
            async with aclosing(self._worker.stream(work)) as pieces:
                async for some in pieces:
                    ended = isinstance(some[-1], Ended)
                    for chunk in _chunks(some, reply):
                        yield chunk
        except VivekError as error:
            raise reply.interrupted(error) from error
        if not ended:
            raise reply.broken(f"{folder.name} was closed in the middle of its reply.")

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model it can run."""
        return [await self.describe("")]

    async def describe(self, model: str) -> ModelInfo:
        """Return what the folder says of itself, whatever name is asked for; nothing is loaded."""
        info = (await self._usable_folder()).info
        sources = dict(info.sources)
        network = self._engine.network if self._engine else None
        window = min(self._window, info.window_maximum or self._window) if self._window else None
        if window:
            sources["window_loaded"] = "as opened"
        prompts_kept = self._engine.prompts_kept(window or info.window_maximum) if self._engine else None
        if prompts_kept:
            sources["prompts_kept"] = "its size and the memory for caches"
        if network:
            sources["gpu_share"] = "MLX"
        return replace(
            info,
            name=info.name if model in {"", "default"} else model,
            window_loaded=window,
            loaded=network is not None,
            prompts_kept=prompts_kept,
            gpu_share=float(network.on_gpu) if network else None,
            sources=sources,
        )

    async def health(self) -> Health:
        """Return whether it can be used; a model that was not needed yet counts as ready."""
        missing = missing_library()
        if missing:
            hint = install_hint(platform.system(), platform.machine())
            return Health(ok=False, detail=f"{missing} is not installed. {hint}")
        try:
            folder = await self._usable_folder()
        except ModelAPIError as error:
            return Health(ok=False, detail=error.message)
        where = computes_with(platform.system(), platform.machine(), platform.mac_ver()[0])
        return Health(ok=True, detail=f"{folder.name} runs {where}")

    async def count_tokens(self, request: Request) -> int | None:
        """Return the exact size of a request's prompt in tokens; loads the tokenizer, not the weights."""
        engine = self._ready_engine(await self._usable_folder())
        return await self._worker.run(lambda job: job.emit(engine.count(request)))

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: mlx-lm makes no embeddings."""
        return None

    async def close(self) -> None:
        """Stop what is being computed and give the memory back; the next request loads the model again."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await self._worker.close(engine.free)

    def _ready_engine(self, folder: MlxFolder) -> MlxEngine:
        if self._engine is None:
            kept = prepare_kept(self._kept, self._path, folder.digest, self._window) if self._kept else None
            self._engine = MlxEngine(folder, window=self._window, memory=self._memory, kept=kept)
        return self._engine

    async def _usable_folder(self) -> MlxFolder:
        if self._folder is None:
            self._folder = await asyncio.to_thread(_load_usable, self._path)
        return self._folder


def _load_usable(path: Path) -> MlxFolder:
    if not path.is_dir():
        msg = f"There is no model folder {path}."
        raise ModelNotFoundError(msg, hint="Give a folder with config.json and weights: `--model mlx/PATH`.")
    folder = load_folder(path)
    if folder.reason:
        gguf = next(path.glob("*.gguf"), None)
        hint = f"For the GGUF file in it write `local/{gguf}`." if gguf else "Choose another model, or fetch it again."
        raise RequestInvalidError(f"{path} cannot be used as an MLX model. {folder.reason}", hint=hint)
    return folder


def _refuse(request: Request, folder: MlxFolder) -> None:
    """Raise for what would otherwise be left out silently."""
    missing = missing_library()
    if missing:
        msg = f"MLX cannot run: {missing} is not installed."
        raise ProviderUnavailableError(msg, hint=install_hint(platform.system(), platform.machine()))
    if any(message.images for message in request.messages):
        hint = "Choose a model of another provider that can see, such as one of Ollama's."
        raise RequestInvalidError(f"{folder.name} cannot look at pictures: mlx-lm is text only.", hint=hint)
    if request.tools and "tools" not in folder.abilities:
        msg = f"The chat template of {folder.name} has no place for tools."
        raise RequestInvalidError(msg, hint="Choose a model that can call tools.")


def _chunks(pieces: Sequence[Piece], reply: ReplyInProgress) -> Sequence[Chunk]:
    """Return what waited to be read as few chunks: one of text and progress, one for the end."""
    texts = [piece for piece in pieces if isinstance(piece, str)]
    progress = next((piece for piece in reversed(pieces) if isinstance(piece, Progress)), None)
    said = reply.chunk("".join(texts), "", progress)
    chunks = [replace(said, pieces=max(1, len(texts))) if said else None]
    if isinstance(pieces[-1], Ended):
        chunks += [reply.end(), Chunk(usage=pieces[-1].usage, finish=pieces[-1].finish)]
    return [chunk for chunk in chunks if chunk is not None]
