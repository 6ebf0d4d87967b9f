"""A session on the engine that comes with vivek."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.engine.tiny_model import TinyModel
from tests.session.conftest import say
from vivek.schema.events import TextDelta
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

pytestmark = [pytest.mark.engine, pytest.mark.kill]


def engine_child() -> int:
    """Return the process of the engine that this process started."""
    [child] = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and any(part.endswith("child.py") for part in child.cmdline())
    ]
    return int(child.pid)


async def test_an_engine_that_is_killed_ends_the_turn_and_not_the_session(
    workspace: Path, tiny_model: TinyModel
) -> None:
    choices = Choices(model=f"local/{tiny_model.q8_0}", depth="fast", interactive=True)
    async with open_session(open_place(workspace), choices) as session:
        report = None
        async for event in session.send("what is this?"):
            if isinstance(event, TextDelta) and report is None:
                report = event
                os.kill(engine_child(), signal.SIGKILL)
        last = event
        again = await say(session, "what is that?")

    assert last.report.status == "incomplete"  # type: ignore[union-attr]  # the last event is a TurnDone
    assert last.report.error.type == "StreamInterruptedError"  # type: ignore[union-attr]
    assert last.report.answer  # type: ignore[union-attr]
    # Random weights never stop by themselves: the reply is cut at its limit, by an engine that was started anew.
    assert again.report.status in ("done", "incomplete")
    assert again.report.error is None
    assert again.report.usage.completion_tokens


async def test_the_window_that_is_budgeted_is_the_window_that_is_loaded(
    workspace: Path, tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_WINDOW", "2048")
    choices = Choices(model=f"local/{tiny_model.q8_0}", depth="fast", interactive=True)
    async with open_session(open_place(workspace), choices) as session:
        assert "2k window" in session.banner
        heard = await say(session, "what is this?")
        too_long = await say(session, "what is " + "this thing " * 3_000)

    assert heard.report.error is None
    assert too_long.report.error is not None
    assert "2,048" in too_long.report.error.message
