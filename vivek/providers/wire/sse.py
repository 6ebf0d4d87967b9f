"""Server-sent events, read piece by piece (WHATWG HTML, section 9.2). Pure: bytes in, events out."""

from typing import NamedTuple

from vivek.providers.wire.decoding import MAX_LINE_BYTES, GarbledError, Lines


class ServerEvent(NamedTuple):
    """One event.

    Attributes:
        data: Its payload, several `data:` lines joined by line feeds; never empty.
        name: What `event:` called it, "" when it did not; "error" for a line `error: ...`, which
            older builds of llama.cpp's server write instead of an event.
    """

    data: str
    name: str = ""


class EventParser:
    """Turns the bytes of an event stream into events, whatever the cuts between reads."""

    def __init__(self, limit: int = MAX_LINE_BYTES) -> None:
        self._lines = Lines(limit)
        self._limit = limit
        self._first = True
        self._name = ""
        self._data: list[str] = []
        self._held = 0

    def feed(self, data: bytes) -> list[ServerEvent]:
        """Return the events that `data` completes.

        Raises:
            GarbledError: If a line or an event is longer than the limit.
        """
        events: list[ServerEvent] = []
        lines = self._lines.feed(data)
        if self._first and lines:
            self._first = False
            lines[0] = lines[0].removeprefix("\ufeff")
        for line in lines:
            if "\r" in line:
                self._take_parts(line, events)
            elif line:
                self._take(line, events)
            elif self._data or self._name:
                self._dispatch(events)
        return events

    def flush(self) -> list[ServerEvent]:
        """Return what the end of the stream completes: a server may leave out the last empty line."""
        events: list[ServerEvent] = []
        rest = self._lines.rest()
        self._take_parts(rest.removeprefix("\ufeff") if self._first else rest, events)
        self._dispatch(events)
        return events

    def _take_parts(self, line: str, events: list[ServerEvent]) -> None:
        # A lone CR ends a line too. JSON never holds a raw one, so this cannot cut a payload.
        for part in line.split("\r"):
            if part:
                self._take(part, events)
            else:
                self._dispatch(events)

    def _take(self, line: str, events: list[ServerEvent]) -> None:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "data":
                self._held += len(value) + 1
                if self._held > self._limit:
                    msg = f"an event of more than {self._limit:,} characters"
                    raise GarbledError(msg)
                self._data.append(value)
            case "event":
                self._name = value
            case "error":
                self._dispatch(events)
                events.append(ServerEvent(value, "error"))

    def _dispatch(self, events: list[ServerEvent]) -> None:
        text = "\n".join(self._data)
        if text:
            events.append(ServerEvent(text, self._name))
        self._name, self._data, self._held = "", [], 0
