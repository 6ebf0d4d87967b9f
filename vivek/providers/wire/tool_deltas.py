"""The tool calls of one streamed reply in the OpenAI shape: which piece belongs to which call. Pure.

Servers differ: most number the calls and send name and id once, some leave out the number or the id, send a whole
call at a time, repeat name and id with every piece, give every call the number 0, or send arguments as an object.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vivek.providers.wire.reply import words
from vivek.schema.tools import ToolCallPiece


@dataclass(slots=True)
class _Call:
    """What is known of one call so far."""

    id: str
    name: str


class ToolDeltas:
    """Numbers the calls of one reply from 0, in the order in which they begin."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._numbered: dict[int, int] = {}

    def read(self, delta: Mapping[str, object]) -> Iterator[ToolCallPiece]:
        """Yield the pieces that one `delta` brings; what is no piece is skipped."""
        listed = delta.get("tool_calls")
        entries = listed if isinstance(listed, list) else []
        if isinstance(delta.get("function_call"), Mapping):  # the form before there were several calls
            entries = [*entries, {"index": 0, "function": delta["function_call"]}]
        for entry in entries:
            if isinstance(entry, Mapping) and (piece := self._piece(entry)):
                yield piece

    def _piece(self, entry: Mapping[str, object]) -> ToolCallPiece | None:
        found = entry.get("function")
        function = found if isinstance(found, Mapping) else {}
        told, name = words(entry.get("id")), words(function.get("name"))
        arguments = _arguments(function.get("arguments"))
        if not (told or name or arguments):
            return None
        index = self._index(entry.get("index"), told, name)
        if index == len(self._calls):
            self._calls.append(_Call(told, name))
            return ToolCallPiece(index, told, name, arguments)
        call = self._calls[index]
        late_id, late_name = "" if call.id else told, "" if call.name else name
        call.id, call.name = call.id or told, call.name or name
        return ToolCallPiece(index, late_id, late_name, arguments)

    def _index(self, number: object, told: str, name: str) -> int:
        """Return the number of the call that a piece belongs to, the next free one when it begins a call."""
        free = len(self._calls)
        if isinstance(number, int):
            known = self._numbered.get(number)
            if known is None or self._is_another(known, told, name):
                known = self._numbered[number] = free
            return known
        same = next((place for place, call in enumerate(self._calls) if told and call.id == told), None)
        if same is not None:
            return same
        return free if name or told or not self._calls else free - 1

    def _is_another(self, known: int, told: str, name: str) -> bool:
        """Return whether a piece begins another call although it has the number of a known one."""
        call = self._calls[known]
        return bool(told and call.id and told != call.id and name)


def _arguments(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else ""
