"""Two thousand mutated streams: no hang, no crash, nothing that was shown is lost, no memory that grows.

`benchmarks/fuzz_streams.py` runs a hundred thousand.
"""

import asyncio
import resource
import signal
from collections import Counter

import pytest

from tests.providers.fuzzing import MUTATIONS, NAMES, mutated, mutated_answer, outcome
from tests.providers.raw_server import Seen, raw_server
from tests.providers.streams import PiecesDoor
from vivek.errors import VivekError
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.ollama import ChatLines
from vivek.providers.wire.openai import ChatEvents
from vivek.providers.wire.stream import stream_reply

STREAMS = 2_000
ANSWERS = 300
SECONDS = 300  # about 5 on an idle machine
MEGABYTES = 64
SYSTEM_UNIT = 1024  # Linux counts in KB; on macOS, which counts in bytes, the bound is only looser


@pytest.fixture
def hurry() -> object:
    """End a test that hangs, wherever it does."""
    signal.alarm(SECONDS)
    yield None
    signal.alarm(0)


@pytest.mark.usefixtures("hurry")
async def test_mutated_streams_end_whole_or_with_vivek_s_own_errors() -> None:
    door = PiecesDoor()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    ends = Counter([await outcome(door, number) for number in range(STREAMS)])

    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / SYSTEM_UNIT
    assert grown < MEGABYTES
    assert ends["whole"] > STREAMS // 20, "some mutations must leave a stream whole"
    assert ends["StreamInterruptedError"] > STREAMS // 5
    assert set(ends) >= {"whole", "StreamInterruptedError", "ModelAPIError"}


@pytest.mark.usefixtures("hurry")
async def test_mutated_answers_over_real_sockets_end_whole_or_with_vivek_s_own_errors() -> None:
    ends: Counter[str] = Counter()
    number = 0

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(mutated_answer(number))

    async with raw_server(answer) as server:
        door = HttpDoor(server.url, timeouts=Timeouts(load=0.5, first_token=0.5, between_tokens=0.5, answer=0.5))
        for number in range(ANSWERS):
            kind = "application/x-ndjson" if mutated(number)[0].endswith(".ndjson") else "text/event-stream"
            reader = ChatLines(door) if "ndjson" in kind else ChatEvents(door)
            try:
                chunks = [chunk async for chunk in stream_reply(door, "/chat", {}, accept=kind, reader=reader)]
            except VivekError as error:
                assert error.message.isprintable(), f"answer {number}"
                ends[type(error).__name__] += 1
            else:
                assert chunks[-1].finish is not None, f"answer {number}"
                ends["whole"] += 1
        await door.close()

    assert sum(ends.values()) == ANSWERS
    assert set(ends) >= {"whole", "StreamInterruptedError", "ModelAPIError"}


def test_the_same_number_gives_the_same_stream() -> None:
    assert mutated(17) == mutated(17) != mutated(18)
    assert {mutated(number)[0] for number in range(200)} == set(NAMES)
    assert len(MUTATIONS) == 12
