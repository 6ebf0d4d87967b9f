"""A reply that was cut off, gone on with: what the model is told, and how the pieces become one text. Pure."""

import re

from vivek.prompts.templates import SHIPPED, Templates
from vivek.schema.messages import Message

_OVERLAP = 400  # characters of the first piece's end that a model may say again
_LEAST = 3  # characters that are no overlap by chance, where a word begins with them
_SURE = 12  # characters that are none anywhere
_START = 60  # characters by which a reply that begins anew is known
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})", re.MULTILINE)
_OPENING = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*\w[^\n`]*\n")


def go_on_from(partial: str, templates: Templates = SHIPPED) -> tuple[Message, Message]:
    """Return what follows a prompt whose reply was cut off: the reply so far, and the request to go on."""
    return Message("assistant", partial), Message("user", templates.render("go_on"))


def join_reply(first: str, more: str) -> str:
    """Return a reply whole again: what the second piece says once more is left out."""
    joiner = Joiner(first)
    return first + joiner.feed(more) + joiner.finish()


class Joiner:
    """Takes the second piece of a reply as it streams and gives what is new in it.

    Its beginning is held back until it is long enough to be held against the first piece's end.

    Args:
        first: The reply so far.

    Attributes:
        restarted: Whether the model began the reply anew instead of going on; nothing of it is new then.
    """

    def __init__(self, first: str) -> None:
        self.restarted = False
        self._first = first
        self._held = ""
        self._decided = False

    def feed(self, text: str) -> str:
        """Return what is new of the next piece, as far as that can be told."""
        if self._decided:
            return "" if self.restarted else text
        self._held += text
        return self._decide() if len(self._held) >= _OVERLAP else ""

    def finish(self) -> str:
        """Return what was held back, at the end of the piece."""
        return "" if self._decided else self._decide()

    def _decide(self) -> str:
        self._decided = True
        more, self._held = self._held, ""
        start = self._first[:_START]
        if len(start) == _START and more.lstrip().startswith(start.lstrip()):
            self.restarted = True
            return ""
        if len(_FENCE.findall(self._first)) % 2 and (opening := _OPENING.match(more)):
            # Inside a fence the model opened it a second time.
            more = more[opening.end() :]
        overlap = _overlap(self._first, more)
        if overlap:
            return more[overlap:]
        # Models like to begin with a line break, which is not where the first piece stopped.
        bare = more.lstrip("\n")
        overlap = _overlap(self._first, bare)
        return bare[overlap:] if overlap else more


def _overlap(first: str, more: str) -> int:
    """Return how many characters at the end of `first` are said again at the start of `more`."""
    for size in range(min(len(first), len(more), _OVERLAP), _LEAST - 1, -1):
        if not first.endswith(more[:size]):
            continue
        before = first[-size - 1 : -size]
        if size >= _SURE or not before.isalnum():
            return size
    return 0
