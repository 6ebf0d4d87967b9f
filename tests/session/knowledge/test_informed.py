"""What git's history adds to the choice of code, and that nobody waits for it."""

import asyncio
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.project.past.cochange import History
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import Event
from vivek.session.knowledge.informed import Informed, inform
from vivek.session.knowledge.knowing import Knowing
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import load_settings
from vivek.session.spec import IndexSpec

PATIENT = IndexSpec(wait=60.0)
REQUEST = "how is a percentage taken off?"


def nobody(event: Event) -> None:
    """Hear nothing."""


def change_together(root: Path, *paths: str, times: int = 3) -> None:
    """Change some files in one commit, again and again."""
    for number in range(times):
        for path in paths:
            with (root / path).open("a") as file:
                file.write(f"# {number}\n")
        for arguments in (["add", "--all"], ["commit", "-qm", f"change {number}"]):
            subprocess.run(["git", *arguments], cwd=root, check=True, timeout=60)


async def test_a_file_that_always_changed_with_the_one_that_is_meant_comes_along(
    workspace: Path, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_INDEX_WAIT", "60")
    (workspace / "till/vat.py").write_text("RATE = 19\n")
    (workspace / "till/coins.py").write_text("SIZES = 1, 2, 5\n")
    change_together(workspace, "till/coins.py", times=1)
    change_together(workspace, "till/prices.py", "till/vat.py")
    provider = ScriptedProvider(["It takes a percentage off."])
    async with open_at(lambda: provider) as session:
        await say(session, REQUEST)

    asked = provider.requests[0].messages[-1].content
    assert "return price - price * percent // 100" in asked
    assert "RATE = 19" in asked
    assert "SIZES" not in asked


async def test_what_changed_lately_is_known_behind_what_the_thread_changed(workspace: Path) -> None:
    change_together(workspace, "till/report.py", times=1)
    change_together(workspace, "till/prices.py", times=1)
    settings = replace(load_settings(open_place(workspace), Choices()), index=PATIENT)
    async with inform(open_place(workspace), settings, resident=False) as informed:
        source = await informed.look(REQUEST, nobody)

    assert source is not None
    assert source.history.recent == ("till/prices.py", "till/report.py")


async def test_a_history_that_is_slow_is_not_waited_for_and_serves_the_next_turn(workspace: Path) -> None:
    may = threading.Event()

    def load() -> History:
        may.wait(600)
        return History(("till/prices.py",))

    async with Informed(Knowing(open_place(workspace), IndexSpec(wait=0.0)), load=load) as informed:
        informed.begin()
        try:
            async with asyncio.timeout(25):
                first = await informed.look(REQUEST, nobody)
        finally:
            may.set()
        informed.knowing.wanted = PATIENT
        then = await informed.look(REQUEST, nobody)

    assert first is not None
    assert then is not None
    assert first.history == History()
    assert then.history.recent == ("till/prices.py",)


async def test_where_no_code_is_looked_up_no_history_is_read(workspace: Path) -> None:
    loaded: list[History] = []

    def load() -> History:
        loaded.append(History())
        return loaded[0]

    async with Informed(Knowing(open_place(workspace), IndexSpec(enabled=False)), load=load) as informed:
        informed.begin()
        assert await informed.look(REQUEST, nobody) is None

    assert loaded == []
