"""A list of fakes to fall back on."""

from collections.abc import Callable, Sequence

from tests.providers.patience import Clock, FakeProvider, Step
from vivek.errors import (
    VivekError,
)
from vivek.providers.base import Provider
from vivek.providers.fallback import Candidate, FallbackProvider
from vivek.providers.spec import ModelSpec
from vivek.schema.chunk import Chunk
from vivek.schema.models import ModelInfo
from vivek.schema.request import Request

A, B, C = ModelSpec("ollama", "a"), ModelSpec("llamacpp", "b"), ModelSpec("anthropic", "c")


class Fake(FakeProvider):
    """A fake that knows its model, counts, and remembers what it was asked."""

    def __init__(self, tries: Sequence[Sequence[Step]] = (), info: ModelInfo | None = None, count: int | None = None):
        super().__init__(list(tries))
        self.info = info or ModelInfo("?")
        self.count = count
        self.requests: list[Request] = []
        self.closed = False
        self.describing: VivekError | None = None
        self.counting: VivekError | None = None

    def stream(self, request: Request):  # type: ignore[no-untyped-def]  # the generator of the fake it extends
        self.requests.append(request)
        return super().stream(request)

    async def describe(self, model: str) -> ModelInfo:
        if self.describing:
            raise self.describing
        return self.info

    async def models(self) -> Sequence[ModelInfo]:
        return [await self.describe("")]

    async def count_tokens(self, request: Request) -> int | None:
        if self.counting:
            raise self.counting
        return self.count

    async def close(self) -> None:
        self.closed = True


class List:
    """A fallback list of fakes with its clock, and which of them were opened."""

    def __init__(self, **fakes: Fake | VivekError) -> None:
        self.clock = Clock(now=1000.0)
        self.opened: list[str] = []
        specs = {"a": A, "b": B, "c": C}
        candidates = [
            Candidate(specs[name], self._opener(name, fake), lambda info, name=name: name == "a")  # type: ignore[misc]  # bound now
            for name, fake in fakes.items()
        ]
        self.provider = FallbackProvider(candidates, clock=lambda: self.clock.now)

    def _opener(self, name: str, fake: Fake | VivekError) -> Callable[[], Provider]:
        def opened() -> Provider:
            self.opened.append(name)
            if isinstance(fake, VivekError):
                raise fake
            return fake

        return opened


def notes(chunks: list[Chunk]) -> list[str]:
    return [chunk.note for chunk in chunks if chunk.note]


def signed(chunks: list[Chunk]) -> list[str]:
    return [chunk.answered_by for chunk in chunks if chunk.answered_by]
