"""What a script that is not literal seems to run: good enough to warn and to refuse catastrophes, never to allow."""

import posixpath
import re
from collections.abc import Iterator

from vivek.tools.gate.dangers import catastrophe, destruction
from vivek.tools.gate.network import reach
from vivek.tools.gate.wrappers import is_wrapper

_SEPARATORS = re.compile(r"[;&|\n()`]|\$\(")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=\S*", re.ASCII)
_SKIPPED = frozenset({"do", "then", "else", "if", "elif", "while", "until", "!", "{", "time", "in"})
_DISK = re.compile(r">\s*/dev/(?:sd|hd|nvme|vd|xvd|mmcblk|disk|rdisk)")
_FORK_BOMB = re.compile(r"(?<![\w:])(\w{1,40}|:)\s{0,9}\(\)\s{0,9}\{\s{0,9}\1\s{0,9}\|\s{0,9}\1\s{0,9}&")
_MOST = 10_000  # characters that are looked at


def rough_catastrophe(text: str, root: str = "") -> str:
    """Say what a script would take away for good, "" when it seems to do no such thing."""
    if _DISK.search(text[:_MOST]):
        return "It writes over a disk."
    if _FORK_BOMB.search(text[:_MOST]):
        return "It starts itself again and again until nothing else runs."
    return next((why for words in rough_commands(text) if (why := catastrophe(words, root))), "")


def rough_warnings(text: str) -> tuple[tuple[str, ...], bool]:
    """Return what to say of a script besides, and whether it seems to destroy work."""
    told: dict[str, None] = {}
    destroys = False
    for words in rough_commands(text):
        if why := destruction(words):
            destroys = True
            told[why] = None
        if reached := reach(words):
            told[reached[1]] = None
    return tuple(told)[:5], destroys


def rough_commands(text: str) -> Iterator[tuple[str, ...]]:
    """Yield what may be commands of a script, unquoted; more than there are rather than fewer."""
    bare = text[:_MOST].replace("\\\n", "")
    bare = re.sub(r"[\"'\\]", "", bare)
    for segment in _SEPARATORS.split(bare):
        words = segment.split()
        while words and (words[0] in _SKIPPED or _ASSIGNMENT.fullmatch(words[0])):
            del words[0]
        if not words:
            continue
        words[0] = posixpath.basename(words[0]) or words[0]
        yield tuple(words)
        if is_wrapper(words[0]):
            for place in range(1, min(len(words), 12)):
                yield (posixpath.basename(words[place]) or words[place], *words[place + 1 :])
