"""The models of a thread: each node asks its own; what it costs to change between them is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from vivek.flows.asking import Asker
from vivek.flows.context import Answer, Correction, Question
from vivek.flows.course import Emit
from vivek.schema.chunk import FinishReason
from vivek.schema.events import CallDone, Event, Notice
from vivek.schema.report import TurnUsage

T = TypeVar("T")

SWAP = 1.0
"""Seconds of loading from which a change between two models of one server is told."""


@dataclass(slots=True)
class Panel:
    """Asks, for each node, the model that it works with.

    Attributes:
        usual: Who answers nodes that have no model of their own.
        own: Who answers the others, by node.
    """

    usual: Asker
    own: Mapping[str, Asker] = field(default_factory=dict)
    _newest: Asker | None = field(init=False, default=None)
    _asked: set[int] = field(init=False, default_factory=set)
    _told: bool = field(init=False, default=False)

    @property
    def askers(self) -> tuple[Asker, ...]:
        """Return every model once, the usual one first."""
        return tuple({id(asker): asker for asker in (self.usual, *self.own.values())}.values())

    async def __call__(
        self, question: Question, read: Callable[[str, FinishReason], T | Correction], usage: TurnUsage, emit: Emit
    ) -> Answer[T]:
        """Ask the model of `question.node`; see `Asker`."""
        asker = self.own.get(question.node, self.usual)
        before, self._newest = self._newest, asker
        known = id(asker) in self._asked
        self._asked.add(id(asker))
        if not known or before is None or before is asker or before.caller.server != asker.caller.server:
            return await asker(question, read, usage, emit)

        def watching(event: Event) -> None:
            emit(event)
            seconds = event.usage.load_seconds if isinstance(event, CallDone) else None
            if seconds is not None and seconds >= SWAP and not self._told:
                self._told = True
                emit(swapping(before.caller.label, asker.caller.label, seconds))

        return await asker(question, read, usage, watching)


def swapping(one: str, other: str, seconds: float | None) -> Notice:
    """Return what to tell of two models that a server cannot hold at once; `seconds` of one load, None if unknown."""
    cost = "time that was not measured yet" if seconds is None else f"about {seconds:.0f} s"
    return Notice(
        f"Swapping {one} and {other} costs {cost} each step: their server does not hold both at once.",
        hint="Let one model do both, or choose smaller ones.",
    )
