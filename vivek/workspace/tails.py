"""Bounded memory for output without bound: its head and tail, or its latest piece. Computes only."""

_NEAR = 1_000  # bytes within which a cut looks for the end of a line


class HeadAndTail:
    """The first and the last bytes of a stream.

    Args:
        keep: Bytes that are kept, half of them from the beginning.
    """

    def __init__(self, keep: int) -> None:
        self._room = max(keep // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0
        """Bytes seen so far."""

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size += len(piece)
        missing = self._room - len(self._head)
        if missing > 0:
            self._head += piece[:missing]
            piece = piece[missing:]
        self._tail += piece[-self._room :]
        if len(self._tail) > 2 * self._room:  # not at every piece: moving the bytes costs more than they take
            del self._tail[: -self._room]

    @property
    def omitted(self) -> int:
        """Bytes of the stream that are missing in `value`."""
        head, tail = self._parts()
        return self.size - len(head) - len(tail)

    def value(self) -> bytes:
        """Return what is kept; where the middle is missing, a line says how much."""
        head, tail = self._parts()
        left_out = self.size - len(head) - len(tail)
        return head + gap(left_out) + tail if left_out else head + tail

    def _parts(self) -> tuple[bytes, bytes]:
        head, tail = bytes(self._head), bytes(self._tail[-self._room :])
        if len(head) + len(tail) == self.size:
            return head, tail
        near = min(_NEAR, self._room // 4)
        line_end = head.rfind(b"\n", len(head) - near) + 1
        line_begin = tail.find(b"\n", 0, near) + 1
        return head[:line_end] if line_end else head, tail[line_begin:]


class Latest:
    """What came since it was last taken, at most so many bytes: the oldest go first, and a line says so.

    Args:
        keep: Bytes that are kept.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._waiting = bytearray()
        self._lost = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        self._waiting += piece
        excess = len(self._waiting) - self._keep
        if excess > 0:
            del self._waiting[:excess]
            self._lost += excess

    def take(self) -> bytes:
        """Return what waits, and forget it."""
        taken = gap(self._lost) + bytes(self._waiting) if self._lost else bytes(self._waiting)
        self._waiting.clear()
        self._lost = 0
        return taken


def gap(missing: int) -> bytes:
    """Return the line that stands for bytes that are not there."""
    return f"\n[... {missing:,} bytes left out ...]\n".encode()
