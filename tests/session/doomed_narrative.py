"""Tells, or goes on telling, in a process that kills itself at a call of the model: `CALL [THREAD]`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tests.session.narrators import Narrator
from vivek.schema.chunk import Chunk
from vivek.schema.request import Request
from vivek.session.doors.analyze import analyze
from vivek.session.options import Choices
from vivek.session.piecewise.narrative import open_narrative
from vivek.session.place import open_place

THREAD = "doomed-otter-1"


class Doomed(Narrator):
    """Dies with its process."""

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Say the next reply, or nothing any more."""
        async for chunk in super().stream(request):
            if len(self.requests) == self.dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            yield chunk


async def run(call: int, *, new: bool) -> None:
    """Tell until the call."""
    place = open_place(Path.cwd())
    provider = Doomed(call)
    async with open_narrative(
        place, Choices(), analyze(place) if new else None, thread=THREAD, provider=provider
    ) as narration:
        async for _ in narration.run():
            pass


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), new=sys.argv[2] == "new"))
