"""What a run has used of its limits; holds every model of a thread to them."""

from dataclasses import dataclass, field

from vivek.errors import LimitReachedError
from vivek.flows.panel import Panel
from vivek.schema.limits import Limits


def hold_to(limits: Limits, panel: Panel, thread_id: str) -> None:
    """Let the models of a thread make no more calls and write no more tokens than a run may."""
    if limits == Limits():
        return
    allowance = Allowance(limits, thread_id)
    for asker in panel.askers:
        asker.caller.meter = allowance


@dataclass(slots=True, eq=False)
class Allowance:
    """A `flows.calling.Meter`: what is left of some limits.

    Attributes:
        limits: What the run may use.
        thread_id: The thread, to say how it goes on.
    """

    limits: Limits
    thread_id: str
    _calls: int = field(init=False, default=0)
    _tokens: int = field(init=False, default=0)

    def grant(self, room: int) -> int:
        """Return how many of the tokens that a reply may take it gets; counts the call.

        Raises:
            LimitReachedError: If there is no call or no token left.
        """
        calls, tokens = self.limits.calls, self.limits.tokens
        if calls is not None and self._calls >= calls:
            raise self._reached(f"{calls:,} model call{'s' if calls != 1 else ''}", "--max-calls")
        left = room if tokens is None else min(room, tokens - self._tokens)
        if left < 1:
            raise self._out_of_tokens()
        self._calls += 1
        return left

    def spend(self, tokens: int, *, cut: bool) -> None:
        """Count what a reply took; `cut` tells that it ended because it got less room than it was to have.

        Raises:
            LimitReachedError: If it was cut.
        """
        self._tokens += tokens
        if cut:
            raise self._out_of_tokens()

    def _out_of_tokens(self) -> LimitReachedError:
        return self._reached(f"{self.limits.tokens:,} generated tokens", "--max-tokens")

    def _reached(self, what: str, option: str) -> LimitReachedError:
        hint = f"`vivek threads resume {self.thread_id}` goes on; raise `{option}` to let it work longer."
        return LimitReachedError(f"The turn has used its limit of {what}.", hint=hint)
