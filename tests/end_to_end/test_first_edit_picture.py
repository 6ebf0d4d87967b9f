"""The picture of a first edit in the README: drawn by the program itself, from a turn that really runs."""

import itertools
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.guards.golden import compare
from vivek.cli.keys import Interrupts
from vivek.cli.render.console import LiveView
from vivek.cli.turn.draw import Turn
from vivek.edits.words import marked
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.chunk import Chunk
from vivek.schema.events import Event, TurnDone
from vivek.schema.request import Request
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

PICTURE = Path(__file__).parents[2] / "docs" / "first-edit.svg"
REQUEST = "Make discount in till/prices.py round to whole cents."
REPLY = '''The discount is rounded to the nearest cent now; before, it was cut off.

till/prices.py
```python
"""Prices in cents."""


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price."""
    return round(price * (100 - percent) / 100)
```
'''


class Measured(ScriptedProvider):
    """Says the words above, with the decode time that a 3B model on two cores took for as many tokens."""

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        async for chunk in super().stream(request):
            yield replace(chunk, usage=replace(chunk.usage, decode_seconds=7.4)) if chunk.usage else chunk


class Steady(LiveView):
    """Draws a turn with the times of one run, so that the picture is the same every time."""

    def show(self, event: Event) -> None:
        if isinstance(event, TurnDone):
            usage = replace(event.report.usage, seconds=9.6, time_to_first_token=2.1)
            event = replace(event, report=replace(event.report, usage=usage))
        super().show(event)


class Yes:
    """Somebody who agrees, and shows it."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    async def ask(self, question: str) -> str:
        self._tell(f"{question}y")
        return "y"

    def discard(self) -> None:
        """Nothing is typed ahead here."""


async def test_the_picture_shows_what_the_program_draws(workspace: Path, request: pytest.FixtureRequest) -> None:
    ticks = itertools.count()
    choices = Choices(thread="calm-otter-7", interactive=True)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=92, force_terminal=True, color_system="truecolor", file=nowhere)
        view = Steady(console, clock=lambda: float(next(ticks)), mark=marked, tail=False)
        async with open_session(open_place(workspace), choices, provider=Measured([REPLY])) as session:
            view.tell(f"> {REQUEST}")
            turn = Turn(session, view, asker=Yes(view.tell), interrupts=Interrupts(time.monotonic))
            report = await turn.run(REQUEST)
            view.close()

    assert report.status == "done"
    picture = console.export_svg(title="vivek", unique_id="vivek")
    compare(PICTURE, picture, update=request.config.getoption("--update-golden"))
