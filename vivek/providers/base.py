"""What every provider can do, and what the registry says of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from vivek.providers.spec import Opening
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request


class Provider(Protocol):
    """A model server that can continue a conversation.

    Every method may raise a `ModelAPIError`; none raises anything foreign.
    """

    @property
    def name(self) -> str:
        """Its name, as in `provider/model`."""
        ...

    @property
    def base_url(self) -> str:
        """The address of its server, "" when it has none."""
        ...

    def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; the last chunk carries `finish`.

        Closing the iterator or cancelling its task closes the connection, which is the sign to stop.

        Raises:
            ModelAPIError: If the server is unreachable, too slow or replies with nonsense.
            StreamInterruptedError: If the reply ends without its end mark; it carries the text received.
            ContextWindowExceededError: If the server says that the prompt is too long.
        """
        ...

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models the server offers, loaded ones first."""
        ...

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model.

        Raises:
            ModelNotFoundError: If the server has no such model; the hint offers the nearest names.
        """
        ...

    async def health(self) -> Health:
        """Return whether the server can be used now; never raises."""
        ...

    async def count_tokens(self, request: Request) -> int | None:
        """Return the exact size of a request's prompt in tokens, template and tools included; None if nobody counts."""
        ...

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; None if the server cannot embed."""
        ...

    async def close(self) -> None:
        """Give back connections and child processes."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One provider of the registry.

    Attributes:
        title: Its name for people.
        example: How a model of it is written.
        open: Opens the bare adapter; sends and starts nothing yet.
        base_url: Where it usually answers; "" when it has no server, None when the address has to be given.
        has_default: Whether its server knows which model is meant when none is named.
        window: Who chooses the window: `asked` for with the request or at the start, asked for `at load` and fixed from
            then on, or `fixed` by the server.
        address_variable: Variable of the environment that usually holds its address.
        key_variable: Variable of the environment that usually holds its key; without a key its own address is useless.
    """

    title: str
    example: str
    open: Callable[[Opening], Provider]
    base_url: str | None = ""
    has_default: bool = False
    window: Literal["asked", "at load", "fixed"] = "fixed"
    address_variable: str = ""
    key_variable: str = ""

    def can_resize(self, info: ModelInfo) -> bool:
        """Return whether a window can be asked for; elsewhere the loaded one is a hard limit."""
        return self.window == "asked" or (self.window == "at load" and not info.loaded)
