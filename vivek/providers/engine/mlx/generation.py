"""Computes one reply, token by token, and says what it took. Runs in the worker thread."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

from vivek.providers.engine.mlx.caches import Begun
from vivek.providers.engine.mlx.constraint import SchemaMask
from vivek.providers.engine.mlx.model import Network
from vivek.providers.engine.mlx.prompt import THOUGHT, Prompt
from vivek.providers.engine.mlx.text import TokenReader
from vivek.providers.engine.mlx.worker import Job
from vivek.schema.chunk import FinishReason, Progress, Usage
from vivek.schema.request import Sampling

_REPEAT_LAST = 64  # tokens that a repeat penalty looks back on, as in llama.cpp


@dataclass(frozen=True, slots=True)
class Ended:
    """The last piece of a reply."""

    usage: Usage
    finish: FinishReason


Piece = str | Progress | Ended


@dataclass(frozen=True, slots=True)
class Task:
    """One reply to compute.

    Attributes:
        prompt: What it answers.
        begun: The cache to go on with.
        room: Tokens it may have.
        sampling: How tokens are drawn, the model's own wishes filled in.
        mask: What keeps it on its schema, None for free text.
        said: Its tokens, added as they come.
    """

    prompt: Prompt
    begun: Begun
    room: int
    sampling: Sampling
    mask: SchemaMask | None = None
    said: list[int] = field(default_factory=list)


def generate(network: Network, tokenizer: Any, task: Task, job: Job[Piece], clock: Callable[[], float]) -> Ended:
    """Compute a reply, hand over its pieces, and return how it ended.

    Args:
        network: The model.
        tokenizer: Its tokenizer, as mlx-lm wraps it; without types.
        task: What to compute.
        job: Where text and progress go; it stops the computation when nobody waits any more.
        clock: Seconds, monotonic.
    """
    began = first = clock()
    cached, total = task.begun.tokens, len(task.prompt.tokens)

    def tell(done: int, _: int) -> None:
        job.emit(Progress(cached + done, total, cached, clock() - began))

    reader = TokenReader(lambda tokens: _decode(tokenizer, tokens))
    finish: FinishReason = "other"
    with closing(_tokens(network, tokenizer, task, tell)) as tokens:
        for token, ended in tokens:
            if not task.said:
                first = clock()
                if task.prompt.opens_thought:
                    job.emit(THOUGHT)
            task.said.append(token)
            text = "" if ended == "stop" else reader.read(token)  # the token that ends a reply has no text
            job.check()
            if ended:
                text += reader.rest()
                finish = ended
            if text:
                job.emit(text)
    usage = Usage(
        prompt_tokens=total,
        cached_tokens=cached,
        completion_tokens=len(task.said),
        prefill_seconds=first - began,
        decode_seconds=clock() - first,
    )
    return Ended(usage, finish)


def _tokens(
    network: Network, tokenizer: Any, task: Task, tell: Callable[[int, int], None]
) -> Generator[tuple[int, FinishReason | None]]:
    """Yield each token, the last one with why it is the last."""
    import mlx.core as mx
    from mlx_lm.generate import generate_step, generation_stream

    if task.sampling.seed is not None:
        mx.random.seed(task.sampling.seed)
    # One floor below mlx-lm's `stream_generate`, which loses a blank at the start of a reply and prints to stdout.
    tokens = generate_step(
        mx.array(task.prompt.tokens[task.begun.tokens :]),
        network.model,
        max_tokens=task.room,
        sampler=_sampler(task.sampling, len(tokenizer)),
        logits_processors=_processors(task),
        prompt_cache=task.begun.cache,
        prefill_step_size=network.step,
        prompt_progress_callback=tell,
    )
    with closing(tokens), ExitStack() as undo:
        # The next token is always computed ahead: a process that ends meanwhile is ended by MLX with an abort.
        undo.callback(mx.synchronize, generation_stream)
        for number, (token, _) in enumerate(tokens, 1):
            ended: FinishReason | None = "length" if number == task.room else None
            ended = "stop" if token in tokenizer.eos_token_ids else ended
            yield int(token), ended
            if ended:
                return


def _sampler(sampling: Sampling, vocabulary: int) -> Callable[[Any], Any]:  # arrays of MLX, which are not checked
    from mlx_lm.sample_utils import make_sampler

    top_k = min(sampling.top_k or 0, vocabulary - 1)
    made: Callable[[Any], Any] = make_sampler(sampling.temperature or 0.0, top_p=sampling.top_p or 0.0, top_k=top_k)
    return made


def _processors(task: Task) -> list[Callable[[Any, Any], Any]]:  # as above
    from mlx_lm.sample_utils import make_logits_processors

    penalty = task.sampling.repeat_penalty
    made: list[Callable[[Any, Any], Any]] = []
    if penalty is not None and penalty != 1.0:
        made += make_logits_processors(repetition_penalty=penalty, repetition_context_size=_REPEAT_LAST)
    return [*made, task.mask] if task.mask else made


def _decode(tokenizer: Any, tokens: Sequence[int]) -> str:  # the tokenizer has no types
    return str(tokenizer.decode(list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False))
