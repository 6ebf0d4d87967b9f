import asyncio
import os
import pty
import select
import signal
import sys
import termios
import time
import tty

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.cli.fakes import FakeClock
from vivek.cli.keys import Interrupts, Keyboard, SignalledError, end_on_signals, ignore_interrupts
from vivek.cli.quiet import quiet_terminal
from vivek.errors import TurnCancelledError


async def press(*numbers: int) -> None:
    for number in numbers:
        await asyncio.sleep(0.02)
        os.kill(os.getpid(), number)
    await asyncio.sleep(0.02)


async def test_work_that_nobody_stops_gives_its_result() -> None:
    async def work() -> int:
        return 42

    interrupts = Interrupts(time.monotonic)

    assert await interrupts.run(work()) == 42
    assert not interrupts.recent()


async def test_the_first_ctrl_c_stops_the_work_and_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    clock = FakeClock()
    interrupts = Interrupts(clock)

    with pytest.raises(TurnCancelledError):
        await asyncio.gather(interrupts.run(asyncio.sleep(30)), press(signal.SIGINT))

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert interrupts.recent()
    clock.now += 1.1
    assert not interrupts.recent()


@pytest.mark.covers("F-A10")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_end_the_work_and_say_which(number: int) -> None:
    async def main() -> None:
        pressing = asyncio.create_task(press(number))
        try:
            await Interrupts(time.monotonic).run(asyncio.sleep(30))
        finally:
            await pressing

    with pytest.raises(SignalledError) as caught:
        asyncio.run(main())

    assert caught.value.number == number


@pytest.mark.covers("F-A09")
def test_a_second_ctrl_c_leaves_even_if_the_work_does_not_stop() -> None:
    async def stubborn() -> None:
        for _ in range(2):
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                continue

    async def main() -> None:
        await asyncio.gather(Interrupts(time.monotonic).run(stubborn()), press(signal.SIGINT, signal.SIGINT))

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())


async def test_a_cancel_from_elsewhere_is_passed_on() -> None:
    task = asyncio.create_task(Interrupts(time.monotonic).run(asyncio.sleep(30)))
    await asyncio.sleep(0.02)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


def test_term_unwinds_the_process() -> None:
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    try:
        end_on_signals()
        with pytest.raises(SignalledError) as caught:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        assert caught.value.number == signal.SIGTERM
        ignore_interrupts()
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def test_typing_is_not_echoed_meanwhile_and_the_terminal_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    outer, inner = pty.openpty()
    try:
        with open(inner, closefd=False) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            before = termios.tcgetattr(inner)
            with quiet_terminal():
                flags = termios.tcgetattr(inner)[3]
                assert not flags & termios.ECHO
                assert flags & termios.ISIG
            assert termios.tcgetattr(inner) == before
    finally:
        os.close(outer)
        os.close(inner)


def test_ctrl_d_that_is_typed_meanwhile_reaches_the_next_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    outer, inner = pty.openpty()
    try:
        with open(inner, closefd=False) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            before = termios.tcgetattr(inner)
            with quiet_terminal():
                os.write(outer, b"\x04\n")
                assert select.select([inner], [], [], 10)[0]  # the terminal has taken both in
            assert termios.tcgetattr(inner) == before
            tty.setraw(inner, termios.TCSANOW)  # as the prompt does
            assert os.read(inner, 10) == b"\x04\n"
    finally:
        os.close(outer)
        os.close(inner)


def test_without_a_terminal_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with quiet_terminal():
        pass


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("2", "2"),
        ("\r", "enter"),
        ("\x1b", "escape"),
        ("q", "q"),
        ("\x03", "c-c"),
        ("\x04", "c-d"),
        ("\x1b[Aü", "ü"),  # an arrow types nothing
        ("\x01\x7f3", "3"),
        ("\x1b[200~two words\x1b[201~", "two words"),
    ],
)
async def test_one_key_answers(sent: str, key: str) -> None:
    with create_pipe_input() as pipe:
        keyboard = Keyboard(pipe, DummyOutput())
        asking = asyncio.create_task(keyboard.key("Which? "))
        await asyncio.sleep(0.02)
        pipe.send_text(sent)

        assert await asyncio.wait_for(asking, 10) == key


@pytest.mark.covers("X14")
async def test_what_was_typed_before_can_be_forgotten() -> None:
    with create_pipe_input() as pipe:
        keyboard = Keyboard(pipe, DummyOutput())
        pipe.send_text("1yes\r")

        assert await asyncio.wait_for(keyboard.key("Which? "), 10) == "1"
        keyboard.discard()
        pipe.send_text("no\r")
        assert await asyncio.wait_for(keyboard.ask("Sure? "), 10) == "no"


async def test_keys_behind_the_one_that_answers_are_left_for_the_next_question() -> None:
    with create_pipe_input() as pipe:
        keyboard = Keyboard(pipe, DummyOutput())
        pipe.send_text("1yes\r")

        assert await asyncio.wait_for(keyboard.key("Which? "), 10) == "1"
        assert await asyncio.wait_for(keyboard.ask("Sure? "), 10) == "yes"
