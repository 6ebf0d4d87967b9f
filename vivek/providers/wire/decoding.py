"""Bytes to lines of text, piece by piece and bounded. Knows neither sockets nor what the lines mean."""

MAX_LINE_BYTES = 16 * 1024 * 1024


class GarbledError(ValueError):
    """A stream does not follow its framing; the text says what was seen."""


class Lines:
    """Cuts a stream of bytes into lines.

    A line ends at a line feed alone, so that no other character of a text can end it; a carriage return before it
    is dropped. Only whole lines are decoded, all that a piece completes at once: a character split over two reads is
    whole again by then.

    Args:
        limit: Bytes that one line may hold.
    """

    def __init__(self, limit: int = MAX_LINE_BYTES) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._held = 0

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that `data` completes.

        Raises:
            GarbledError: If a line is longer than the limit.
        """
        end = data.rfind(b"\n")
        if end < 0:
            self._hold(data)
            return []
        first = data.find(b"\n")
        self._hold(data[:first])
        if end - first > self._limit and max(map(len, data[first + 1 : end].split(b"\n"))) > self._limit:
            raise self._too_long()
        complete = self._take() + data[first:end]
        self._hold(data[end + 1 :])
        text = complete.decode("utf-8", errors="replace")
        if "\r" in text:
            text = text.replace("\r\n", "\n").removesuffix("\r")
        return text.split("\n")

    def rest(self) -> str:
        """Return what came after the last line end, and forget it."""
        return self._take().decode("utf-8", errors="replace").removesuffix("\r")

    def _hold(self, piece: bytes) -> None:
        self._held += len(piece)
        if self._held > self._limit:
            raise self._too_long()
        if piece:
            self._parts.append(piece)

    def _take(self) -> bytes:
        held = b"".join(self._parts)
        self._parts, self._held = [], 0
        return held

    def _too_long(self) -> GarbledError:
        return GarbledError(f"a line of more than {self._limit:,} bytes")


def excerpt(data: bytes | str, length: int = 80) -> str:
    """Return the first characters of something unexpected, safe to print: one line, no control characters."""
    text = data if isinstance(data, str) else data[: 4 * length].decode("utf-8", errors="replace")
    escaped = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text[:length]
    )
    return escaped[:length]
