"""What is typed while a turn runs: messages that wait for its end, and one that is still being written."""

import asyncio
import os
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from vivek.cli.folding import Folds
from vivek.cli.pasting import goes_on

_ESCAPE_SECONDS = 0.03  # what belongs to one key arrives together: after this an escape stands alone
_MARK_PASTES, _MARK_NO_PASTES = "\x1b[?2004h", "\x1b[?2004l"
_CURSOR = "\u258f"


class Ahead:
    """Reads messages ahead of time; none of them answers a question.

    Args:
        source: Where keys come from.
        folds: Holds what is pasted.

    Attributes:
        queued: The messages that wait, as the line shows them.
    """

    def __init__(self, source: Input, folds: Folds) -> None:
        self.queued: list[str] = []
        self._source = source
        self._folds = folds
        self._draft = Buffer(multiline=True)
        self._changed: Callable[[], None] = lambda: None
        self._stop: Callable[[], None] = lambda: None
        self._waiting: asyncio.TimerHandle | None = None
        self._pasting = False

    @contextmanager
    def reading(self, *, changed: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
        """Read keys meanwhile.

        Args:
            changed: Called when `shown` has changed.
            stop: Called on Esc, when there is nothing that it takes back.
        """
        self._changed, self._stop = changed, stop
        with _keys_at_once(self._source), self._source.attach(self._read):
            self._take(get_typeahead(self._source))
            changed()
            try:
                yield
            finally:
                self._stop = lambda: None  # there is nothing to be stopped any more
                self._flush()

    def shown(self) -> tuple[list[str], str]:
        """Return the messages that wait, and the line that is being written with its cursor, "" for none."""
        queued = [self._folds.shown(text) for text in self.queued]
        if not self._draft.text:
            return queued, ""
        document = self._draft.document
        before, after = document.current_line_before_cursor, document.current_line_after_cursor
        return queued, f"{self._folds.shown(before)}{_CURSOR}{self._folds.shown(after)}"

    def take_draft(self) -> str:
        """Return what is being written, and forget it."""
        text = self._draft.text
        self._draft.reset()
        return text

    def _read(self) -> None:
        self._take(self._source.read_keys())
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.get_running_loop().call_later(_ESCAPE_SECONDS, self._flush)

    def _flush(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._take(self._source.flush_keys())

    def _take(self, presses: Sequence[KeyPress]) -> None:
        """Do what keys say that arrived together."""
        if not presses:
            return
        at = 0
        while at < len(presses):
            keys = [press.key for press in presses[at : at + 2]]
            if keys[0] == Keys.Escape and keys[1:] not in ([], [Keys.Escape]):  # a key with Alt held
                if keys[1] == Keys.ControlM:
                    self._draft.insert_text("\n")
                at += 2
                continue
            at += 1
            self._press(presses[at - 1], presses[at:])
        self._pasting = False
        self._changed()

    def _press(self, press: KeyPress, rest: Sequence[KeyPress]) -> None:
        draft = self._draft
        match press.key:
            case Keys.ControlM:
                self._enter(rest)
            case Keys.ControlJ:
                draft.insert_text("\n")
            case Keys.BracketedPaste:
                draft.insert_text(self._folds.fold(press.data))
            case Keys.Escape:
                self._take_back() if self.queued else self._stop()
            case Keys.ControlD if not draft.text:
                self.queued.append("/exit")
            case Keys.Up:
                self._up()
            case _:
                self._edit(press)

    def _edit(self, press: KeyPress) -> None:
        draft = self._draft
        match press.key:
            case Keys.ControlH | Keys.Backspace:
                draft.delete_before_cursor()
            case Keys.Delete | Keys.ControlD:
                draft.delete()
            case Keys.Left:
                draft.cursor_left()
            case Keys.Right:
                draft.cursor_right()
            case Keys.Home | Keys.ControlA:
                draft.cursor_position += draft.document.get_start_of_line_position()
            case Keys.End | Keys.ControlE:
                draft.cursor_position += draft.document.get_end_of_line_position()
            case Keys.ControlW:
                draft.delete_before_cursor(-(draft.document.find_start_of_previous_word(WORD=True) or 0))
            case Keys.ControlU:
                draft.delete_before_cursor(draft.cursor_position)
            case _ if len(press.data) == 1 and press.data.isprintable():
                draft.insert_text(press.data)

    def _enter(self, rest: Sequence[KeyPress]) -> None:
        draft = self._draft
        if draft.document.text_before_cursor.endswith("\\"):
            draft.delete_before_cursor()
            draft.insert_text("\n")
        elif self._pasting or goes_on(rest):
            self._pasting = True
            draft.insert_text("\n")
        elif draft.text.strip():
            self.queued.append(self.take_draft())

    def _up(self) -> None:
        if self._draft.document.cursor_position_row:
            self._draft.cursor_up()
        elif self.queued:
            self._take_back()

    def _take_back(self) -> None:
        """Let the newest message that waits be edited; what was begun comes behind it."""
        begun = self.take_draft()
        text = self.queued.pop()
        self._draft.insert_text("\n".join(filter(None, (text, begun))))


@contextmanager
def _keys_at_once(source: Input) -> Iterator[None]:
    """Let keys come one by one and unseen; Ctrl-C stays a signal, for whatever the event loop is busy with."""
    if not os.isatty(source.fileno()):
        yield
        return
    handle = source.fileno()
    before = termios.tcgetattr(handle)
    now = list(before)
    now[0] = before[0] & ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    # NOFLSH: Ctrl-C must not throw away text that is still on its way to the screen.
    now[3] = (before[3] & ~(termios.ECHO | termios.ICANON | termios.IEXTEN)) | termios.NOFLSH
    now[6] = [*before[6]]
    now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
    termios.tcsetattr(handle, termios.TCSANOW, now)
    _write(_MARK_PASTES)
    try:
        yield
    finally:
        with suppress(OSError, termios.error):  # the terminal may be gone
            _write(_MARK_NO_PASTES)
            termios.tcsetattr(handle, termios.TCSANOW, before)


def _write(mode: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(mode)
        sys.stdout.flush()
