"""Signals and keys while vivek works: Ctrl-C stops the turn, a second one leaves.

Asks single questions; the chat's own line is `line.py`.
"""

import signal
import sys
import termios
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from vivek.errors import TurnCancelledError

if TYPE_CHECKING:
    import asyncio

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

T = TypeVar("T")

_LEAVE_SECONDS = 1.0
_ENDING = (signal.SIGTERM, signal.SIGHUP)


class SignalledError(KeyboardInterrupt):
    """A signal asks the process to end. Not an `Exception`, so that nothing on the way takes it for a failure.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def end_on_signals() -> None:
    """Let TERM and HUP unwind the process, so that terminal, locks and children are left in order."""
    for number in _ENDING:
        signal.signal(number, _raise_signalled)


def ignore_interrupts() -> None:
    """Ignore further Ctrl-C, and let nothing unwind any more: the process is on its way out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)


class Interrupts:
    """Ctrl-C, TERM and HUP while something runs.

    Args:
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: float | None = None
        self._stopped = False
        self._ended_by: int | None = None
        self._task: asyncio.Task[Any] | None = None  # Any: the caller's own result

    def recent(self) -> bool:
        """Tell whether Ctrl-C came within the last second."""
        return self._last is not None and self._clock() - self._last < _LEAVE_SECONDS

    def leave(self) -> None:
        """Raise `SignalledError` if a signal asks the process to end, and the work came to its end first."""
        if self._ended_by is not None:
            raise SignalledError(self._ended_by)

    def stop(self) -> None:
        """Cancel the work as the first Ctrl-C does; another one leaves nothing."""
        self._stopped = True
        self._cancel()

    def hang_up(self) -> None:
        """End the work as HUP does: its terminal is gone."""
        self._end(signal.SIGHUP)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run some work; the first Ctrl-C cancels it, a second within a second leaves.

        Raises:
            TurnCancelledError: If Ctrl-C stopped the work.
            SignalledError: If TERM or HUP did.
            KeyboardInterrupt: On the second Ctrl-C.
        """
        import asyncio

        task = asyncio.ensure_future(work)
        self._task = task
        self._stopped = False
        with self._watching(asyncio.get_running_loop()):
            try:
                return await task
            except asyncio.CancelledError:
                if self._ended_by is not None:
                    raise SignalledError(self._ended_by) from None
                if not self._stopped:
                    raise
                msg = "The turn was stopped."
                raise TurnCancelledError(msg) from None

    @contextmanager
    def _watching(self, loop: "asyncio.AbstractEventLoop") -> Iterator[None]:
        watched = (signal.SIGINT, *_ENDING)
        before = {number: signal.getsignal(number) for number in watched}
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        for number in _ENDING:
            loop.add_signal_handler(number, self._end, number)
        try:
            yield
        finally:
            for number in watched:
                loop.remove_signal_handler(number)
                signal.signal(number, before[number])

    def _interrupt(self) -> None:
        if self.recent():
            raise KeyboardInterrupt
        self._last, self._stopped = self._clock(), True
        self._cancel()

    def _end(self, number: int) -> None:
        self._ended_by = number
        self._cancel()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()


class Keyboard:
    """Asks questions on the terminal.

    Args:
        source: Where keys come from; the terminal when None.
        target: Where the question is drawn; the terminal when None.
    """

    def __init__(self, source: "Input | None" = None, target: "Output | None" = None) -> None:
        self._source = source
        self._target = target

    async def ask(self, question: str) -> str:
        """Return one line that answers a question.

        Raises:
            EOFError: On Ctrl-D.
            KeyboardInterrupt: On Ctrl-C.
        """
        from prompt_toolkit import PromptSession

        from vivek.cli.pasting import terminal_input

        source = self._source or terminal_input()
        session: PromptSession[str] = PromptSession(question, input=source, output=self._target)
        return await session.prompt_async(set_exception_handler=False)

    def queue(self, _text: str) -> bool:
        """Keep nothing: there is no later turn here."""
        return False

    async def settle(self, _tell: Callable[[str], None]) -> None:
        """Wait for nobody: what is typed here is an answer or nothing."""

    def discard(self) -> None:
        """Forget what was typed until now: no answer was meant by it."""
        from prompt_toolkit.application.current import get_app_session
        from prompt_toolkit.input.typeahead import clear_typeahead

        if self._source is None and sys.stdin is not None and sys.stdin.isatty():
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
        clear_typeahead(self._source or get_app_session().input)

    async def key(self, question: str) -> str:
        """Return the one key that answers a question: what it types, or `enter`, `escape`, `c-c`, `c-d`.

        Keys that type nothing, such as arrows, are waited over. What is pasted comes as a whole.
        """
        from vivek.cli.quiet import quiet_output

        target = self._target or quiet_output()
        if target is None:  # a dumb terminal has lines, no keys
            try:
                return (await self.ask(question)).strip() or "enter"
            except (EOFError, KeyboardInterrupt) as end:
                return "c-d" if isinstance(end, EOFError) else "c-c"
        from prompt_toolkit.application import Application
        from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
        from prompt_toolkit.keys import Keys
        from prompt_toolkit.layout import FormattedTextControl, Layout, Window

        keys = KeyBindings()

        @keys.add("<any>")
        def _typed(event: KeyPressEvent) -> None:
            if event.data.isprintable() and event.data:
                event.app.exit(result=event.data)

        @keys.add(Keys.BracketedPaste)
        def _pasted(event: KeyPressEvent) -> None:
            event.app.exit(result=event.data)

        for name in ("enter", "escape", "c-c", "c-d"):

            @keys.add(name)
            def _named(event: KeyPressEvent, name: str = name) -> None:
                event.app.exit(result=name)

        shown = Window(FormattedTextControl(question, show_cursor=False), wrap_lines=True, dont_extend_height=True)
        app: Application[str] = Application(Layout(shown), key_bindings=keys, input=self._source, output=target)
        return await app.run_async(handle_sigint=False, set_exception_handler=False)


def _raise_signalled(number: int, _frame: FrameType | None) -> NoReturn:
    raise SignalledError(number)
