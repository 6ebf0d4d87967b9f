"""Runs a turn whose model asks for a command, and kills itself while the command runs: `URL KEY`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.events import OutputDelta
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

REQUEST = "fix the discount in till/prices.py"


async def run(url: str, key: str) -> None:
    """Die at the first output of the command."""
    choices = Choices(thread="doomed-otter-2", interactive=True)
    async with open_session(open_place(Path.cwd()), choices, provider=LlamaCppProvider(url, key)) as session:
        async for event in session.send(REQUEST):
            if isinstance(event, OutputDelta):
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
