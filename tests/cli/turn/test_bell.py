"""The call at the end of a long turn."""

import time
from pathlib import Path

import pytest

from tests.cli.fakes import FakeAsker, FakeClock, FakeConversation, FakeView, answered, applied, edited
from vivek.cli.keys import Interrupts
from vivek.cli.turn.bell import LONG_SECONDS, Bell, notify_of
from vivek.cli.turn.draw import Turn
from vivek.config.folders import config_folder
from vivek.schema.events import Event
from vivek.schema.terminal import Notify
from vivek.session.options import Choices
from vivek.session.place import open_place


class SlowView(FakeView):
    """Shows events, each of which takes its time."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        super().__init__()
        self._clock = clock
        self._seconds = seconds

    def show(self, event: Event) -> None:
        """Let time pass."""
        super().show(event)
        self._clock.now += self._seconds


@pytest.mark.parametrize(
    ("how", "sound"), [("bell", ["\a"]), ("osc9", ["\x1b]9;vivek: the turn is done\a"]), ("off", [])]
)
def test_what_took_long_rings_as_it_is_set(how: Notify, sound: list[str]) -> None:
    clock, written = FakeClock(), list[str]()
    bell = Bell(clock, lambda: how, written.append)
    bell.start()
    clock.now += LONG_SECONDS
    bell.ring("the turn is done")

    assert written == sound


def test_what_was_short_rings_never_and_asks_nobody() -> None:
    def how() -> Notify:
        raise AssertionError

    clock, written = FakeClock(), list[str]()
    bell = Bell(clock, how, written.append)
    clock.now += 100
    bell.start()
    clock.now += LONG_SECONDS - 0.1
    bell.ring("the turn is done")

    assert written == []


@pytest.mark.parametrize(("seconds", "rung"), [(0.1, 0), (10.0, 1)])
async def test_a_turn_rings_at_its_end_if_it_was_long(seconds: float, rung: int) -> None:
    clock, written = FakeClock(), list[str]()
    view, bell = SlowView(clock, seconds), Bell(clock, lambda: "osc9", written.append)
    turn = Turn(
        FakeConversation([answered("Yes.")]), view, asker=None, interrupts=Interrupts(time.monotonic), bell=bell
    )
    await turn.run("Is it?")

    assert written == ["\x1b]9;vivek: the turn is done\a"] * rung


async def test_a_question_after_a_long_wait_rings_and_the_answer_begins_anew() -> None:
    clock, written = FakeClock(), list[str]()
    view, bell = SlowView(clock, 5.0), Bell(clock, lambda: "osc9", written.append)
    asker, interrupts = FakeAsker("y"), Interrupts(time.monotonic)
    await Turn(FakeConversation([edited(), applied()]), view, asker=asker, interrupts=interrupts, bell=bell).run(
        "Mend area."
    )

    assert written == ["\x1b]9;vivek: a question waits\a"]


@pytest.mark.parametrize(
    ("text", "expected"), [("", "bell"), ('notify = "osc9"', "osc9"), ('notify = "off"', "off"), ("notify = 7", "bell")]
)
def test_the_setting_is_read_when_it_is_needed(workspace: Path, text: str, expected: str) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text(f"[terminal]\n{text}\n")

    assert notify_of(open_place(workspace), Choices()) == expected
