"""A download with its view; the keys are real signals."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from vivek.cli.keys import SignalledError
from vivek.cli.options import Terminal
from vivek.cli.render.fetching import PlainFetch
from vivek.cli.turn.fetching import fetch, open_fetch_view
from vivek.errors import ConfigError, TurnCancelledError
from vivek.schema.fetching import FetchPlan, FetchProgress


class Seen:
    """A view that keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[FetchProgress] = []
        self.closed = 0

    def show(self, progress: FetchProgress) -> None:
        self.shown.append(progress)

    def close(self) -> None:
        self.closed += 1


class Work:
    """A download that tells once, then does what it is given."""

    plan = FetchPlan("local/x", "X", "local/x", "there", "here")

    def __init__(self, then: BaseException | int | None) -> None:
        self._then = then

    async def run(self, tell: Callable[[FetchProgress], None]) -> None:
        tell(FetchProgress("fetching", 1, 2))
        if isinstance(self._then, BaseException):
            raise self._then
        if self._then is not None:
            os.kill(os.getpid(), self._then)
            await asyncio.sleep(30)

    def noting(self, note: str) -> "Work":
        return self


async def test_the_view_is_shown_and_closed() -> None:
    view = Seen()
    await fetch(Work(None), lambda: view, command="vivek models pull local/x")

    assert [progress.done for progress in view.shown] == [1]
    assert view.closed == 1


async def test_a_failure_is_passed_on() -> None:
    view = Seen()
    with pytest.raises(ConfigError):
        await fetch(Work(ConfigError("x")), lambda: view, command="vivek models pull local/x")
    assert view.closed == 1


async def test_ctrl_c_stops_it_and_says_how_to_go_on() -> None:
    view = Seen()
    with pytest.raises(TurnCancelledError) as error:
        await fetch(Work(signal.SIGINT), lambda: view, command="vivek models pull local/x")

    assert error.value.exit_code == 130
    assert "`vivek models pull local/x`" in error.value.hint
    assert view.closed == 1


def test_a_signal_ends_it() -> None:
    view = Seen()
    with pytest.raises(SignalledError):
        asyncio.run(fetch(Work(signal.SIGTERM), lambda: view, command="vivek models pull local/x"))
    assert view.closed == 1


@pytest.mark.parametrize(("shows", "draws"), [(False, True), (True, False), (False, False)])
def test_where_nothing_can_be_drawn_lines_are_written(shows: bool, draws: bool) -> None:
    assert isinstance(open_fetch_view(Terminal(reads=True, asks=True, draws=draws, shows=shows)), PlainFetch)
