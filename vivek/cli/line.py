"""The input line: editing, history, completion, newlines, Ctrl-C and Ctrl-D. Shows no model text.

Enter sends; Alt+Enter, Ctrl-J or a backslash at the end of the line begin a new line.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import in_terminal, run_in_terminal
from prompt_toolkit.completion import ThreadedCompleter, merge_completers
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output

from vivek.cli.completing import MentionCompleter, SlashCompleter
from vivek.cli.keys import Keyboard, quiet_output
from vivek.cli.pasting import terminal_input

T = TypeVar("T")

_HISTORY_BYTES = 2**20
_ENTRY_CHARACTERS = 20_000


class ProjectHistory(History):
    """What was typed in a project, one JSON string a line, readable by its owner only.

    Args:
        data: The project's data folder; nothing is kept on disk while it does not exist.
    """

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._data = data
        self._unwritten: list[str] = []

    def load_history_strings(self) -> Iterable[str]:
        """Yield what was typed, newest first."""
        try:
            handle = self._open(os.O_RDONLY)
        except OSError:
            return
        with os.fdopen(handle, "rb") as stream:
            stream.seek(max(0, os.fstat(handle).st_size - _HISTORY_BYTES))
            lines = stream.read().split(b"\n")
        for line in reversed(lines):
            try:
                text = json.loads(line)
            except ValueError:
                continue  # cut off by a kill, or by the limit
            if isinstance(text, str):
                yield text

    def store_string(self, string: str) -> None:
        """Keep a text; one that cannot be written yet is tried again with the next."""
        if len(string) > _ENTRY_CHARACTERS:
            return
        self._unwritten.append(json.dumps(string) + "\n")
        try:
            handle = self._open(os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        except OSError:
            return  # no history is better than no prompt
        with os.fdopen(handle, "wb") as stream:
            stream.write("".join(self._unwritten).encode())
        self._unwritten.clear()

    def _open(self, flags: int) -> int:
        """Open the file without following a link that a repository may have brought."""
        safe = os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY | safe)
        try:
            if flags & os.O_CREAT:
                with suppress(FileExistsError):
                    os.mkdir("cache", 0o700, dir_fd=folder)
            cache = os.open("cache", os.O_RDONLY | os.O_DIRECTORY | safe, dir_fd=folder)
            try:
                return os.open("history", flags | safe, 0o600, dir_fd=cache)
            finally:
                os.close(cache)
        finally:
            os.close(folder)


class Line:
    """Reads what the user types.

    Args:
        history: What was typed before.
        names: Names to complete, each with what it does.
        mentions: Completes what stands behind an `@`; it is called in a thread.
        hurried: Says whether Ctrl-C stopped something just now: then one more leaves.
        tell: Writes lines.
        source: Where keys come from; the terminal when None.
        target: Where the prompt is drawn; the terminal when None.
    """

    def __init__(
        self,
        history: History,
        names: Mapping[str, str],
        *,
        hurried: Callable[[], bool],
        tell: Callable[[str], None],
        mentions: Callable[[str], Sequence[tuple[str, str]]] = lambda _: (),
        source: Input | None = None,
        target: Output | None = None,
    ) -> None:
        self._hurried = hurried
        self._tell = tell
        self._armed = False
        self._idle = asyncio.Event()
        self._idle.set()
        target = target or quiet_output()
        self._dumb = target is None
        self._keyboard = Keyboard(source, target)
        self._session: PromptSession[str] = PromptSession(
            "> ",
            multiline=True,
            prompt_continuation="  ",
            history=history,
            completer=merge_completers([SlashCompleter(names), ThreadedCompleter(MentionCompleter(mentions))]),
            complete_while_typing=True,
            reserve_space_for_menu=4,
            key_bindings=self._bindings(),
            input=source or terminal_input(),
            output=target,
        )
        self._session.default_buffer.on_text_changed += self._disarm

    @property
    def active(self) -> bool:
        """Whether the prompt is on the screen."""
        return self._session.app.is_running

    async def read(self, drawn: Callable[[], None] | None = None) -> str:
        """Return what the user sends.

        Args:
            drawn: Called once, when the prompt is on the screen.

        Raises:
            EOFError: On Ctrl-D.
            KeyboardInterrupt: On the second Ctrl-C.
        """
        self._armed = False
        if self._dumb and drawn is not None:
            asyncio.get_running_loop().call_soon(drawn)  # the library draws a dumb terminal's prompt by itself
        pending = [drawn] if drawn and not self._dumb else []

        def once(_app: object) -> None:
            if pending:
                pending.pop()()

        self._session.app.after_render += once
        try:
            return await self._session.prompt_async(set_exception_handler=False)
        finally:
            self._session.app.after_render -= once
            self._idle.set()

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

    def _disarm(self, _buffer: object) -> None:
        if self._session.default_buffer.text:
            self._armed = False
            self._idle.clear()
        else:
            self._idle.set()

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("enter")
        def _send(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if buffer.document.text_before_cursor.endswith("\\"):
                buffer.delete_before_cursor(1)
                buffer.insert_text("\n")
            elif buffer.text.strip():
                buffer.validate_and_handle()

        @keys.add("escape", "enter")
        @keys.add("c-j")
        def _newline(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add("c-c")
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
