"""A thread that is continued after its engine has left, as a user does it: `--continue`, the setting, deleting."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.engine.tiny_model import TinyModel
from vivek.schema.chunk import Usage
from vivek.schema.events import CallDone
from vivek.session.doors.history import delete_thread
from vivek.session.keeping import kept_prompts_folder
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

pytestmark = [pytest.mark.engine, pytest.mark.kill]


@pytest.fixture(autouse=True)
def short_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_MODEL_WINDOW", "8k")
    monkeypatch.setenv("VIVEK_MODEL_THREADS", "1")
    monkeypatch.setenv("VIVEK_MODEL_REPLY_TOKENS", "24")


async def hold(workspace: Path, model: TinyModel, text: str, *, latest: bool = False) -> tuple[str, Usage]:
    """Open a session, take one turn, close it, and let the machine be shut down; return the figures of its first call.

    The words are those of random weights, so how many calls the turn takes is theirs to say.
    """
    choices = Choices(model=f"local/{model.q8_0}", depth="fast", interactive=True, latest=latest)
    async with open_session(open_place(workspace), choices) as session:
        events = [event async for event in session.send(text)]
        engines = [child for child in psutil.Process().children() if "child.py" in " ".join(child.cmdline())]
    for engine in engines:
        engine.send_signal(signal.SIGTERM)
    async with asyncio.timeout(60):
        for engine in engines:
            with suppress(psutil.NoSuchProcess):
                while engine.status() != psutil.STATUS_ZOMBIE:
                    await asyncio.sleep(0.02)
    return session.thread_id, next(event.usage for event in events if isinstance(event, CallDone))


async def test_a_continued_thread_is_not_read_again(workspace: Path, tiny_model: TinyModel) -> None:
    thread, first = await hold(workspace, tiny_model, "what does till/prices.py do?")
    again, second = await hold(workspace, tiny_model, "and why?", latest=True)

    assert again == thread
    assert first.cached_tokens == 0
    assert first.prompt_tokens is not None
    assert (second.cached_tokens or 0) >= 0.95 * first.prompt_tokens


async def test_who_does_not_want_it_has_nothing_kept(
    workspace: Path, tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_KEEP_PROMPTS", "false")

    await hold(workspace, tiny_model, "what does till/prices.py do?")

    assert not kept_prompts_folder().exists()


async def test_deleting_a_thread_deletes_what_was_kept_of_it(workspace: Path, tiny_model: TinyModel) -> None:
    thread, _ = await hold(workspace, tiny_model, "what does till/prices.py do?")
    assert any(path.suffix == ".bin" for path in kept_prompts_folder().iterdir())

    delete_thread(open_place(workspace), thread)

    assert not list(kept_prompts_folder().iterdir())
