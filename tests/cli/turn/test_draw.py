import asyncio
import errno
import os
import signal
import time
from collections.abc import Sequence

import pytest

from tests.cli.fakes import (
    REQUEST,
    THREAD,
    WAITING,
    FakeAsker,
    FakeClock,
    FakeConversation,
    FakeView,
    Step,
    answered,
    applied,
    edited,
)
from vivek.cli.keys import Interrupts, SignalledError
from vivek.cli.turn.draw import Turn
from vivek.errors import ThreadError, VivekError
from vivek.schema.approval import Decision
from vivek.schema.events import BudgetSpent, Event, NodeStarted, TextDelta, TurnDone


def turn_of(*scripts: Sequence[Step], asker: FakeAsker | None = None) -> tuple[Turn, FakeConversation, FakeView]:
    conversation, view = FakeConversation(list(scripts)), FakeView()
    return Turn(conversation, view, asker=asker, interrupts=Interrupts(time.monotonic)), conversation, view


async def test_every_event_is_shown_and_the_report_returned() -> None:
    events = answered("Yes.")
    turn, conversation, view = turn_of(events)

    report = await turn.run("Is it?")

    assert view.events == events
    assert report.answer == "Yes."
    assert turn.report == report
    assert conversation.sent == ["Is it?"]
    assert view.closed >= 1


async def test_an_approval_is_asked_and_answered() -> None:
    asker = FakeAsker("n", "use a constant", "y")
    turn, conversation, _ = turn_of(edited(), edited(), applied(), asker=asker)

    report = await turn.run("Mend area.")

    assert report.status == "done"
    assert conversation.decisions == [Decision(approved=False, reason="use a constant"), Decision(approved=True)]


async def test_with_nobody_to_ask_the_change_waits() -> None:
    turn, conversation, _ = turn_of(edited())

    assert (await turn.run("Mend area.")).status == "needs_approval"
    assert conversation.decisions == []


async def test_a_question_left_open_keeps_the_change_waiting() -> None:
    turn, conversation, _ = turn_of(edited(), asker=FakeAsker(KeyboardInterrupt()))

    assert (await turn.run("Mend area.")).status == "needs_approval"
    assert conversation.decisions == []


async def test_what_filled_the_window_is_remembered() -> None:
    spent = BudgetSpent("executor", 4_096, (("request", 20),), ())
    turn, _, _ = turn_of([spent, *answered("Yes.")])

    await turn.run("Is it?")

    assert turn.spent == spent


async def interrupt_soon(number: int = signal.SIGINT, *, after: float = 0.05) -> None:
    await asyncio.sleep(after)
    os.kill(os.getpid(), number)


async def test_ctrl_c_keeps_the_partial_text_and_ends_the_request() -> None:
    turn, conversation, view = turn_of(
        [TextDelta("planner", "{}"), TextDelta("executor", "The sum "), TextDelta("executor", "is"), 30.0]
    )

    report, _ = await asyncio.gather(turn.run("Add."), interrupt_soon())

    assert (report.status, report.answer) == ("cancelled", "The sum is")
    assert report.error is not None
    assert report.error.hint == f"`vivek threads resume {THREAD}` goes on"
    assert isinstance(view.events[-1], TurnDone)
    assert conversation.ended == 1


async def test_the_time_of_a_turn_that_is_stopped_was_measured_without_the_waiting_for_the_user() -> None:
    clock = FakeClock()

    class Slow(FakeAsker):
        """Takes an hour to answer."""

        async def ask(self, question: str) -> str:
            clock.now += 3_600
            return await super().ask(question)

    class Counting(FakeView):
        """Sees a second go by with each event."""

        def show(self, event: Event) -> None:
            clock.now += 1
            super().show(event)

    conversation = FakeConversation([[REQUEST, TurnDone(WAITING)], [TextDelta("executor", "It"), 30.0]])
    turn = Turn(conversation, Counting(), asker=Slow("y"), interrupts=Interrupts(time.monotonic), clock=clock)

    report, _ = await asyncio.gather(turn.run("Add."), interrupt_soon())

    assert (report.status, report.usage.seconds) == ("cancelled", 2)


