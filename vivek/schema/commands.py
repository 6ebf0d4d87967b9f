"""What is said of a command before it runs, and what it left behind."""

import signal
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["allow", "ask", "refuse"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a command may run.

    Attributes:
        verdict: What becomes of it.
        rule: The rule that decided, by its short name, such as `redirect` or `table:git log`.
        reason: Why, in a sentence for the user.
        argvs: The commands it consists of, each as program and arguments; empty when they cannot be told.
        warnings: What is worth knowing besides.
        destructive: Whether it can destroy work; such a verdict is never remembered.
        remember: What "always" would remember, exactly; "" when it must be asked each time.
    """

    verdict: Verdict
    rule: str
    reason: str
    argvs: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[str, ...] = ()
    destructive: bool = False
    remember: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind.

    Attributes:
        returncode: Its exit status, negative for the signal that ended it.
        output: What it wrote on both streams, in order; the middle is missing when it was very long.
        omitted: Bytes missing in the middle of `output`.
        seconds: Wall time.
        timed_out: Whether it was ended because it took too long.
    """

    returncode: int
    output: bytes
    omitted: int = 0
    seconds: float = 0.0
    timed_out: bool = False

    @property
    def ending(self) -> str:
        """Say how it ended, as a person would: `exit 1`, `killed by SIGSEGV`, `stopped after 10 s`."""
        if self.timed_out:
            return f"stopped after {self.seconds:.3g} s"
        # A shell or a sandbox in between reports a signal as 128 and its number.
        number = -self.returncode if self.returncode < 0 else self.returncode - _SIGNALLED
        if number in _SIGNALS:
            return f"killed by {_SIGNALS[number]}"
        return f"exit {self.returncode}"


@dataclass(frozen=True, slots=True)
class Job:
    """A command in the background, as it stands.

    Attributes:
        id: Its number, from 1.
        command: What is run, for people.
        ran: How it ended, None while it runs.
        stopped: Whether it was stopped by the user.
        size: Bytes it wrote so far.
        seconds: How long it runs, or ran.
    """

    id: int
    command: str
    ran: Ran | None = None
    stopped: bool = False
    size: int = 0
    seconds: float = 0.0

    @property
    def status(self) -> str:
        """Say in a few words how it stands."""
        if self.stopped:
            return "stopped"
        return "running" if self.ran is None else self.ran.ending


_SIGNALLED = 128
_SIGNALS = {number.value: number.name for number in signal.Signals}
