"""Runs one turn in a process of its own that kills itself at a given moment: `URL KEY NODE WHEN`.

WHEN is `start` (the node was just entered) or `end` (the next node was just entered, or the turn is over).
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.approval import Decision
from vivek.schema.events import NodeStarted
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

REQUEST = "change till/prices.py so that it rounds"


async def run(url: str, key: str, node: str, when: str) -> None:
    """Take the turn to its moment of death."""
    choices = Choices(thread="doomed-otter-1", depth="full", interactive=True)
    async with open_session(open_place(Path.cwd()), choices, provider=LlamaCppProvider(url, key)) as session:
        inside = False
        for events in (lambda: session.send(REQUEST), lambda: session.answer(Decision(approved=True))):
            async for event in events():
                if isinstance(event, NodeStarted):
                    if inside and when == "end":
                        os.kill(os.getpid(), signal.SIGKILL)
                    inside = event.node == node
                    if inside and when == "start":
                        os.kill(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
