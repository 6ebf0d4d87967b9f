"""Two hundred turns in one process: no more open files, tasks or objects than after the first few; little memory."""

import asyncio
import gc
import logging
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.schema.chunk import Chunk
from vivek.schema.request import Request
from vivek.session.logs import LOGGER

TURNS, SETTLED = 200, 60
"""Turns in all, and those after which everything that is made once has been made."""

WINDOW = 6_144
"""Tokens: the conversation is summed up now and then, so that what is held of it has an end too."""

PER_TURN = 2_048
"""Bytes of Python's memory that a turn may leave behind: its place in tables and lists."""

SPARE = 8  # objects of one class that may be alive by chance
HELD = {"vivek.schema.messages.Message", "vivek.prompts.estimator.Size"}
"""Of the last prompts, each as long as the window allows."""


class Forgetful(ScriptedProvider):
    """Answers every question and keeps none."""

    def __init__(self) -> None:
        super().__init__([], WINDOW)

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply; how much was read is not said, because the script's own count is a rough one."""
        async for chunk in super().stream(request):
            yield replace(chunk, usage=None if chunk.usage is None else replace(chunk.usage, prompt_tokens=None))

    def _next(self, request: Request) -> ScriptedReply:
        return ScriptedReply(f"Yes: {len(request.messages)} messages say so.")


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def own_objects() -> Counter[str]:
    """Return how many objects of each class of vivek's are alive."""
    gc.collect()
    kinds = (type(each) for each in gc.get_objects())
    return Counter(
        f"{kind.__module__}.{kind.__qualname__}" for kind in kinds if str(kind.__module__).startswith("vivek.")
    )


async def test_two_hundred_turns_leave_nothing_behind(
    workspace: Path, open_at: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_at(Forgetful, thread="calm-otter-1", depth="fast") as session:
        caplog.set_level(logging.ERROR, LOGGER.name)  # what is logged, the test runner keeps
        for number in range(TURNS):
            if number == SETTLED:
                files, tasks, objects = open_files(), len(asyncio.all_tasks()), own_objects()
                tracemalloc.start()
                before = tracemalloc.get_traced_memory()[0]
            heard = await say(session, f"is rule number {number} tested?")
            assert heard.report.status == "done", heard.report.error
        del heard
        now = own_objects()
        more = {
            name: count - objects[name]
            for name, count in now.items()
            if count > (2 * objects[name] if name in HELD else objects[name] + SPARE)
        }
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert open_files() <= files
        assert len(asyncio.all_tasks()) <= tasks
        assert not more
        assert grown < PER_TURN * (TURNS - SETTLED)
