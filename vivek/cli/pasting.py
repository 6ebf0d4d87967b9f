"""Keeps a paste in one piece: what it holds cannot end it early and act as if it had been typed."""

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.input.vt100_parser import Vt100Parser

_BEGIN, _END = "\x1b[200~", "\x1b[201~"


class PasteParser(Vt100Parser):
    """Reads keys; of what arrives together, a paste ends at the last mark of its end, not at the first.

    Good terminals take such marks out of what they paste; this is for the others. A paste that arrives in several
    pieces can still end early where the last mark of a piece is one of its own.
    """

    def feed(self, data: str) -> None:
        """Take in what the terminal sent."""
        super().feed(self._settled(data))

    def _settled(self, data: str) -> str:
        """Return the data with the marks inside a paste made harmless."""
        begin = 0 if self._in_bracketed_paste else data.find(_BEGIN) + len(_BEGIN)
        if not self._in_bracketed_paste and _BEGIN not in data:
            return data
        end = data.rfind(_END)
        stop = end if end >= begin else len(data)
        inside = data[begin:stop].replace(_BEGIN, _BEGIN[1:]).replace(_END, _END[1:])
        return data[:begin] + inside + data[stop:]


def terminal_input() -> Input:
    """Return the keys of the terminal."""
    source = create_input()
    if isinstance(source, Vt100Input):
        source.vt100_parser = PasteParser(source.vt100_parser.feed_key_callback)
    return source
