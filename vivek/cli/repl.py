"""The chat: reads lines, runs turns and slash commands. Its session is `turn/current.py`'s.

Nothing that a turn needs is imported before that prompt is on the screen.
"""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from vivek import __version__
from vivek.cli.keys import Interrupts, SignalledError
from vivek.cli.line import Line, Switch
from vivek.cli.render.going_on import ways_in_chat
from vivek.cli.render.safe_text import problem, visible
from vivek.cli.render.totals import Totals, totals_of
from vivek.cli.slash.jobs import ChatJobs
from vivek.cli.slash.registry import is_slash, run_slash
from vivek.cli.troubles import link_of
from vivek.cli.turn.approval import editor_of
from vivek.cli.turn.bell import Bell
from vivek.cli.turn.current import CurrentSession
from vivek.cli.turn.draw import Turn
from vivek.cli.turn.known import FromIndex
from vivek.cli.turn.leaving import tell_aside, way_back
from vivek.cli.turn.opening import Opening
from vivek.cli.turn.parties import Conversation, View
from vivek.errors import VivekError
from vivek.schema.events import BudgetSpent
from vivek.schema.report import TurnReport
from vivek.schema.wishes import AS_USUAL, Attached, TurnWish

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

T = TypeVar("T")

_GOES_ON = ("done", "declined", "incomplete")


class Chat:
    """The loop of one chat; also the desk of its slash commands.

    Args:
        place: The project.
        choices: What the command line asked for.
        opening: Opens sessions.
        line: Reads what is typed.
        interrupts: What stops a turn.
        make_view: Gives a fresh view for a turn.
        tell: Writes lines.
        bell: Calls back whoever went away, or None.
    """

    def __init__(
        self,
        place: "Place",
        choices: "Choices",
        *,
        opening: Opening,
        line: Line,
        interrupts: Interrupts,
        make_view: Callable[[], View],
        tell: Callable[[str], None],
        bell: Bell | None = None,
    ) -> None:
        self.place = place
        self.spent: BudgetSpent | None = None
        self.kept = ""
        self._ran: Conversation | None = None
        self._asked_back = False
        self.tell = tell
        self.jobs = ChatJobs(tell)
        self.asker = line
        self._current = CurrentSession(place, choices, opening=opening, line=line, interrupts=interrupts, tell=tell)
        self._interrupts = interrupts
        self._make_view = make_view
        self._bell = bell
        self._known = FromIndex(place, choices, tell)
        self._guard = Switch(self._current.guard_shown, self._current.turn_guard, lambda: self._known.waits)
        self._totals = Totals()
        self._left = False

    @property
    def choices(self) -> "Choices":
        """What the session was, or will be, opened with."""
        return self._current.choices

    @property
    def thread(self) -> str | None:
        """The id of the thread the chat is in, None before its first turn."""
        return self._current.thread

    async def chat(self, first: str | None, *, resume: bool = False) -> int:
        """Run the loop until the user leaves; return the exit code.

        Args:
            first: What to send before anything is typed.
            resume: Go on with the open turn before anything is typed.
        """
        code, tell = 0, self.tell
        self.tell(visible(f"vivek {__version__} · {self.place.root} · /help"))
        for notice in self.place.notices:
            self.tell(problem(notice.text, notice.hint))
        try:
            if first is not None:
                await self._say(first)
            elif resume:
                await self.run(None)
            while not self._left:
                self.jobs.tell_ended()
                self._tell_news()
                await self._take(
                    self.asker.next_queued() or await self.asker.read(self._current.begin, switch=self._guard)
                )
        except SignalledError:
            tell = tell_aside
            raise
        except (EOFError, KeyboardInterrupt) as end:
            code = 0 if isinstance(end, EOFError) else 130
        finally:
            await self.jobs.close()
            await self._known.close()
            await self.release()
            if self._totals.turns:
                tell(totals_of(self._totals))
            if self.thread and (back := way_back(self.place.root, self.thread)):
                tell(back)
        return code

    def opened(self) -> Conversation | None:
        """Return the session if it is open."""
        return self._current.opened()

    async def release(self) -> None:
        """Close the session; the next turn opens it again."""
        await self._current.release()

    async def reopen(self, choices: "Choices") -> Conversation | None:
        """Open a session with other choices; None when that failed, which was told."""
        return await self._current.reopen(choices)

    async def run(self, text: str | None, wish: TurnWish = AS_USUAL) -> TurnReport | None:
        """Run a turn; None goes on with the open one. Return how it ended, None where it did not begin."""
        conversation = await self._current.get()
        if conversation is None:
            return None
        self._current.thread = conversation.thread_id
        edit = editor_of(self.place)
        turn = Turn(
            conversation,
            self._make_view(),
            asker=self.asker,
            interrupts=self._interrupts,
            edit=edit,
            ahead=self.asker.ahead,
            bell=self._bell,
        )
        try:
            await turn.run(text, self._current.wish(wish))
        except VivekError as error:
            self.tell(problem(error.message, error.hint))
        self.spent = turn.spent or self.spent
        self._interrupts.leave()
        if turn.report is not None:
            self._totals.add(turn.report, turn.verdicts)
        self.kept = "" if turn.report is None else turn.report.reply
        self._ran = conversation
        self._asked_back = turn.report is not None and turn.report.question is not None
        if turn.report is not None and (told := [*filter(None, (ways_in_chat(turn.report), link_of(turn.report)))]):
            self.tell("\n".join(told))
        if turn.report is None or turn.report.status not in _GOES_ON:
            self.asker.give_back()  # what was typed before this was known may be meant otherwise now
        return turn.report

    async def stoppable(self, work: Coroutine[Any, Any, T]) -> T:
        """Run some work that Esc and Ctrl-C stop; what is typed meanwhile waits for its end, unseen until then.

        Raises:
            TurnCancelledError: If it was stopped.
        """
        with self.asker.ahead.reading(changed=lambda: None, stop=self._interrupts.stop):
            return await self._interrupts.run(work)

    def choose(self, choices: "Choices") -> None:
        """Take other choices, which need no other session."""
        self._current.choices = choices

    def attach(self, attached: Attached) -> None:
        """Let a text go with the next message."""
        self._current.attached.append(attached)

    def prefill(self, text: str) -> None:
        """Put a text into the prompt, for the user to go on with."""
        self.asker.prefill(text)

    async def renew(self) -> None:
        """Close the session; the next turn begins a new thread."""
        await self._current.renew()
        self.spent = None

    def leave(self) -> None:
        """End the chat."""
        self._left = True

    async def _take(self, text: str) -> None:
        if not is_slash(text):
            await self._say(text)
            return
        try:
            await run_slash(self, text)
        except VivekError as error:
            self.tell(problem(error.message, error.hint))

    async def _say(self, text: str) -> None:
        """Answer a message from what is known, or send it; an empty one sends what was answered so before."""
        if not text.strip():
            if (asked := self._known.take()) is not None:
                await self.run(asked)
        # What goes with other things, or answers a question, is meant for the model.
        elif self._current.attached or self._answers() or not await self._known.answer(text):
            await self.run(text)

    def _answers(self) -> bool:
        """Tell whether the next message answers a question of the model, of this chat or one that was opened again."""
        conversation = self.opened()
        if conversation is None or conversation is self._ran:
            return self._asked_back
        return conversation.reopening.question is not None

    def _tell_news(self) -> None:
        for notice in () if (opened := self.opened()) is None else opened.take_news():
            self.tell(problem(notice.text, notice.hint))
