"""Recorded streams made wrong in every way a wire or a server can: repeatable by their number."""

import random
import re
from collections.abc import Callable
from itertools import pairwise

from tests.providers.raw_server import in_chunks, stream_head
from tests.providers.streams import HEARD, PiecesDoor, chunks_of, recorded
from vivek.errors import StreamInterruptedError

NAMES = tuple(sorted(HEARD))
_VALUE = re.compile(rb'(?<=[:,\[])(?:"[^"\n]*"|-?\d[\d.eE+]*|true|false|null|\{\}|\[\])')
_NASTY = (
    *(b"null", b"true", b"-1", b"0", b"1e999", b"NaN", b"-Infinity", b"9" * 5_000, b'""', b'"x"', b"{}", b"[]"),
    *(b"[null]", b'{"a":1}', b'"\\ud800"', b'"\\u0000"', b"[" * 60_000, b'{"a":' * 3_000, b'[[["x"]]]', b"1.5"),
)
_MARKS = (
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"data: ", b"data:", b"event: error\n", b"error: ", b": c\n", b"[DONE]", b"}"),
    *(b"data: [DONE]\n\n", b"\xef\xbb\xbf", b"\x00", b"\xc3", b"\xf0\x9f", b"\xff\xfe", b"\xed\xa0\x80", b"<think>"),
    *(b"</think>", b'{"error":{"message":"no","code":503}}\n', b'data: {"error":"no"}\n\n', b"id: 1\n", b"{", b'"'),
)
_HUGE = 200_000


def _place(body: bytes, chosen: random.Random) -> int:
    return chosen.randrange(len(body) + 1)


def _range(body: bytes, chosen: random.Random) -> tuple[int, int]:
    start = _place(body, chosen)
    return start, min(len(body), start + chosen.choice((1, 2, 5, 40, 300, 2_000)))


def _flip(body: bytes, chosen: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chosen.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[chosen.randrange(len(changed))] ^= 1 << chosen.randrange(8)
    return bytes(changed)


def _delete(body: bytes, chosen: random.Random) -> bytes:
    start, stop = _range(body, chosen)
    return body[:start] + body[stop:]


def _duplicate(body: bytes, chosen: random.Random) -> bytes:
    start, stop = _range(body, chosen)
    return body[:stop] + body[start:stop] * chosen.choice((1, 1, 2, 30)) + body[stop:]


def _truncate(body: bytes, chosen: random.Random) -> bytes:
    return body[: _place(body, chosen)]


def _splice(body: bytes, chosen: random.Random) -> bytes:
    other = recorded(chosen.choice(NAMES))
    start, stop = _range(other, chosen)
    place = _place(body, chosen)
    return body[:place] + other[start:stop] + body[place:]


def _swap(body: bytes, chosen: random.Random) -> bytes:
    first, second, third = sorted(_place(body, chosen) for _ in range(3))
    return body[:first] + body[second:third] + body[first:second] + body[third:]


def _insert(body: bytes, chosen: random.Random) -> bytes:
    place = _place(body, chosen)
    what = chosen.choice((*_MARKS, chosen.randbytes(chosen.choice((1, 4, 60)))))
    return body[:place] + what + body[place:]


def _stretch(body: bytes, chosen: random.Random) -> bytes:
    place = _place(body, chosen)
    what = chosen.choice((b"x", b"\xf0", b"\\", b"\r", b":", b" ", b"a b ", b"data:\n", b"\n"))
    return body[:place] + what * (chosen.randrange(1, _HUGE) // len(what)) + body[place:]


def _retype(body: bytes, chosen: random.Random) -> bytes:
    values = list(_VALUE.finditer(body))
    if not values:
        return body
    value = chosen.choice(values)
    return body[: value.start()] + chosen.choice(_NASTY) + body[value.end() :]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _delete, _duplicate, _truncate, _splice, _swap, _insert, _insert, _stretch),
    *(_retype, _retype, _retype),
)


def mutated(number: int) -> tuple[str, list[bytes]]:
    """Return the name of a recorded stream and the reads in which its mutated bytes arrive."""
    chosen = random.Random(number)
    name = chosen.choice(NAMES)
    body = recorded(name)
    for _ in range(chosen.choice((1, 1, 2, 3, 6))):
        body = chosen.choice(MUTATIONS)(body, chosen)
    cuts = sorted(_place(body, chosen) for _ in range(chosen.choice((0, 1, 3, 12))))
    return name, [body[start:stop] for start, stop in pairwise([0, *cuts, len(body)])]


async def outcome(door: PiecesDoor, number: int) -> str:
    """Return how the mutated stream of that number ends: "whole", or the name of vivek's own error.

    Raises:
        AssertionError: If an error does not keep what was shown.
    """
    name, reads = mutated(number)
    chunks, error = await chunks_of(door, name, reads)
    if error is None:
        assert chunks[-1].finish is not None, f"stream {number} ends without a reason"
        return "whole"
    if isinstance(error, StreamInterruptedError):
        assert error.partial == "".join(chunk.text for chunk in chunks), f"stream {number} loses text"
    return type(error).__name__


def mutated_answer(number: int) -> bytes:
    """Return a whole answer in HTTP, its head and its framing mutated as well as its stream."""
    chosen = random.Random(f"answer {number}")
    name, reads = mutated(number)
    kind = "application/x-ndjson" if name.endswith(".ndjson") else "text/event-stream"
    body = b"".join(reads if chosen.random() < 0.5 else [recorded(name)])
    cut = _place(body, chosen)
    answer = stream_head(kind) + in_chunks(body[:cut], last=False) + in_chunks(body[cut:])
    for _ in range(chosen.choice((0, 1, 1, 2))):
        head = answer[:120]  # where a change does most
        answer = chosen.choice((_flip, _delete, _insert, _swap))(head, chosen) + answer[120:]
    return chosen.choice((_flip, _delete, _duplicate, _truncate, _insert))(answer, chosen)
