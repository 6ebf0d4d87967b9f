"""A provider that fails as it is told, a clock that passes only by waiting, and patience with both."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from vivek.errors import ProviderUnavailableError, VivekError
from vivek.providers.breaker import Breakers
from vivek.providers.resilience import PatientProvider
from vivek.providers.spec import PatienceSpec
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

DOWN = ProviderUnavailableError("S does not answer.")
LOADING = ProviderUnavailableError("S answered 503: Loading model.", loading=True)
Step = VivekError | Chunk
T = TypeVar("T")


@dataclass
class FakeProvider:
    """Fails and answers as told: one list of steps for each try."""

    tries: list[Sequence[Step]]
    name: str = "fake"
    base_url: str = "http://fake"
    asked: int = 0
    open: int = 0
    state: Health = field(default_factory=lambda: Health(ok=False, detail="asked once"))

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        steps = self.tries[self.asked]
        self.asked += 1
        self.open += 1
        try:
            for step in steps:
                if isinstance(step, VivekError):
                    raise step
                yield step
                await asyncio.sleep(0)
        finally:
            self.open -= 1

    async def describe(self, model: str) -> ModelInfo:
        return self._answer(ModelInfo(model))

    async def models(self) -> Sequence[ModelInfo]:
        return self._answer((ModelInfo("m"),))

    async def count_tokens(self, request: Request) -> int | None:
        return self._answer(7)

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        return None

    async def health(self) -> Health:
        return self.state

    async def close(self) -> None:
        self.tries.clear()

    def _answer(self, value: T) -> T:
        steps = self.tries[self.asked]
        self.asked += 1
        for step in steps:
            if isinstance(step, VivekError):
                raise step
        return value


@dataclass
class Clock:
    """Time that passes only by waiting."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def patient(
    *tries: Sequence[Step],
    clock: Clock | None = None,
    jitter: Callable[[float, float], float] = lambda low, high: high,
    breakers: Breakers | None = None,
) -> tuple[PatientProvider, FakeProvider, Clock]:
    inner, time = FakeProvider(list(tries)), clock or Clock()
    spec = PatienceSpec(tries=3, base=0.5, cap=30.0, load=10.0, poll=0.5)
    breakers = breakers or Breakers(lambda: time.now)
    provider = PatientProvider(
        inner, spec=spec, breakers=breakers, clock=lambda: time.now, sleep=time.sleep, jitter=jitter
    )
    return provider, inner, time


GOOD = (Chunk(phase="decode"), Chunk(text="yes"), Chunk(finish="stop"))
