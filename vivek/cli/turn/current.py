"""The session that a chat is in: opened behind the prompt, announced once, let go and opened again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from vivek.cli.keys import Interrupts, Keyboard
from vivek.cli.line import Line
from vivek.cli.render.phrases import waiting_of
from vivek.cli.render.safe_text import problem, visible
from vivek.cli.turn.opening import Opening
from vivek.cli.turn.parties import Conversation
from vivek.cli.turn.starting import offer_help
from vivek.errors import TurnCancelledError, VivekError
from vivek.schema.wishes import Attached, TurnWish

if TYPE_CHECKING:
    from vivek.schema.approval import ApprovalPolicy
    from vivek.session.options import Choices
    from vivek.session.place import Place

_CYCLE: tuple["ApprovalPolicy", ...] = ("ask", "edits", "none")
_SHOWN: "Mapping[ApprovalPolicy, str]" = {
    "edits": "[edits unasked]",
    "all": "[all unasked]",
    "none": "[nothing applied]",
}


class CurrentSession:
    """Holds the session of a chat, whichever it is at the moment.

    Args:
        place: The project.
        choices: What the command line asked for.
        opening: Opens sessions.
        line: Who is asked, and above whose prompt news is written.
        interrupts: What stops the opening.
        tell: Writes lines.

    Attributes:
        choices: What the session was, or will be, opened with.
        thread: The id of the thread the chat is in, None before its first turn.
        attached: What goes with the next message.
    """

    def __init__(
        self,
        place: "Place",
        choices: "Choices",
        *,
        opening: Opening,
        line: Line,
        interrupts: Interrupts,
        tell: Callable[[str], None],
    ) -> None:
        self.choices = choices
        self.thread: str | None = None
        self.attached: list[Attached] = []
        self._place = place
        self._opening = opening
        self._line = line
        self._interrupts = interrupts
        self._tell = tell
        self._announced: Conversation | None = None
        self._announcing: asyncio.Task[None] | None = None

    def opened(self) -> Conversation | None:
        """Return the session if it is open."""
        return self._opening.opened()

    def begin(self) -> None:
        """Open the session behind the prompt that has just been drawn, and let its model get ready."""
        if (conversation := self.opened()) is not None:
            conversation.warm()
        if self._announcing is None and not self._opening.started:
            self._announcing = asyncio.create_task(self._announce_when_open())

    async def get(self) -> Conversation | None:
        """Return the session, opened now if need be; None when that failed, which was told."""
        try:
            opening = self._opening.conversation(self.choices, lambda: self._tell("Getting the model ready."))
            conversation = await self._interrupts.run(opening)
        except (TurnCancelledError, VivekError) as error:
            self._tell(problem(error.message, error.hint))
            helped = await offer_help(error, self._line, self._tell, self._interrupts)
            return await self.get() if helped else None
        self._announce(conversation)
        return conversation

    async def release(self) -> None:
        """Close the session; the next turn opens it again."""
        if self._announcing is not None:
            self._announcing.cancel()
            await asyncio.wait({self._announcing})
            self._announcing = None
        if self.thread is not None:
            self.choices = replace(self.choices, thread=self.thread, latest=False)
        await self._opening.stop()

    async def renew(self) -> None:
        """Close the session and leave its thread; the next turn begins a new one, with the model it has now."""
        await self.release()
        if self.thread is not None:
            self._keep_model(self.thread)
        self.thread = None
        self.choices = replace(self.choices, thread=None, latest=False)

    def wish(self, wish: TurnWish) -> TurnWish:
        """Return how a turn is wanted, with the mode of the chat and what waits to go with the next message."""
        attached = (*self.attached, *wish.attached)
        self.attached.clear()
        return replace(wish, mode=wish.mode or self.choices.mode, attached=attached)

    async def reopen(self, choices: "Choices") -> Conversation | None:
        """Open a session with other choices; None when that failed, which was told."""
        await self.release()
        before, self.choices = self.choices, choices
        conversation = await self.get()
        if conversation is None:
            self.choices = before
        elif choices.thread is not None:
            self.thread = conversation.thread_id
            await self._offer(conversation)
        return conversation

    def guard_shown(self) -> str:
        """Return what stands before the prompt where edits are not asked about, "" where they are."""
        policy = self._guard()
        return "" if policy == "ask" else f"{_SHOWN[policy]} "

    def turn_guard(self) -> None:
        """Take the next approval setting, for the turns that follow; all is for the command line and `/approve`."""
        policy = _CYCLE[(_CYCLE.index(self._guard()) + 1) % len(_CYCLE)] if self._guard() in _CYCLE else "ask"
        self.choices = replace(self.choices, approve=policy)
        conversation = self.opened()
        if conversation is not None:
            conversation.approval = policy

    def _guard(self) -> "ApprovalPolicy":
        conversation = self.opened()
        return (self.choices.approve or "ask") if conversation is None else conversation.approval

    def _keep_model(self, thread: str) -> None:
        """Go on with the model of a thread in another one, where neither settings nor command line name any."""
        from vivek.session.threads.index import ThreadIndex

        with ThreadIndex.open() as index:
            row, address = index.get(thread, self._place.root), index.base_url(thread, self._place.root)
        if row is not None and row.model:
            self.choices = replace(self.choices, found=row.model, found_at=address)

    async def _announce_when_open(self) -> None:
        try:
            conversation = await self._opening.conversation(self.choices)
        except VivekError as error:
            told = problem(error.message, error.hint)
            await self._line.above(lambda: self._tell(told))
            return
        await self._line.above(lambda: self._announce(conversation))
        await self._offer(conversation)
        if self.opened() is conversation:
            conversation.warm()

    async def _offer(self, conversation: Conversation) -> None:
        """Where there is much to read again, let one key sum the thread up first; Enter goes on."""
        due = conversation.reopening.reread
        if due is None or not due.worth_asking:
            return

        async def settle(keyboard: Keyboard) -> str:
            key = await keyboard.key("[c]ompact first, Enter goes on ")
            if key != "c":
                return key if len(key) == 1 else ""
            self._tell("Summing the conversation up.")
            try:
                told = await self._interrupts.run(conversation.compact())
            except (TurnCancelledError, VivekError) as error:
                self._tell(problem(error.message, error.hint))
            else:
                for notice in told:
                    self._tell(problem(notice.text, notice.hint))
            return ""

        if typed := await self._line.aside(settle):
            self._line.type(typed)  # it was the beginning of a message

    def _announce(self, conversation: Conversation) -> None:
        """Tell once what there is to know of a session."""
        if self._announced is conversation:
            return
        self._announced = conversation
        if self.choices.thread is not None or self.choices.latest:
            self.thread = conversation.thread_id
        self._tell(visible(conversation.banner))
        for notice in conversation.notices:
            if notice not in self._place.notices:  # these were told at the start
                self._tell(problem(notice.text, notice.hint))
        if conversation.waiting is not None:
            self._tell(problem(waiting_of(conversation.waiting), "`/resume` shows it and asks"))
