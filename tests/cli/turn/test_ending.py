"""A turn that is ended from outside: by its time, and by TERM, which waits for the running step."""

import asyncio
import os
import signal
import time

import pytest

from tests.cli.fakes import FakeClock
from vivek.cli.keys import SignalledError
from vivek.cli.render.jsonl import Silent
from vivek.cli.turn.ending import Ending, Stepping
from vivek.errors import LimitReachedError, TurnCancelledError
from vivek.schema.events import NodeStarted, Notice

LONG = 60.0


async def test_work_in_time_is_left_alone() -> None:
    assert await Ending(time.monotonic, seconds=LONG).run(asyncio.sleep(0, "done")) == "done"


async def test_work_that_takes_too_long_is_stopped_and_the_limit_is_named() -> None:
    with pytest.raises(LimitReachedError, match=r"limit of 0\.05 seconds"):
        await Ending(time.monotonic, seconds=0.05).run(asyncio.sleep(LONG))


async def test_what_came_before_counts_too() -> None:
    clock = FakeClock()
    ending = Ending(clock, seconds=30)
    clock.now += 31

    with pytest.raises(LimitReachedError, match="limit of 30 seconds"):
        await ending.run(asyncio.sleep(LONG))


async def test_a_timeout_of_the_work_itself_is_no_limit() -> None:
    async def fail() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await Ending(time.monotonic, seconds=LONG).run(fail())


async def test_term_lets_the_running_step_end() -> None:
    ending = Ending(time.monotonic, grace=LONG)
    view = Stepping(Silent(), ending)
    done: list[str] = []

    async def work() -> None:
        view.show(NodeStarted("executor"))
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
        view.show(Notice("still working"))
        await asyncio.sleep(0)
        done.append("executor")
        view.show(NodeStarted("stage"))
        await asyncio.sleep(0.5)
        done.append("stage")

    with pytest.raises(SignalledError) as caught:
        await ending.run(work())

    assert done == ["executor"]
    assert caught.value.number == signal.SIGTERM


async def test_term_waits_for_a_step_no_longer_than_its_grace() -> None:
    async def work() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(LONG)

    with pytest.raises(SignalledError):
        await Ending(time.monotonic, grace=0.05).run(work())


async def test_a_turn_that_ends_in_its_grace_is_whole() -> None:
    async def work() -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
        return "done"

    ending = Ending(time.monotonic, grace=LONG)

    assert await ending.run(work()) == "done"
    assert ending.drained


@pytest.mark.parametrize("signals", [(signal.SIGTERM, signal.SIGTERM), (signal.SIGHUP,)])
async def test_a_second_term_and_a_lost_terminal_do_not_wait(signals: tuple[signal.Signals, ...]) -> None:
    async def work() -> None:
        for number in signals:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
        await asyncio.sleep(LONG)

    with pytest.raises(SignalledError) as caught:
        await Ending(time.monotonic, grace=LONG).run(work())

    assert caught.value.number == signals[-1]


async def test_ctrl_c_stops_at_once() -> None:
    async def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(LONG)

    with pytest.raises(TurnCancelledError):
        await Ending(time.monotonic, grace=LONG).run(work())
