"""A session on the engine that comes with vivek."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.engine.tiny_model import TinyModel
from tests.session.conftest import Heard, say
from vivek.schema.events import Event, TextDelta
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.session import Session

pytestmark = [pytest.mark.engine, pytest.mark.kill]


def engine_child() -> int:
    """Return the process of the engine that was started last; those of other tests may still be leaving."""
    children = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and any(part.endswith("child.py") for part in child.cmdline())
    ]
    return int(max(children, key=lambda child: child.create_time()).pid)


async def test_an_engine_that_is_killed_ends_the_turn_and_not_the_session(
    workspace: Path, tiny_model: TinyModel
) -> None:
    choices = Choices(model=f"local/{tiny_model.q8_0}", depth="fast", interactive=True)
    async with open_session(open_place(workspace), choices) as session:
        # Random weights may end a reply at once, before the engine can be killed in the middle of it: then again.
        for _ in range(20):
            broken = await say_and_kill(session)
            if broken.report.error is not None:
                break
        again = await say(session, "what is that?")

    assert broken.report.status == "incomplete"
    assert broken.report.error is not None
    assert broken.report.error.type == "StreamInterruptedError"
    assert broken.report.answer
    # By an engine that was started anew; where the reply ends is up to the random weights.
    assert again.report.error is None
    assert again.report.usage.completion_tokens


async def say_and_kill(session: Session) -> Heard:
    """Send a request and kill the engine at the first piece of its reply."""
    events: list[Event] = []
    async for event in session.send("what is this?"):
        if isinstance(event, TextDelta) and not any(isinstance(seen, TextDelta) for seen in events):
            os.kill(engine_child(), signal.SIGKILL)
        events.append(event)
    return Heard(events)


async def test_the_window_that_is_budgeted_is_the_window_that_is_loaded(
    workspace: Path, tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_WINDOW", "2048")
    choices = Choices(model=f"local/{tiny_model.q8_0}", depth="fast", interactive=True)
    async with open_session(open_place(workspace), choices) as session:
        assert "2k window" in session.banner
        heard = await say(session, "what is this?")
        info = await session._parts.served.provider.describe("default")
        too_long = await say(session, "what is " + "this thing " * 3_000)

    assert heard.report.error is None
    assert info.window_loaded == 2048
    assert too_long.report.error is not None
    assert "2,048" in too_long.report.error.message
