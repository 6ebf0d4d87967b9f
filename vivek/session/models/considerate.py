"""Calls of a model that computes on this machine: nothing else of vivek's computes meanwhile."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from vivek.flows.context import Answer, AskModel, Correction, Question
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Event
from vivek.schema.report import TurnUsage
from vivek.session.models.serving import Served, is_here

T = TypeVar("T")


class MakingWay(Protocol):
    """Work behind the conversation that can wait."""

    def making_way(self) -> AbstractAsyncContextManager[None]:
        """Leave the processor to somebody else meanwhile."""
        ...


def considerate(ask: AskModel, knowing: MakingWay, models: Sequence[Served]) -> AskModel:
    """Return what asks some models; where one of them computes here, the index makes way for it."""
    return Considerate(ask, knowing) if any(is_here(served.provider) for served in models) else ask


@dataclass(frozen=True, slots=True)
class Considerate:
    """Asks a model that computes on this machine, while the index makes way.

    Attributes:
        ask: Asks it.
        knowing: What makes way.
    """

    ask: AskModel
    knowing: MakingWay

    async def __call__(
        self,
        question: Question,
        read: Callable[[str, FinishReason], T | Correction],
        usage: TurnUsage,
        emit: Callable[[Event], None],
    ) -> Answer[T]:
        """Ask; see `flows.context.AskModel`."""
        async with self.knowing.making_way():
            return await self.ask(question, read, usage, emit)
