"""The input line: editing, history, completion, newlines, Ctrl-C and Ctrl-D. Shows no model text.

Enter sends; Alt+Enter, Ctrl-J or a backslash at the end of the line begin a new line; Ctrl-O opens a folded paste.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import in_terminal, run_in_terminal
from prompt_toolkit.completion import Completer
from prompt_toolkit.filters import Condition, has_completions, is_searching
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.output import Output

from vivek.cli.ahead import Ahead
from vivek.cli.editing import editing_keys
from vivek.cli.folding import FoldProcessor, Folds
from vivek.cli.keys import Keyboard
from vivek.cli.pasting import terminal_input
from vivek.cli.quiet import quiet_output
from vivek.cli.render.safe_text import visible

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that Shift+Tab turns while a message is typed.

    Attributes:
        shown: What stands before the prompt for it, or "".
        turn: Takes the next value.
        bare: Whether Enter on an empty line means something.
    """

    shown: Callable[[], str]
    turn: Callable[[], None]
    bare: Callable[[], bool] = bool


class Line:
    """Reads what the user types.

    Args:
        history: What was typed before.
        completer: Offers what can be meant while something is typed.
        hurried: Says whether Ctrl-C stopped something just now: then one more leaves.
        tell: Writes lines.
        folds: Holds long pastes; the history needs them to keep a message whole.
        source: Where keys come from; the terminal when None.
        target: Where the prompt is drawn; the terminal when None.

    Attributes:
        ahead: What is typed while something else has the screen.
    """

    def __init__(
        self,
        history: History,
        completer: Completer | None,
        *,
        hurried: Callable[[], bool],
        tell: Callable[[str], None],
        folds: Folds | None = None,
        source: Input | None = None,
        target: Output | None = None,
    ) -> None:
        self._hurried = hurried
        self._tell = tell
        self._folds = folds or Folds()
        self._switch: Switch | None = None
        self._armed = False
        self._begun = ""
        self._idle = asyncio.Event()
        self._idle.set()
        target = target or quiet_output()
        self._dumb = target is None
        self._keyboard = Keyboard(source, target)
        keys = source or terminal_input()
        self.ahead = Ahead(keys, self._folds)
        editing = editing_keys(self._folds, self._tell_above, lambda: self._switch is not None and self._switch.bare())
        self._session: PromptSession[str] = PromptSession(
            lambda: f"{self._switch.shown() if self._switch else ''}> ",
            multiline=True,
            prompt_continuation="  ",
            history=history,
            completer=completer,
            complete_while_typing=True,
            reserve_space_for_menu=4,
            key_bindings=merge_key_bindings([editing, self._bindings()]),
            input_processors=[FoldProcessor(self._folds)],
            input=keys,
            output=target,
        )
        self._session.default_buffer.on_text_changed += self._disarm

    @property
    def active(self) -> bool:
        """Whether the prompt is on the screen."""
        return self._session.app.is_running

    async def read(self, drawn: Callable[[], None] | None = None, *, switch: Switch | None = None) -> str:
        """Return what the user sends.

        Args:
            drawn: Called once, when the prompt is on the screen.
            switch: What Shift+Tab turns.

        Raises:
            EOFError: On Ctrl-D.
            KeyboardInterrupt: On the second Ctrl-C.
        """
        self._armed, self._switch = False, switch
        if self._dumb and drawn is not None:
            asyncio.get_running_loop().call_soon(drawn)  # the library draws a dumb terminal's prompt by itself
        pending = [drawn] if drawn and not self._dumb else []

        def once(_app: object) -> None:
            if pending:
                pending.pop()()

        begun, self._begun = _joined(self._begun, self.ahead.take_draft()), ""
        self._session.app.after_render += once
        try:
            text = await self._session.prompt_async(default=begun, set_exception_handler=False)
        finally:
            self._session.app.after_render -= once
            self._idle.set()
        return self._folds.whole(text)

    def prefill(self, text: str) -> None:
        """Put text into the line, for the user to go on with: now, or when the prompt comes next."""
        if self.active:
            self._session.default_buffer.insert_text(self._folds.fold(text))
        else:
            self._begun = _joined(self._begun, self._folds.fold(text))

    async def settle(self, tell: Callable[[str], None]) -> None:
        """Let a message be finished that was begun before a question came up: no part of it answers the question."""
        draft = self.ahead.take_draft()
        if not draft:
            return
        tell("A question waits. Enter keeps this message until the turn has ended, Ctrl-C puts it aside.")
        prompt: PromptSession[str] = PromptSession(
            "> ",
            multiline=True,
            key_bindings=editing_keys(self._folds, self._tell),
            input_processors=[FoldProcessor(self._folds)],
            input=self._session.input,
            output=self._session.output,
        )
        try:
            text = await prompt.prompt_async(default=draft, set_exception_handler=False)
        except (EOFError, KeyboardInterrupt):
            self._begun = _joined(self._begun, draft)
            return
        self.queue(text)

    def queue(self, text: str) -> bool:
        """Keep a message until the turn has ended; True, because it is kept."""
        if text.strip():
            self.ahead.queued.append(text)
        return True

    def next_queued(self) -> str | None:
        """Return the message that waits longest, shown as if it were typed now, or None."""
        if not self.ahead.queued:
            return None
        text = self.ahead.queued.pop(0)
        self._tell(visible(f"> {self._folds.shown(text)}"))
        return self._folds.whole(text)

    def give_back(self) -> None:
        """Put what waits into the line again, to be looked at before it is sent."""
        waiting, self.ahead.queued[:] = list(self.ahead.queued), []
        self._begun = _joined(*waiting, self._begun)

    async def aside(self, work: Callable[[Keyboard], Awaitable[T]]) -> T:
        """Let something have the keyboard for a moment, once nobody is typing; the prompt comes back afterwards."""
        await self._idle.wait()
        if self._dumb or not self.active:
            return await work(self._keyboard)
        async with in_terminal():
            result = await work(self._keyboard)
        # What was typed faster than it was read belongs to this line again.
        keys = self._session.app.key_processor
        keys.feed_multiple(get_typeahead(self._session.app.input))
        keys.process_keys()
        return result

    def type(self, text: str) -> None:
        """Put text into the line, as if it had been typed."""
        self._session.default_buffer.insert_text(text)

    async def ask(self, question: str) -> str:
        """Return one line that answers a question; it raises what `Keyboard.ask` does."""
        return await self._keyboard.ask(question)

    def discard(self) -> None:
        """Forget what was typed until now: no answer was meant by it."""
        self._keyboard.discard()

    async def above(self, write: Callable[[], None]) -> None:
        """Call what writes lines, above the prompt if it is on the screen."""
        if self.active:
            await run_in_terminal(write)
        else:
            write()

    def _tell_above(self, text: str) -> None:
        self._session.app.create_background_task(self.above(lambda: self._tell(text)))

    def _disarm(self, _buffer: object) -> None:
        if self._session.default_buffer.text:
            self._armed = False
            self._idle.clear()
        else:
            self._idle.set()

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("s-tab", filter=~has_completions & Condition(lambda: self._switch is not None))
        def _turn(_event: KeyPressEvent) -> None:
            if self._switch is not None:
                self._switch.turn()

        @keys.add("c-c", filter=~is_searching)
        @keys.add("<sigint>")
        def _stop(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if not buffer.text and (self._armed or self._hurried()):
                event.app.exit(exception=KeyboardInterrupt, style="class:aborting")
                return
            if not buffer.text:
                event.app.create_background_task(self.above(lambda: self._tell("Ctrl-C again, or Ctrl-D, leaves.")))
            buffer.reset()
            self._armed = True

        return keys


def _joined(*texts: str) -> str:
    return "\n".join(filter(None, texts))
