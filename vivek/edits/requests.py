"""Lines of a reply that ask for something: `need: PATH`, `search: TEXT`, `run: COMMAND`. Sentences are left alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from vivek.edits.naming import read_label
from vivek.edits.reply import ToolLine

Verb = Literal["need", "delete", "ask"]

_LINE = re.compile(r"(need|delete|read|search|find|run|more)[*_`]*\s*:(.*)", re.I)
_DECORATION = " \t>*_`#-"
_SEPARATORS = re.compile(r"[,\s]+")
_RANGE = re.compile(r"(.+?)[:#]\s*(?:lines?\s*|L)?(\d{1,9})\s*[-\u2013]\s*L?(\d{1,9})")
_PROGRAM = re.compile(r"(?:[A-Za-z_]\w*=\S* )*[a-z0-9_.~/][\w.+/~-]*")
_HANDLE = re.compile(r"[\w.-]{1,64}")
_LONGEST = 500
_SENTENCE = 8  # words from which a text with a full stop is one


@dataclass(frozen=True, slots=True)
class Request:
    """What one line asks for.

    Attributes:
        verb: Whether files are needed, are to be deleted, or a tool is asked.
        paths: The files of `need` and `delete`.
        ask: The request to a tool.
    """

    verb: Verb
    paths: tuple[str, ...] = ()
    ask: ToolLine | None = None


def read_request(line: str, known: Collection[str]) -> Request | None:
    """Return what a line asks for, or None when it is prose.

    Args:
        line: One line of a reply, from outside its fences.
        known: The files of the project.
    """
    bare = line.lstrip(_DECORATION)
    found = _LINE.fullmatch(bare)
    if found is None:
        return None
    verb, said = found[1].lower(), found[2].strip()
    if verb in ("need", "delete"):
        paths = _paths(said, known)
        return Request("need" if verb == "need" else "delete", paths) if paths else None
    if len(said) > _LONGEST:
        return None
    argument = _undressed(said, line[: len(line) - len(bare)])
    match verb:
        case "read":
            return _read(argument, known)
        case "search":
            wanted = argument if not _is_sentence(argument) else ""
        case "find":
            wanted = argument if len(argument.split()) == 1 and not argument.endswith((":", ",")) else ""
        case "run":
            wanted = argument if _is_command(argument) else ""
        case _:
            wanted = argument if _HANDLE.fullmatch(argument) else ""
    return Request("ask", ask=ToolLine(verb, wanted)) if wanted else None


def _paths(said: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the paths of a line, none when anything but paths stands there."""
    whole = read_label(said, known)
    words = [word for word in _SEPARATORS.split(said.strip(" `*.")) if word not in {"", "and"}]
    labels = [whole] if whole is not None else [read_label(word, known) for word in words]
    paths = [label.path for label in labels if label is not None]
    return tuple(paths) if len(paths) == len(labels) else ()


def _read(argument: str, known: Collection[str]) -> Request | None:
    """Read a file as a whole, which is the same as to need it, or a range of its lines."""
    ranged = _RANGE.fullmatch(argument)
    if ranged is None:
        paths = _paths(argument, known)
        return Request("need", paths) if paths else None
    label = read_label(ranged[1], known)
    return None if label is None else Request("ask", ask=ToolLine("read", f"{label.path}:{ranged[2]}-{ranged[3]}"))


def _undressed(said: str, before: str) -> str:
    """Return an argument without the quotes or backticks around it, and without marks that were opened before it."""
    text = said
    for mark in ("**", "`"):
        if mark in before:
            text = text.removeprefix(mark) if text.startswith(mark) else text.removesuffix(mark)
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "`\"'" and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    return text


def _is_sentence(text: str) -> bool:
    return not text or text.endswith(":") or (text.endswith(".") and len(text.split()) >= _SENTENCE)


def _is_command(text: str) -> bool:
    """Tell a command from words about running something: those begin in capitals or end as a sentence does."""
    first = text.split(" ", 1)[0] if text else ""
    return bool(first) and _PROGRAM.match(text) is not None and not text.endswith((":", "...")) and first != "the"
