"""The body of an answer: piece by piece with a limit for silence, or whole with a cap. Part of the HTTP door."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from vivek.errors import ProviderTimeoutError, StreamInterruptedError
from vivek.providers.wire.ahead import ReadAhead
from vivek.providers.wire.translate import translate_errors, without_frames

_STREAM_BYTES = 1024 * 1024 * 1024
_LATE_SECONDS = 0.1  # for what came while this process, or the whole machine, slept: it is read after the timer has run
_END_SECONDS = 0.1  # for the last bytes of a reply whose end mark has come, so that its connection can be kept


class ByteStream:
    """The body of a streamed answer: one piece per network read.

    Args:
        response: The answer, its body not read yet.
        place: The server's name and address, for messages.
        first: Seconds it may stay silent before text began.
        between: Seconds it may stay silent after it.
        cap: Bytes it may have.

    Attributes:
        head: The first bytes, for telling what a server sent instead of a reply.
    """

    def __init__(
        self, response: httpx.Response, place: str, first: float, between: float, cap: int = _STREAM_BYTES
    ) -> None:
        self._most = cap
        self._pieces = ReadAhead(response)
        self._place = place
        self._limit, self._between = first, between
        self._received = 0
        self.head = b""

    def text_began(self) -> None:
        """From now on the shorter limit between two tokens holds, and reads are spaced for the eye."""
        self._limit = self._between
        self._pieces.slow_down()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece.

        Raises:
            ProviderTimeoutError: If the phase's limit passes in silence.
            StreamInterruptedError: If the connection breaks.
        """
        try:
            with translate_errors(self._place, started=True):
                try:
                    async with asyncio.timeout(self._limit):
                        piece = await anext(self._pieces)
                except TimeoutError:
                    async with asyncio.timeout(_LATE_SECONDS):
                        piece = await anext(self._pieces)
        except TimeoutError as error:
            msg = f"{self._place} sent nothing for {self._limit:g} s."
            hint = "Ask again, or choose another model with `--model`: a smaller one answers sooner."
            raise ProviderTimeoutError(msg, hint=hint) from without_frames(error)
        self._received += len(piece)
        if self._received > self._most:
            msg = f"{self._place} sent more than {self._most:,} bytes for one reply."
            raise StreamInterruptedError(msg)
        if len(self.head) < 320:
            self.head += piece[:320]
        return piece

    async def aclose(self) -> None:
        """Stop reading."""
        await self._pieces.aclose()

    async def finish(self) -> None:
        """Read the few bytes after an end mark; a connection whose answer was read to its end can be used again."""
        try:
            async with asyncio.timeout(_END_SECONDS):
                async for _ in self._pieces:
                    pass
        except (TimeoutError, httpx.HTTPError):
            pass  # then it is closed


async def load_body(response: httpx.Response, place: str, *, cap: int, limit: float) -> bytes:
    """Return a whole body, cut at `cap` bytes.

    Raises:
        ProviderTimeoutError: If it takes longer than `limit` seconds.
        StreamInterruptedError: If the connection breaks.
        ModelAPIError: If it cannot be unpacked.
    """
    body = bytearray()
    try:
        with translate_errors(place, started=True):
            async with asyncio.timeout(limit):
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > cap:
                        break
    except TimeoutError as error:
        msg = f"{place} did not finish its answer within {limit:g} s."
        hint = "Look whether it is busy, or ask again."
        raise ProviderTimeoutError(msg, hint=hint) from without_frames(error)
    return bytes(body[:cap])
