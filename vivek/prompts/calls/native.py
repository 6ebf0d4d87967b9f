"""Puts native tool calls together from the pieces in which servers stream them. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vivek.prompts.calls.arguments import LARGEST, TOO_LONG, BadCall, Cards, Draft
from vivek.prompts.calls.dialects import CUT_OFF
from vivek.prompts.objects.strict import UnclearError, decode
from vivek.schema.chunk import FinishReason
from vivek.schema.tools import ToolCall, ToolCallPiece, ToolCard


def as_text(call: ToolCall) -> str:
    """Return a call as text, in the form that most models are trained on."""
    return f'\n<tool_call>\n{{"name": {json.dumps(call.name)}, "arguments": {call.arguments}}}\n</tool_call>\n'


@dataclass(slots=True)
class _Call:
    """A call so far."""

    id: str = ""
    name: str = ""
    parts: list[str] = field(default_factory=list)
    length: int = 0

    @property
    def arguments(self) -> str:
        """The JSON text of its arguments."""
        return "".join(self.parts)

    @property
    def is_complete(self) -> bool:
        """Whether its arguments are a whole object."""
        try:
            return isinstance(decode(self.arguments), dict)
        except UnclearError:
            return False


class NativeCalls:
    """The native calls of one reply.

    Args:
        cards: The tools that may be called.
        prefix: What the ids of calls begin with that come without one; a number follows.
    """

    def __init__(self, cards: Sequence[ToolCard], prefix: str = "call-") -> None:
        self._cards = Cards(cards)
        self._prefix = prefix
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}

    def feed(self, pieces: Iterable[ToolCallPiece]) -> None:
        """Take the pieces of one chunk."""
        for piece in pieces:
            call = self._call_of(piece)
            call.id = call.id or piece.id
            call.name = call.name or piece.name
            call.length += len(piece.arguments)
            if call.length <= LARGEST:  # longer ones are refused, so no more of them is kept
                call.parts.append(piece.arguments)

    def finish(self, reason: FinishReason | None) -> tuple[ToolCall | BadCall, ...]:
        """Return all calls in the order in which they began.

        Args:
            reason: Why the reply ended. A call without an end is mended only if the reply ended by itself.
        """
        whole = reason in {"stop", "tool_calls"}
        return tuple(self._end(call, number, whole=whole) for number, call in enumerate(self._calls))

    def _call_of(self, piece: ToolCallPiece) -> _Call:
        """Return the call that a piece belongs to; another id or name under a known number begins another call."""
        known = self._by_index.get(piece.index)
        if known and not _begins_another(known, piece):
            return known
        call = self._by_index[piece.index] = _Call()
        self._calls.append(call)
        return call

    def _end(self, call: _Call, number: int, *, whole: bool) -> ToolCall | BadCall:
        taken = {other.id for other in self._calls[:number]}
        call_id = call.id if call.id and call.id not in taken else f"{self._prefix}{number + 1}"
        name = self._cards.find(call.name)
        if not name:
            return self._cards.unknown(call.name, call_id)
        if call.length > LARGEST:
            return self._cards.finish(Draft(name, fault=TOO_LONG), call_id)
        fault = "" if whole or number < len(self._calls) - 1 or call.is_complete else CUT_OFF
        return self._cards.finish(Draft(name, call.arguments, fault), call_id)


def _begins_another(known: _Call, piece: ToolCallPiece) -> bool:
    if piece.id and known.id:
        return piece.id != known.id
    if not piece.name or not known.name:
        return False
    return piece.name != known.name or known.is_complete  # some servers repeat the name with every piece
