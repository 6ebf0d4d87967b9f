"""Whether the words of a command name a place outside the project, or a file that holds secrets. By name alone."""

import posixpath
import re

from vivek.workspace.ignore import is_secret

_HARMLESS = re.compile(
    r"/dev/(?:null|zero|stdin|stdout|stderr|fd/[012])|/usr/(?:include|lib|share)(?:/.*)?|/tmp(?:/.*)?"
)
_JOINED = re.compile(r"(?:--?[\w-]+=|-[A-Za-z]|\w+=)(.*)", re.DOTALL)


def is_outside(word: str, root: str) -> bool:
    """Tell whether a word names a place outside a folder that the command runs in.

    Args:
        word: One word, also `--option=PATH` or `-xPATH`.
        root: The folder; "" when nothing is inside.
    """
    joined = _JOINED.fullmatch(word)
    return any(_leaves(path, root) for path in (word, joined.group(1) if joined else "") if path)


def names_secret(word: str) -> bool:
    """Tell whether a word names a file of a kind that holds secrets, also as git names it: `HEAD:.env`."""
    return is_secret(word.rpartition(":")[2])


def _leaves(path: str, root: str) -> bool:
    if path.startswith("/"):
        folded = posixpath.normpath(path)
        inside = bool(root) and (folded == root or folded.startswith(root.rstrip("/") + "/"))
        return not inside and _HARMLESS.fullmatch(folded) is None
    if path.startswith("~"):
        return True
    return ".." in path.split("/") and posixpath.normpath(path).split("/")[0] == ".."
