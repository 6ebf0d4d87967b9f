"""Replies by schema from MLX with weights that mean nothing: none may be invalid; and what the tiny model costs here.

Runs the model of `tests/engine/tiny_model.py`, wherever `mlx-lm` is installed.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own

from benchmarks.measure import Result, report
from tests.engine.tiny_model import tiny_model
from vivek.prompts.parse import PLAN_SCHEMA, REVIEW_SCHEMA, ascii_only
from vivek.providers.adapters.mlx import MlxProvider
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling

CALLS = 200
ROUNDS = 7
PROMPT_WORDS = 1_000
REPLY_TOKENS = 128
WORDS: Mapping[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "steps", "score", "sure"],
    "properties": {
        "kind": {"enum": ["answer", "change"]},
        "steps": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "string", "maxLength": 20}},
        "score": {"type": "integer", "minimum": 0, "maximum": 9_999},
        "sure": {"type": "boolean"},
    },
}
SCHEMAS: Sequence[Mapping[str, object]] = (WORDS, ascii_only(WORDS), ascii_only(PLAN_SCHEMA), ascii_only(REVIEW_SCHEMA))


def main() -> int:
    """Measure and report."""
    return report("constrained_mlx", f"MLX: {CALLS} replies by schema, random weights", asyncio.run(measure()))


async def measure() -> list[Result]:
    """Return the figures."""
    provider = MlxProvider(tiny_model().folder)
    try:
        load = (await call(provider, asked("Hello.", max_tokens=1)))[0].load_seconds
        began = time.perf_counter()
        invalid = [number for number in range(CALLS) if not await is_valid(provider, number)]
        seconds = time.perf_counter() - began
        speeds = await speed(provider)
        free, constrained = await token_cost(provider, None), await token_cost(provider, WORDS)
    finally:
        await provider.close()
    return [
        Result("invalid replies", len(invalid), f"of {CALLS}", 0, f"{len(SCHEMAS)} schemas; numbers {invalid}"),
        Result("a reply by schema", seconds / CALLS * 1_000, "ms"),
        Result("a token, free", free * 1_000, "ms"),
        Result("a token, by schema", constrained * 1_000, "ms", note="the mask is made on the processor"),
        Result("import and load", load or 0.0, "s"),
        *speeds,
    ]


async def is_valid(provider: MlxProvider, number: int) -> bool:
    """Ask for one reply and hold it against its schema."""
    schema = SCHEMAS[number % len(SCHEMAS)]
    sampling = Sampling(temperature=(0.0, 0.7, 1.0, 1.5)[number // len(SCHEMAS) % 4], seed=number)
    question = asked(f"Answer in JSON, number {number}.", max_tokens=6_000, schema=schema, sampling=sampling)
    _, text, _ = await call(provider, question)
    try:
        jsonschema.validate(json.loads(text), schema)
    except (ValueError, jsonschema.ValidationError):
        return False
    return True


async def speed(provider: MlxProvider) -> list[Result]:
    """Return prefill and decode speed, and the time to the first text cold and with the prompt in the cache."""
    cold: list[tuple[Usage, float]] = []
    warm: list[float] = []
    for number in range(ROUNDS):
        question = asked(f"{number} " + "word " * PROMPT_WORDS, max_tokens=REPLY_TOKENS, thread_id=str(number))
        usage, _, first = await call(provider, question)
        cold.append((usage, first))
        warm.append((await call(provider, question))[2])
    prefill = [(usage.prompt_tokens or 0) / (usage.prefill_seconds or 1) for usage, _ in cold]
    decode = [(usage.completion_tokens or 0) / (usage.decode_seconds or 1) for usage, _ in cold]
    tokens = cold[0][0].prompt_tokens
    return [
        Result("prefill", statistics.median(prefill), "tok/s", note=f"{tokens} tokens, median of {ROUNDS}"),
        Result("decode", statistics.median(decode), "tok/s", note=f"behind {tokens} tokens"),
        Result("first text, cold", statistics.median(first for _, first in cold) * 1_000, "ms"),
        Result("first text, prompt in the cache", statistics.median(warm) * 1_000, "ms"),
    ]


async def token_cost(provider: MlxProvider, schema: Mapping[str, object] | None) -> float:
    """Return the seconds that one token of a reply takes, as a median."""
    sampling = Sampling(temperature=1.0)
    spent: list[float] = []
    for number in range(3 * ROUNDS):
        question = asked("Say.", max_tokens=60, schema=schema, sampling=replace(sampling, seed=number))
        usage, _, _ = await call(provider, question)
        spent.append((usage.decode_seconds or 0.0) / (usage.completion_tokens or 1))
    return statistics.median(spent)


async def call(provider: MlxProvider, question: Request) -> tuple[Usage, str, float]:
    """Return figures, text, and seconds to the first text of one reply."""
    began, first = time.perf_counter(), 0.0
    texts: list[str] = []
    last = Chunk()
    async for last in provider.stream(question):
        if last.text:
            first = first or time.perf_counter() - began
            texts.append(last.text)
    return last.usage or Usage(), "".join(texts), first


def asked(text: str, **more: object) -> Request:
    """Return a question to the tiny model."""
    given = {"max_tokens": 1, "sampling": Sampling(temperature=0.0)} | more
    return Request("tiny", (Message("user", text),), **given)  # type: ignore[arg-type]  # each has its type where it is given


if __name__ == "__main__":
    sys.exit(main())