@pytest.mark.parametrize("at", ["show", "close"])
def test_a_terminal_that_is_gone_ends_the_turn_as_its_signal_does(at: str) -> None:
    class Gone(FakeView):
        """Cannot be written to."""

        def show(self, event: Event) -> None:
            super().show(event)
            if at == "show" and isinstance(event, TextDelta):
                raise OSError(errno.EIO, "Input/output error")

        def close(self) -> None:
            super().close()
            if at == "close":
                raise OSError(errno.EIO, "Input/output error")

    conversation = FakeConversation([[TextDelta("executor", "half"), 0.05 if at == "close" else 30.0, *answered("")]])
    turn = Turn(conversation, Gone(), asker=None, interrupts=Interrupts(time.monotonic))

    with pytest.raises(SignalledError) as caught:
        asyncio.run(turn.run("Add."))

    assert caught.value.number == signal.SIGHUP
    assert conversation.ended == 1
    assert turn.report is not None
    assert turn.report.answer == "half"


async def test_of_a_long_reply_that_is_stopped_the_ends_are_reported() -> None:
    turn, _, _ = turn_of([TextDelta("executor", f"{number:06} " * 10_000) for number in range(20)] + [30.0])
    report, _ = await asyncio.gather(turn.run("Count."), interrupt_soon())

    assert (report.status, report.shortened) == ("cancelled", True)
    assert len(report.answer) < 5_000
    assert report.answer.startswith("000000 ")
    assert report.answer.endswith("000019")


async def test_a_turn_after_ctrl_c_runs_as_usual() -> None:
    turn, conversation, view = turn_of([30.0], answered("Yes."))
    await asyncio.gather(turn.run("Add."), interrupt_soon())

    again = Turn(conversation, view, asker=None, interrupts=Interrupts(time.monotonic))

    assert (await again.run("Is it?")).status == "done"


def test_term_ends_the_turn_and_then_the_process() -> None:
    turn, conversation, _ = turn_of([TextDelta("executor", "half"), 30.0])

    async def main() -> None:
        signalling = asyncio.create_task(interrupt_soon(signal.SIGTERM))
        try:
            await turn.run("Add.")
        finally:
            await signalling

    with pytest.raises(SignalledError) as caught:
        asyncio.run(main())

    assert caught.value.number == signal.SIGTERM
    assert turn.report is not None
    assert turn.report.answer == "half"
    assert conversation.ended == 1


async def test_an_error_of_the_session_passes_through_in_good_order() -> None:
    turn, conversation, view = turn_of([NodeStarted("planner"), ThreadError("No open turn.")])

    with pytest.raises(ThreadError):
        await turn.run(None)

    assert view.closed == 1
    assert conversation.sent == [None]


async def test_a_turn_without_a_report_is_an_error() -> None:
    turn, _, _ = turn_of([NodeStarted("planner")])

    with pytest.raises(VivekError, match="without a report"):
        await turn.run("Add.")


async def test_a_view_that_fails_ends_the_request() -> None:
    class BrokenView(FakeView):
        def show(self, event: object) -> None:
            raise BrokenPipeError

    conversation = FakeConversation([[*answered("Yes."), 30.0]])
    turn = Turn(conversation, BrokenView(), asker=None, interrupts=Interrupts(time.monotonic))

    with pytest.raises(BrokenPipeError):
        await turn.run("Is it?")
    assert conversation.ended == 1


async def test_the_view_ticks_while_nothing_happens() -> None:
    turn, _, view = turn_of([0.5, *answered("Yes.")])

    await turn.run("Is it?")

    assert view.ticks >= 2
    assert REQUEST not in view.events
