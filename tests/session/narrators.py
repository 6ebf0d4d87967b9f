"""A model that tells of a repository by repeating facts it is shown, with one lie in each answer."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply
from vivek.providers.base import Provider
from vivek.schema.narrative import Narrative, NarrativeEnded
from vivek.schema.request import Request
from vivek.session.doors.analyze import analyze
from vivek.session.options import Choices
from vivek.session.piecewise.narrative import Narration, NarrativeEvent, open_narrative
from vivek.session.place import open_place

_FACT = re.compile(r"^\[(M\d+)\] (.+)$", re.MULTILINE)
_QUOTE = re.compile(r"^\[(\S+:\d+)\] (.+)$", re.MULTILINE)

LIE = "The code loses 40 percent of the money [M1]."


class Narrator(ScriptedProvider):
    """Repeats what it is shown.

    Args:
        dies_at: The call that breaks off, counted from 1; 0 for none.
        window: Tokens of its window.
    """

    def __init__(self, dies_at: int = 0, window: int = 32_768) -> None:
        super().__init__([], window)
        self.dies_at = dies_at

    def _next(self, request: Request) -> ScriptedReply:
        self.requests.append(request)
        if len(self.requests) == self.dies_at:
            return ScriptedReply("The code", finish=None)
        return ScriptedReply(_told(request.messages[-1].content))


def _told(shown: str) -> str:
    quoted = [f"The module {place.rpartition(':')[0]} {text} [{place}]." for place, text in _QUOTE.findall(shown)[:1]]
    said = [f"{text} [{id_}]." for id_, text in _FACT.findall(shown)[:3]]
    if "`Recommendation:`" in shown:
        said = ["Recommendation: start with the tests."]
    return " ".join([*quoted, *said, LIE])


@pytest.fixture(autouse=True)
def two_packages(workspace: Path) -> None:
    """Give the workspace a second package, so that there are parts to tell of."""
    (workspace / "counter").mkdir()
    (workspace / "counter" / "desk.py").write_text(
        '"""Serves one customer after the other."""\n\nfrom till.prices import discount\n\n\n'
        'def serve(price: int) -> int:\n    """Return what is due."""\n    return discount(price, 5)\n'
    )


@asynccontextmanager
async def telling(
    workspace: Path, provider: Provider, *, thread: str | None = None, new: bool = True
) -> AsyncIterator[Narration]:
    place = open_place(workspace)
    architecture = analyze(place) if new else None
    async with open_narrative(place, Choices(), architecture, thread=thread, provider=provider) as narration:
        yield narration


async def tell(
    workspace: Path, provider: Provider, *, thread: str | None = None, new: bool = True
) -> list[NarrativeEvent]:
    async with telling(workspace, provider, thread=thread, new=new) as narration:
        return [event async for event in narration.run()]


def ended(events: list[NarrativeEvent]) -> Narrative:
    last = events[-1]
    assert isinstance(last, NarrativeEnded)
    return last.narrative
