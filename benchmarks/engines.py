"""Every engine that runs here, through vivek's own adapters: how fast it reads, writes and begins.

MLX is recommended only where it is more than 20 % faster at writing than llama.cpp on the same weights.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.half_billion import build
from benchmarks.measure import Result, report
from tests.engine.server import serve
from tests.engine.tiny_model import tiny_model
from vivek.providers.adapters.anthropic import AnthropicProvider
from vivek.providers.adapters.embedded import EmbeddedProvider
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling
from vivek.workspace.process import launch

ROUNDS = 3
LINES, REPLY = 30, 48
WINDOW = 8192
FASTER = 1.2
"""MLX is recommended from this many times llama.cpp's speed on."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians of one engine; seconds from the request to the first text."""

    prefill: float
    decode: float
    cold: float
    cached: float


async def measure(provider: Provider, mark: str, rounds: int = ROUNDS) -> Speed:
    """Return how fast a provider is; rates are reckoned by the clock, so that all engines are measured alike.

    Args:
        provider: The engine.
        mark: First words of its prompts, so that none is in a cache that another one filled.
        rounds: Prompts.
    """
    prefill, decode, cold, cached = [], [], [], []
    await _call(provider, "warm up")
    for number in range(rounds):
        text = f"{mark}, {number}: " + "Count the lamps, the ropes and the saws on the shelf.\n" * LINES
        first, total, last = await _call(provider, text)
        again, _, _ = await _call(provider, text)
        usage = last.usage
        if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
            raise RuntimeError("an engine without figures cannot be compared")
        prefill.append(usage.prompt_tokens / first)
        decode.append((usage.completion_tokens - 1) / max(total - first, 1e-9))
        cold.append(first)
        cached.append(again)
    return Speed(*(statistics.median(values) for values in (prefill, decode, cold, cached)))


async def _call(provider: Provider, text: str) -> tuple[float, float, Chunk]:
    request = Request("m", (Message("user", text),), REPLY, window=WINDOW, sampling=Sampling(temperature=0.0, seed=1))
    began = time.perf_counter()
    first: float | None = None
    last = Chunk()
    async for chunk in provider.stream(request):
        if first is None and (chunk.text or chunk.thinking):
            first = time.perf_counter() - began
        last = chunk if chunk.usage else last
    total = time.perf_counter() - began
    return total if first is None else first, total, last


@asynccontextmanager
async def opened(make: Callable[[], Provider]) -> AsyncIterator[Provider]:
    """Give a provider and take it back."""
    provider = make()
    try:
        yield provider
    finally:
        await provider.close()


async def compare() -> list[Result]:
    """Measure one engine after the other; two at once would share the cores."""
    tiny = tiny_model()
    results: list[Result] = []
    speeds: dict[str, Speed] = {}
    with tempfile.TemporaryDirectory(prefix="vivek-engines-") as folder:
        state = Path(folder)
        big = build(tiny.q8_0, state / "half.gguf")
        weights = {"tiny (0.2 million weights)": tiny.q8_0, "0.36 billion weights, Q4_0": big}
        for name, path in weights.items():
            async with opened(lambda path=path: _embedded(path, state)) as provider:  # type: ignore[misc]  # a default
                speeds[f"embedded, {name}"] = await measure(provider, "embedded")
        with serve(tiny.q8_0, window=WINDOW) as server:
            makers: dict[str, Callable[[], Provider]] = {
                "llama.cpp server": lambda: LlamaCppProvider(server.url, server.key),
                "its OpenAI interface": lambda: OpenAICompatProvider(f"{server.url}/v1", server.key),
                "its Messages interface": lambda: AnthropicProvider(server.url, server.key),
            }
            for name, make in makers.items():
                async with opened(make) as provider:
                    speeds[f"{name}, tiny, one thread"] = await measure(provider, name)
        if find_spec("mlx_lm") is not None:
            from vivek.providers.adapters.mlx import MlxProvider

            async with opened(lambda: MlxProvider(tiny.folder, window=WINDOW)) as provider:
                speeds["MLX, tiny"] = await measure(provider, "MLX")
    for name, speed in speeds.items():
        results += [
            Result(f"{name}: reads", speed.prefill, "tok/s"),
            Result(f"{name}: writes", speed.decode, "tok/s"),
            Result(f"{name}: first text, cold", speed.cold * 1000, "ms"),
            Result(f"{name}: first text, prompt in its cache", speed.cached * 1000, "ms"),
        ]
    if "MLX, tiny" in speeds:
        ratio = speeds["MLX, tiny"].decode / speeds["embedded, tiny (0.2 million weights)"].decode
        results.append(Result("MLX against the embedded engine", ratio, "x", note=advice(ratio)))
    return results


def advice(ratio: float) -> str:
    """Return what follows from how many times llama.cpp's speed MLX writes."""
    return f"MLX is {'recommended' if ratio > FASTER else 'not recommended'} on this machine"


def _embedded(path: Path, state: Path) -> Provider:
    return EmbeddedProvider(path, launcher=launch, state=state / "engine", window=WINDOW, linger=1.0)


def main() -> int:
    """Measure and report."""
    return report("engines", "Engines that run here, through vivek's adapters", asyncio.run(compare()))


if __name__ == "__main__":
    sys.exit(main())
