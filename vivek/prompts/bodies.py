"""Texts of files in messages of the past: which of them are out of date, and what stands in their place then."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from vivek.prompts.fence import DEFUSED, one_line
from vivek.schema.control_tokens import defuse
from vivek.syntax.outline import outline

AGAIN = "This is the file's present text; any shown before is out of date."
"""Said above the text of a file that was shown before."""

REQUEST = "The user's request:"
"""Behind this line are the user's own words, and what is fenced there is theirs."""

_NAMED = 12
"""Names that stand for a text."""

_OPENING = re.compile(r"(`{3,})[\w+#.-]*")


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a file as a message shows it; `start` and `end` are characters of the message."""

    path: str
    start: int
    end: int
    text: str


def bodies_of(message: str, paths: Collection[str]) -> tuple[Body, ...]:
    """Return the texts of these files that a message of vivek shows, in their order."""
    # Behind the request nothing is looked at: what is fenced there is the user's.
    shown = _blocks(message.partition(f"\n{REQUEST}\n")[0])
    return tuple(block for block in shown if block.path in paths)


def holds(message: str, text: str) -> bool:
    """Tell whether this very text of a file is a block of a message: shown by vivek or written by the model."""
    if not text.strip() or (text.rstrip("\n") not in message and defuse(text).rstrip("\n") not in message):
        return False
    wanted = as_shown(text)
    return any(block.text in (wanted, text) for block in _blocks(message))


def without_stale(message: str, present: Mapping[str, str]) -> str:
    """Return a message in which texts of files that are out of date have shrunk to path, hash and symbols.

    Args:
        message: A message of vivek.
        present: The files that were shown in this generation, with their present texts; "" for one that is gone.
    """
    pieces: list[str] = []
    at = 0
    for body in stale_bodies(message, present):
        told = f"{described(body.path, body.text)}; this older text of it is left out."
        start = body.start
        for above in (DEFUSED, f"{AGAIN}\n\n"):  # said of this text alone
            start -= len(above) if message.endswith(above, at, start) else 0
        if len(told) < body.end - start:
            pieces += [message[at:start], told]
            at = body.end
    return "".join([*pieces, message[at:]])


def stale_bodies(message: str, present: Mapping[str, str]) -> tuple[Body, ...]:
    """Return the texts of files in a message that are not their present ones; `present` as in `without_stale`."""
    return tuple(body for body in bodies_of(message, present) if body.text != as_shown(present[body.path]))


def described(path: str, text: str) -> str:
    """Return one line that stands for a text: path, hash, and what it defines."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    symbols = outline(path, text) or ()
    names = list(dict.fromkeys(symbol.name for symbol in symbols if symbol.kind != "module"))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    defines = f", with {', '.join(one_line(name) for name in names[:_NAMED])}{more}" if names else ""
    return f"{one_line(path)} ({digest}){defines}"


def as_shown(text: str) -> str:
    """Return a text as it stands in a fence."""
    shown = defuse(text)
    return shown if not shown or shown.endswith("\n") else f"{shown}\n"


def _blocks(message: str) -> Iterator[Body]:
    """Yield every fenced text; its path is whatever the line above the fence says."""
    at = start = inside = 0
    fence = label = before = ""
    for line in message.split("\n"):
        if not fence and (opening := _OPENING.fullmatch(line)):
            fence, label = opening[1], before
            start, inside = at - len(before) - 1 if at else 0, at + len(line) + 1
        elif fence and line == fence:
            yield Body(label, start, at + len(line), message[inside:at])
            fence = ""
        before = line
        at += len(line) + 1
