"""How one turn without a chat is ended from outside: by its time, and by TERM, which lets the running step end."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from vivek.cli.keys import Interrupts
from vivek.cli.turn.parties import View
from vivek.errors import LimitReachedError
from vivek.schema.events import Event, NodeStarted

T = TypeVar("T")

GRACE = 5.0
"""Seconds that a step may still take after TERM, as long as most supervisors wait before they kill."""


class Ending(Interrupts):
    """Ctrl-C, TERM, HUP and a limit of time, while one turn runs.

    Args:
        clock: Seconds of a clock that only goes forward.
        seconds: What the turn may take from now on, None for no limit.
        grace: Seconds that a step may still take after TERM.

    Attributes:
        drained: Whether TERM came, and the turn ended before it had to be cancelled.
    """

    def __init__(self, clock: Callable[[], float], *, seconds: float | None = None, grace: float = GRACE) -> None:
        super().__init__(clock)
        self.drained = False
        self._seconds = seconds
        self._deadline = None if seconds is None else clock() + seconds
        self._now = clock
        self._grace = grace
        self._draining: asyncio.TimerHandle | None = None

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run some work as `Interrupts` does.

        Raises:
            LimitReachedError: If its time is over.
        """
        try:
            done = await super().run(self.in_time(work))
            self.drained = self._draining is not None
            return done
        finally:
            if self._draining is not None:
                self._draining.cancel()

    def step(self) -> None:
        """Tell that a step begins, which means that the one before is saved."""
        if self._draining is not None:
            self._cancel()

    async def in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work in the time that is left.

        Raises:
            LimitReachedError: If it is over.
        """
        left = None if self._deadline is None else max(0.0, self._deadline - self._now())
        try:
            async with asyncio.timeout(left) as timer:
                return await work
        except TimeoutError as error:
            if not timer.expired():
                raise
            raise out_of_time(self._seconds or 0.0) from error

    def _end(self, number: int) -> None:
        if number != signal.SIGTERM or self._draining is not None or not self._grace:
            super()._end(number)
            return
        self._ended_by = number
        self._draining = asyncio.get_running_loop().call_later(self._grace, self._cancel)


class Stepping:
    """A view that tells the end of a turn where its steps begin.

    Args:
        view: What shows the turn.
        ending: What is told.
    """

    def __init__(self, view: View, ending: Ending) -> None:
        self._view = view
        self._ending = ending
        self.tick = view.tick
        self.close = view.close
        self.tell = view.tell

    def show(self, event: Event) -> None:
        """Show an event."""
        self._view.show(event)
        if isinstance(event, NodeStarted):
            self._ending.step()

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Show what is typed meanwhile."""
        self._view.typing(queued, draft)


def out_of_time(seconds: float) -> LimitReachedError:
    """Return that the time of a run is over."""
    hint = "Raise `--timeout` to let it work longer; `vivek threads list` shows what can be resumed."
    return LimitReachedError(f"The turn has used its limit of {seconds:g} seconds.", hint=hint)
