"""What one run may use at most, as options of the command line."""

from dataclasses import dataclass
from typing import Annotated

import typer

from vivek.errors import ConfigError
from vivek.schema.limits import Limits

_LONGEST = 10**7  # seconds
_MOST = 10**9

TimeoutOption = Annotated[
    str | None, typer.Option("--timeout", metavar="SECONDS", help="End the turn after so long; what came is kept.")
]
MaxCallsOption = Annotated[
    str | None, typer.Option("--max-calls", metavar="N", help="Make at most so many calls of a model.")
]
MaxTokensOption = Annotated[
    str | None, typer.Option("--max-tokens", metavar="N", help="Let the models generate at most so many tokens.")
]


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """What the command line says of limits, as typed."""

    timeout: str | None = None
    calls: str | None = None
    tokens: str | None = None

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return any(each is not None for each in (self.timeout, self.calls, self.tokens))

    def limits(self) -> Limits:
        """Return the limits of calls and tokens.

        Raises:
            ConfigError: If one is no positive number.
        """
        return Limits(_count(self.calls, "--max-calls"), _count(self.tokens, "--max-tokens"))

    def seconds(self) -> float | None:
        """Return the limit of time.

        Raises:
            ConfigError: If it is no positive number.
        """
        if self.timeout is None:
            return None
        try:
            seconds = float(self.timeout)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= _LONGEST:  # which leaves out what is no number, too
            raise _refused(self.timeout, "--timeout", "90")
        return seconds


def _count(given: str | None, option: str) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and 0 < int(given) <= _MOST):
        raise _refused(given, option, "5")
    return int(given)


def _refused(given: str, option: str, example: str) -> ConfigError:
    return ConfigError(f"{given!r} is no limit for `{option}`.", hint=f"Write it in digits: `{option} {example}`.")
