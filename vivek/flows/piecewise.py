"""What flows share that ask a model piece by piece: how their state is saved, what is kept, and who is asked."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypedDict, TypeVar

from vivek.errors import ThreadDamagedError, ThreadError
from vivek.schema.known import Known
from vivek.schema.plain import as_plain, from_plain
from vivek.schema.threads import ThreadKind

T = TypeVar("T")

THREAD_KEYS = frozenset({"turns", "log"})
"""Keys that belong to the thread, as every list of threads reads them; all others are the flow's."""


class Saved(TypedDict, total=False):
    """The state as the graph saves it, in the two values that every thread has."""

    thread: dict[str, Any]  # Any: JSON values
    turn: dict[str, Any]  # Any: as above


StateUpdate = dict[str, Any]  # Any: a part of the flow's state


class Answers(Protocol):
    """Keeps the replies of models by what they were asked."""

    def get(self, key: str) -> str | None:
        """Return a reply that was of use, None where nothing is kept."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep one; it is on disk when the call returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All about who is asked that does not change while a flow runs.

    Attributes:
        model: What tells the model from every other, with its weights.
        label: `provider/model`.
        prompts: What tells the texts of the questions from every other.
        answers: Replies from earlier.
        known: Returns what is known of the model's speed by now.
        loaded: Whether the model was in memory at the start.
    """

    model: str
    label: str
    prompts: str
    answers: Answers
    known: Callable[[], Known]
    loaded: bool = True


@dataclass(frozen=True, slots=True)
class Sort:
    """The sort of thread that a flow works in.

    Attributes:
        kind: As the list of threads calls it; it is also the verb that begins another one.
        noun: As the user calls what is made.
        version: The form of its saved state.
    """

    kind: ThreadKind
    noun: str
    version: int = 1

    def check(self, state: Mapping[str, Any]) -> None:  # Any: JSON values
        """Refuse a state that this program cannot go on with.

        Raises:
            ThreadDamagedError: If it is no state of this sort.
            ThreadError: If it was written by another version.
        """
        version = state.get("version")
        if version == self.version:
            return
        if not isinstance(version, int):
            raise self._damaged(f"The saved state of this {self.noun} is damaged: it does not say its form.")
        msg = f"This {self.noun} was saved by another version of vivek, in form {version}; this one reads form "
        hint = f"{self.kind.capitalize()} anew: what was asked before and has not changed is kept."
        raise ThreadError(f"{msg}{self.version}.", hint=hint)

    def unpack(self, kind: type[T], text: str) -> T:
        """Return the value that `pack` packed.

        Raises:
            ThreadDamagedError: If it is none.
        """
        try:
            return from_plain(kind, json.loads(text))
        except (ValueError, RecursionError) as error:
            raise self._damaged(f"What is kept of this {self.noun} is damaged: {error}") from error

    def _damaged(self, msg: str) -> ThreadDamagedError:
        return ThreadDamagedError(msg, hint=f"Other threads are not affected; {self.kind} anew.")


REVIEW: Final = Sort("review", "review")
NARRATIVE: Final = Sort("analyze", "narrative")


def models_of(by: Iterable[str], label: str) -> tuple[str, ...]:
    """Return who answered, each once; what does not say by whom is of the model `label`, and so is nothing at all."""
    return tuple(dict.fromkeys(each or label for each in by)) or (label,)


def pack(value: object) -> str:
    """Return a value of plain types as a text of ASCII."""
    return json.dumps(as_plain(value), separators=(",", ":"))


def unfold(saved: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON values
    """Return a saved state with all its keys side by side, as nodes and routing know it."""
    return {**saved.get("thread", {}), **saved.get("turn", {})}


def fold(update: Mapping[str, Any], saved: Mapping[str, Any]) -> Saved:
    """Return an update as the graph saves it, joined with what is saved."""
    thread = {key: value for key, value in update.items() if key in THREAD_KEYS}
    turn = {key: value for key, value in update.items() if key not in THREAD_KEYS}
    folded: Saved = {}
    if thread:
        folded["thread"] = {**saved.get("thread", {}), **thread}
    if turn:
        folded["turn"] = {**saved.get("turn", {}), **turn}
    return folded
