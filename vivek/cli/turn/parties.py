"""Who takes part in a turn, as far as the command line sees them: what shows it, the conversation, who opens one."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from vivek.schema.approval import ApprovalPolicy, Decision
from vivek.schema.context import ContextReport
from vivek.schema.events import Event, Notice, Question
from vivek.schema.reopening import Reopening
from vivek.schema.wishes import AS_USUAL, TurnWish

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place


class View(Protocol):
    """Something that shows a turn."""

    def show(self, event: Event) -> None:
        """Show an event."""
        ...

    def tick(self) -> None:
        """Bring what moves up to date; called about twelve times a second."""
        ...

    def close(self) -> None:
        """Leave the screen in order; `show` may come again."""
        ...

    def tell(self, text: str) -> None:
        """Show lines of vivek's own."""
        ...

    def typing(self, queued: Sequence[str], draft: str) -> None:
        """Show what is typed meanwhile, below everything else: messages that wait, and one with its cursor."""
        ...


class Conversation(Protocol):
    """What of a session is needed here."""

    thread_id: str
    model: str
    banner: str
    notices: tuple[Notice, ...]
    approval: ApprovalPolicy

    @property
    def reopening(self) -> Reopening:
        """What the thread was like when it was opened."""
        ...

    @property
    def waiting(self) -> Question | None:
        """A question that waits for the user, or None."""
        ...

    def send(self, text: str | None, wish: TurnWish = AS_USUAL) -> AsyncIterator[Event]:
        """Run a turn as it is wanted; None goes on with the open one."""
        ...

    def answer(self, decision: Decision) -> AsyncIterator[Event]:
        """Answer what waits."""
        ...

    async def context(self) -> ContextReport:
        """Return what the thread costs windows and caches."""
        ...

    async def compact(self, keep: str = "") -> tuple[Notice, ...]:
        """Sum the conversation up; return what there is to tell."""
        ...

    async def in_view(self, paths: Sequence[str] | None = None) -> tuple[str, ...]:
        """Keep these files in view of the model and no others, if any are given; return those that are."""
        ...

    def take_news(self) -> tuple[Notice, ...]:
        """Return what came of work behind the conversation since the last call."""
        ...

    def warm(self) -> None:
        """Let the model get ready while the user types."""
        ...


class Opener(Protocol):
    """Opens a conversation."""

    def __call__(self, place: "Place", choices: "Choices") -> AbstractAsyncContextManager[Conversation]:
        """Return the conversation as a context."""
        ...
