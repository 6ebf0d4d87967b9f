"""What a slash command may use of the chat."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from vivek.cli.slash.jobs import ChatJobs
from vivek.cli.turn.asking import Asker
from vivek.cli.turn.parties import Conversation
from vivek.schema.events import BudgetSpent
from vivek.schema.report import TurnReport
from vivek.schema.wishes import AS_USUAL, Attached, TurnWish

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

T = TypeVar("T")


class Desk(Protocol):
    """The chat as a slash command sees it.

    Attributes:
        place: The project.
        spent: What filled the window last, or None.
        jobs: The commands that run in the background.
        kept: The file with the reply of a turn that failed just now, or "".
    """

    place: "Place"
    spent: BudgetSpent | None
    jobs: ChatJobs
    kept: str

    @property
    def asker(self) -> Asker:
        """Who answers questions."""
        ...

    @property
    def choices(self) -> "Choices":
        """What the session was, or will be, opened with."""
        ...

    @property
    def thread(self) -> str | None:
        """The id of the thread the chat is in, None before its first turn."""
        ...

    def tell(self, text: str) -> None:
        """Show lines."""
        ...

    def opened(self) -> Conversation | None:
        """Return the session if it is open."""
        ...

    async def release(self) -> None:
        """Close the session; the next turn opens it again."""
        ...

    async def reopen(self, choices: "Choices") -> Conversation | None:
        """Open a session with other choices; None when that failed, which was told."""
        ...

    async def run(self, text: str | None, wish: TurnWish = AS_USUAL) -> TurnReport | None:
        """Run a turn; None goes on with the open one. Return how it ended, None where it did not begin."""
        ...

    async def stoppable(self, work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine takes and yields
        """Run some work that Esc and Ctrl-C stop; what is typed meanwhile waits for its end.

        Raises:
            TurnCancelledError: If it was stopped.
        """
        ...

    def choose(self, choices: "Choices") -> None:
        """Take other choices, which need no other session."""
        ...

    def attach(self, attached: Attached) -> None:
        """Let a text go with the next message."""
        ...

    def prefill(self, text: str) -> None:
        """Put a text into the prompt, for the user to go on with."""
        ...

    async def renew(self) -> None:
        """Close the session; the next turn begins a new thread."""
        ...

    def leave(self) -> None:
        """End the chat."""
        ...
