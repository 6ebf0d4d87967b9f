"""Leaves a server alone that failed again and again, then tries it with one call; shared by a whole process.

A call that fails before its first token counts, whatever was tried within it. What the user did wrong does not, nor a
server that loads its model.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Literal

from vivek.errors import ModelAPIError, ProviderUnavailableError

FAILURES = 3
OPEN_SECONDS = 30.0

State = Literal["closed", "open", "probing"]


class Breaker:
    """The state of one endpoint; safe in tasks and threads.

    Args:
        failures: Calls in a row that have to fail.
        seconds: How long it is then left alone.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._state: State = "closed"
        self._failed = 0
        self._until = 0.0
        self._round = 0
        self._message = self._hint = ""

    def state(self) -> State:
        """Return whether calls pass, none do, or the one that tries is on its way."""
        return self._state

    def enter(self) -> "Permit":
        """Return the permit for one call.

        Raises:
            ProviderUnavailableError: If the endpoint is left alone; the message says until when.
        """
        with self._lock:
            if self._state == "closed":
                return Permit(self, self._round)
            left = self._until - self._clock()
            if self._state == "probing" or left > 0:
                raise self._left_alone(left)
            self._state = "probing"
            return Permit(self, self._round, probe=True)

    def reset(self) -> None:
        """Let calls pass again: the endpoint is known to answer."""
        with self._lock:
            self._close()

    def settle(self, permit: "Permit", end: ModelAPIError | bool | None) -> None:
        """Take in how a call ended: well (True), by a failure that counts, or without telling anything (None)."""
        with self._lock:
            if end is True:
                self._close()
            elif permit.round != self._round:
                return  # begun before the last change: it knows nothing new
            elif isinstance(end, ModelAPIError):
                self._failed += 1
                self._message, self._hint = end.message, end.hint
                if self._failed >= self._most:  # a failed trial too: nothing has begun the count anew
                    self._open(self._seconds)
            elif permit.probe:
                self._open(0.0)

    def _close(self) -> None:
        if self._state != "closed" or self._failed:
            self._round += 1
        self._state, self._failed = "closed", 0

    def _open(self, seconds: float) -> None:
        self._state = "open"
        self._until = self._clock() + seconds
        self._round += 1

    def _left_alone(self, left: float) -> ProviderUnavailableError:
        said = self._message if self._message.endswith(".") else f"{self._message}."
        if left > 0:
            msg = f"{said} It failed {self._failed} times in a row and is left alone for another {ceil(left)} s."
            hint = f"{self._hint} Ask again in {ceil(left)} s, or choose another model with `--model`.".lstrip()
            return ProviderUnavailableError(msg, hint=hint, retry_after=left)
        msg = f"{said} It failed {self._failed} times in a row, and another call tries it at this moment."
        return ProviderUnavailableError(msg, hint=f"{self._hint} Ask again when that one has ended.".lstrip())


@dataclass(slots=True)
class Permit:
    """One call that was let through; it settles at most once.

    Attributes:
        breaker: Who let it through.
        round: Which state of the breaker it was let through in.
        probe: Whether it is the one that tries.
    """

    breaker: Breaker
    round: int
    probe: bool = False
    settled: bool = False

    def __enter__(self) -> "Permit":
        return self

    def __exit__(self, *_: object) -> None:
        """Settle what was left open: a call that was cancelled tells nothing, and lets the next one try."""
        self._settle(None)

    def good(self) -> None:
        """Tell that the endpoint answered, if only to say what is wrong with the request."""
        self._settle(True)

    def bad(self, error: ModelAPIError) -> None:
        """Tell that the endpoint failed before it gave anything."""
        self._settle(error)

    def _settle(self, end: ModelAPIError | bool | None) -> None:
        if not self.settled:
            self.settled = True
            self.breaker.settle(self, end)


class Breakers:
    """The breakers of all endpoints.

    Args:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Breaker] = {}

    def of(self, endpoint: str) -> Breaker:
        """Return the breaker of an endpoint, the same for everybody who asks."""
        with self._lock:
            if endpoint not in self._known:
                self._known[endpoint] = Breaker(clock=self._clock)
            return self._known[endpoint]

    def forget(self) -> None:
        """Begin anew: no endpoint is known to have failed."""
        with self._lock:
            self._known.clear()


BREAKERS = Breakers()
"""Those of this process."""
