"""One MLX model at work: what is loaded, what is kept between two requests. All of it runs in the worker thread."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from vivek.errors import ContextWindowExceededError, ModelAPIError
from vivek.providers.engine.mlx.caches import COUNT_LIMIT, PrefixCaches
from vivek.providers.engine.mlx.constraint import SchemaGuide
from vivek.providers.engine.mlx.folder import MlxFolder
from vivek.providers.engine.mlx.generation import Piece, Task, generate
from vivek.providers.engine.mlx.keeping import load_newest, save_newest
from vivek.providers.engine.mlx.library import StoppedError, out_of_memory, physical_memory, told_as_ours
from vivek.providers.engine.mlx.model import Network, free_memory, load_network, load_tokenizer
from vivek.providers.engine.mlx.prompt import build_prompt
from vivek.providers.engine.mlx.worker import Job
from vivek.schema.request import Request, Sampling

_CACHE_SHARE = 8  # which part of the memory the caches of all threads may take together


class MlxEngine:
    """A model folder, loaded when it is first needed.

    Args:
        folder: A folder that can be used.
        window: Tokens of the window where a request does not say, None for all that the model was made for.
        memory: Bytes of memory this machine has, None to look.
        clock: Seconds, monotonic.
        kept: Path, without an ending, where the cache of the newest thread outlives the model; None to keep none.

    Attributes:
        network: The model, None while it is not loaded.
    """

    def __init__(
        self,
        folder: MlxFolder,
        *,
        window: int | None = None,
        memory: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
        kept: Path | None = None,
    ) -> None:
        self.network: Network | None = None
        self._folder = folder
        self._window = window
        self._memory = physical_memory() if memory is None else memory
        self._clock = clock
        self._kept = kept
        self._tokenizer: Any = None  # mlx-lm has no types
        self._guide: SchemaGuide | None = None
        self._caches: PrefixCaches | None = None
        self._load_seconds = 0.0

    def count(self, request: Request) -> int:
        """Return the exact size of a request's prompt in tokens; loads the tokenizer, not the weights."""
        return len(build_prompt(self._ready_tokenizer(), request).tokens)

    def answer(self, request: Request, job: Job[Piece]) -> None:
        """Compute a reply and hand it over piece by piece, an `Ended` last.

        Raises:
            ContextWindowExceededError: If the prompt fills the window; nothing was computed, nothing loaded.
            ModelAPIError: If the model cannot be loaded, or cannot compute this.
        """
        tokenizer = self._ready_tokenizer()
        prompt = build_prompt(tokenizer, request)
        room = self._room(request, len(prompt.tokens))
        network = self._ready_network(job, len(prompt.tokens) + room)
        mask = self._ready_guide().mask(request.schema) if request.schema is not None else None
        caches = self._ready_caches(network)
        begun = caches.take(request.thread_id, prompt.tokens)
        task = Task(prompt, begun, room, _filled(request.sampling, self._folder.sampling), mask)
        try:
            with told_as_ours(f"{self._folder.name} failed", "Ask again, or choose another model.", ModelAPIError):
                ended = generate(network, tokenizer, task, job, self._clock)
        except ModelAPIError:
            caches.clear()  # what led to the error may be in there, or take the memory that was lacking
            raise
        except StoppedError:
            caches.give(request.thread_id, begun.cache, [*prompt.tokens, *task.said])
            raise
        caches.give(request.thread_id, begun.cache, [*prompt.tokens, *task.said])
        usage = replace(ended.usage, load_seconds=self._load_seconds or None)
        self._load_seconds = 0.0
        job.emit(replace(ended, usage=usage))

    def prompts_kept(self, window: int | None) -> int | None:
        """Return how many prompts that fill the window are kept, each of another thread; None if unknown."""
        if not window or self._folder.cache is None:
            return None
        fitting = self._memory // _CACHE_SHARE // (window * self._folder.cache.bytes)
        return max(1, min(COUNT_LIMIT, fitting))

    def free(self) -> None:
        """Forget the model and give its memory back; what it has computed of the newest thread may be kept."""
        if self._kept is not None and self._caches is not None and (newest := self._caches.newest()) is not None:
            save_newest(self._kept, newest)
        self._tokenizer = self._guide = self._caches = None
        if self.network is not None:
            self.network = None
            free_memory()

    def _room(self, request: Request, prompt: int) -> int:
        """Return the tokens that a reply may have: as asked for, as far as the window reaches."""
        wanted = request.window or self._window
        maximum = self._folder.context_length
        known = [size for size in (wanted, maximum) if size is not None]
        if not known:
            return request.max_tokens
        window = min(known)
        if prompt >= window:
            msg = f"The prompt has {prompt:,} tokens, the window of {self._folder.name} holds {window:,}."
            hint = "Name fewer or smaller files, start a new thread, or set a larger window."
            raise ContextWindowExceededError(msg, hint=hint, needed=prompt, window=window)
        return min(request.max_tokens, window - prompt)

    def _ready_tokenizer(self) -> Any:  # mlx-lm has no types
        if self._tokenizer is None:
            began = self._clock()
            self._tokenizer = load_tokenizer(self._folder)
            self._load_seconds += self._clock() - began
        return self._tokenizer

    def _ready_network(self, job: Job[Piece], tokens: int) -> Network:
        cache_bytes = self._folder.cache.bytes if self._folder.cache else 0
        needed = self._folder.size_bytes + tokens * cache_bytes
        if needed > self._memory:
            detail = f"it needs {needed / 1e9:.1f} GB, this machine has {self._memory / 1e9:.1f} GB"
            raise out_of_memory(f"{self._folder.name} cannot be loaded", detail)
        if self.network is None:
            began = self._clock()
            self.network = load_network(self._folder, job.check)
            self._load_seconds += self._clock() - began
        return self.network

    def _ready_guide(self) -> SchemaGuide:
        if self._guide is None:
            self._guide = SchemaGuide(self._tokenizer, self._folder.vocabulary)
        return self._guide

    def _ready_caches(self, network: Network) -> PrefixCaches:
        if self._caches is None:
            from mlx_lm.models.cache import make_prompt_cache

            self._caches = PrefixCaches(lambda: make_prompt_cache(network.model), self._memory // _CACHE_SHARE)
            if self._kept is not None and (kept := load_newest(self._kept)) is not None:
                self._caches.give(kept.thread_id, kept.cache, kept.tokens)
        return self._caches


def _filled(asked: Sampling, own: Sampling) -> Sampling:
    """Return how to draw tokens: what is asked for, and for the rest what the model's maker wants."""

    def first(one: float | None, other: float | None) -> float | None:
        return other if one is None else one

    return Sampling(
        temperature=first(asked.temperature, own.temperature),
        top_p=first(asked.top_p, own.top_p),
        top_k=own.top_k if asked.top_k is None else asked.top_k,
        repeat_penalty=first(asked.repeat_penalty, own.repeat_penalty),
        seed=asked.seed,
    )
