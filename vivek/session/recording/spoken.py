"""Speaks in the place of models when a recorded turn runs again."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from vivek.flows.context import Answer, AskModel, Correction, Question
from vivek.schema.budget import Section
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.events import Event
from vivek.schema.models import Health, ModelInfo
from vivek.schema.report import TurnUsage
from vivek.schema.request import Request
from vivek.schema.tools import ToolCallPiece
from vivek.session.recording.watching import LISTING

T = TypeVar("T")


class Recorded(Protocol):
    """What was recorded of the calls of a step."""

    def spoken(self, request: Request) -> Mapping[str, Any]:  # Any: JSON values
        """Return the reply that was recorded for a request."""
        ...

    def counted(self) -> int | None:
        """Return what the server made of a prompt then."""
        ...

    def text(self, sha: str) -> str:
        """Return a text that the recording names."""
        ...


@dataclass(frozen=True, slots=True)
class WithListing:
    """Asks with the list or map of files that was shown then.

    Attributes:
        ask: Asks.
        listing: What was shown.
    """

    ask: AskModel
    listing: str

    async def __call__(
        self,
        question: Question,
        read: Callable[[str, FinishReason], T | Correction],
        usage: TurnUsage,
        emit: Callable[[Event], None],
    ) -> Answer[T]:
        """Ask; see `flows.context.AskModel`."""
        sections: list[Section] = [
            replace(section, text=self.listing) if section.name == LISTING else section for section in question.sections
        ]
        return await self.ask(replace(question, sections=sections), read, usage, emit)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A provider that says what was recorded; it sends nothing.

    Attributes:
        name: Its name then.
        info: What was known of its model.
        tape: What was recorded.
        base_url: None of its own.
    """

    name: str
    info: ModelInfo
    tape: Recorded
    base_url: str = ""

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the recorded reply."""
        call = self.tape.spoken(request)
        if call.get("thought"):
            yield Chunk(thinking="." * call["thought"])
        text = self.tape.text(call["reply"]) if call.get("reply") else ""
        pieces = tuple(ToolCallPiece(**piece) for piece in call.get("calls") or ())
        yield Chunk(text=text, tool_calls=pieces)
        usage = Usage(**call["usage"]) if call.get("usage") else None
        yield Chunk(usage=usage, finish=call.get("finish") or "other")

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model."""
        return [self.info]

    async def describe(self, model: str) -> ModelInfo:
        """Return what was recorded of it."""
        return self.info

    async def health(self) -> Health:
        """Return that it is there."""
        return Health(ok=True)

    async def count_tokens(self, request: Request) -> int | None:
        """Return what was counted then."""
        return self.tape.counted()

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return nothing."""
        return None

    async def close(self) -> None:
        """Close nothing."""
