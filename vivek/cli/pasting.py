"""Keeps a paste in one piece: what it holds cannot end it early and act as if it had been typed."""

import select
from collections.abc import Iterable

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.input.posix_utils import PosixStdinReader
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_MUCH = 256  # characters that nobody types between two looks at the keyboard
_MOST = 4_000_000
_PAUSE_SECONDS = 0.1


class PasteParser(Vt100Parser):
    """Reads keys; of what arrives together, a paste ends at the last mark of its end, not at the first.

    Good terminals take such marks out of what they paste; this is for the others. A paste that arrives in several
    pieces can still end early where the last mark of a piece is one of its own. Time is linear in what is pasted.
    """

    def reset(self, request: bool = False) -> None:
        """Forget what was begun."""
        super().reset(request)
        self._pieces: list[str] = []

    def feed(self, data: str) -> None:
        """Take in what the terminal sent."""
        inside = self._in_bracketed_paste
        if not inside:
            begin = data.find(_BEGIN)
            if begin < 0:
                if _is_pasted(data):
                    self.feed_key_callback(KeyPress(Keys.BracketedPaste, data))
                    return
                super().feed(data)
                if self._in_bracketed_paste:  # the mark came in two parts
                    self._pieces, self._paste_buffer = [self._paste_buffer], ""
                return
            super().feed(data[: begin + len(_BEGIN)])
            self._pieces = []
            data = data[begin + len(_BEGIN) :]
        self._collect(data)

    def _collect(self, data: str) -> None:
        """Add to a paste, up to the last mark of its end if there is one."""
        held = ""
        if self._pieces:  # a mark may come in two parts
            last = self._pieces.pop()
            self._pieces.append(last[: -len(_END)])
            held = last[-len(_END) :]
        data = held + data
        end = data.rfind(_END)
        if end < 0:
            self._pieces.append(data)
            return
        text = "".join([*self._pieces, data[:end]])
        self._pieces = []
        self._in_bracketed_paste = False
        self.feed_key_callback(KeyPress(Keys.BracketedPaste, text.replace(_BEGIN, _BEGIN[1:]).replace(_END, _END[1:])))
        self.feed(data[end + len(_END) :])


class WholeReader(PosixStdinReader):
    """Reads what is pasted in one piece: a terminal hands it on by the kilobyte."""

    def read(self, count: int = 1024) -> str:
        """Return what is there; of something long also what comes directly behind it."""
        pieces = [super().read(count)]
        size = len(pieces[0])
        while _MUCH <= size < _MOST and not self.closed and select.select([self.stdin_fd], [], [], _PAUSE_SECONDS)[0]:
            piece = super().read(1 << 16)
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        return "".join(pieces)


def terminal_input() -> Input:
    """Return the keys of the terminal."""
    source = create_input()
    if isinstance(source, Vt100Input):
        source.vt100_parser = PasteParser(source.vt100_parser.feed_key_callback)
        source.stdin_reader = WholeReader(source.fileno(), encoding=source.stdin.encoding)
    return source


def _is_pasted(data: str) -> bool:
    """Tell whether text that arrived together was pasted, though no marks say so."""
    if len(data) < _MUCH or "\x1b" in data:
        return False
    return "\r" in data or "\n" in data


def goes_on(rest: Iterable[KeyPress]) -> bool:
    """Tell whether what came together with an Enter goes on with text: then it was pasted, and the Enter sends nothing.

    Terminals without marks around a paste send it as if it were typed, but faster than anybody can.
    """
    return any(press.key == Keys.ControlM or (len(press.data) == 1 and press.data.isprintable()) for press in rest)
