"""Sessions to talk to."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.engine.fixtures import engine_server, forced_engine, tiny_model
from tests.engine.forced import ForcedEngine
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.base import Provider
from vivek.schema.approval import Decision
from vivek.schema.events import Event, TurnDone
from vivek.schema.report import TurnReport
from vivek.schema.sandbox import SandboxStatus
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.session import Session
from vivek.workspace.sandbox.ladder import probe

__all__ = ["engine_server", "forced_engine", "tiny_model"]

Open = Callable[..., AbstractAsyncContextManager[Session]]
Engine = Callable[[], Provider]


@pytest.fixture
def open_at(workspace: Path) -> Open:
    """Open a session in the workspace: `open_at(engine, thread="...", approve="edits")`."""

    @asynccontextmanager
    async def open_(make: Callable[[], Provider], **choices: object) -> AsyncIterator[Session]:
        wanted = Choices(**{"interactive": True, **choices})  # type: ignore[arg-type]  # names are checked by the class
        async with open_session(open_place(workspace), wanted, provider=make()) as session:
            yield session

    return open_


@pytest.fixture
def engine(forced_engine: ForcedEngine) -> Callable[[], Provider]:
    """Connect to the real engine that says what the test scripts; each session closes its connection."""
    return lambda: LlamaCppProvider(forced_engine.url, forced_engine.key)


@pytest.fixture
def sandbox(workspace: Path, tmp_path: Path) -> SandboxStatus:
    """Return how commands are held back here; without that no check of a change runs, so the test is left out."""
    status = probe(workspace, tmp_path / "cache")
    if not status.confines or status.view == "none":
        pytest.skip(f"nothing holds commands back here: {status.reason}")
    return status


class Heard:
    """The events of one turn, and its report."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        last = events[-1]
        assert isinstance(last, TurnDone), last
        self.report: TurnReport = last.report

    def of(self, kind: type) -> list[Event]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


async def say(session: Session, text: str | None) -> Heard:
    """Send a text and hear all of the turn."""
    return Heard([event async for event in session.send(text)])


async def decide(session: Session, *, approved: bool = True, reason: str = "", **more: object) -> Heard:
    """Answer an approval and hear the rest of the turn."""
    decision = Decision(approved=approved, reason=reason, **more)  # type: ignore[arg-type]  # as above
    return Heard([event async for event in session.answer(decision)])
