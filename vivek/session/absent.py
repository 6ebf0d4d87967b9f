"""Stands where no model is: what needs none goes on, what needs one gets the reason."""

from collections.abc import AsyncIterator, Sequence

from vivek.errors import VivekError
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request


class AbsentProvider:
    """A provider that could not be opened.

    Args:
        reason: Why; raised by whatever needs a model.

    Attributes:
        reason: As above.
    """

    name = "absent"
    base_url = ""

    def __init__(self, reason: VivekError) -> None:
        self.reason = reason

    def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Raise the reason."""
        raise self.reason

    async def models(self) -> Sequence[ModelInfo]:
        """Return none."""
        return ()

    async def describe(self, model: str) -> ModelInfo:
        """Return that nothing is known."""
        return ModelInfo(model)

    async def health(self) -> Health:
        """Return the reason."""
        return Health(ok=False, detail=self.reason.message)

    async def count_tokens(self, request: Request) -> int | None:
        """Return that nobody counts."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: there is no model."""
        return None

    async def close(self) -> None:
        """Do nothing."""
