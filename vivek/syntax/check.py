"""Tells whether a source text parses; runs none of it."""

import json
import re
import symtable
import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from vivek.syntax.languages import language_of

_CHECKED = frozenset({"python", "json"})
# JSON by name, but their readers allow comments.
_COMMENTED = re.compile(r"(?:^|/)(?:\.vscode/[^/]+|\.?devcontainer|[jt]sconfig[^/]*|\.[a-z]+rc|api-extractor)\.json$")


def can_check(path: str) -> bool:
    """Return whether `parse_error` can judge a file of this name."""
    return language_of(path) in _CHECKED and _COMMENTED.search(path) is None


def parse_error(path: str, text: str) -> str | None:
    """Return why a text does not parse, in one line with its line number, or None.

    None means that it parses or that nobody here can tell (see `can_check`). TOML is not judged: its reader belongs
    to the settings alone.
    """
    if not can_check(path):
        return None
    return _python_error(text) if language_of(path) == "python" else _json_error(text)


def broken_by(path: str, before: str | None, after: str) -> str | None:
    """Return why a new text does not parse although the old one did, in one line with its line number, or None.

    Languages that `parse_error` cannot judge are judged by their tree-sitter grammar where it is installed, and only
    against the old text: a grammar does not know every dialect, so its verdict on a new file would be worth little.

    Args:
        path: The file; its name tells the language.
        before: Its old text, None when it is new.
        after: Its new text.
    """
    if not after.strip():
        return None
    known = before is not None and bool(before.strip())
    if can_check(path):
        error = parse_error(path, after)
        return None if error is not None and known and parse_error(path, before or "") is not None else error
    if not known:
        return None
    from vivek.syntax.grammars import fault_in

    fault = fault_in(path, after)
    return None if fault is None or fault_in(path, before or "") is not None else fault


def defined_at(text: str, names: Iterable[tuple[str, int]]) -> bool:
    """Return whether a Python text defines each qualified name, once, on the line given with it; lines count from 0."""
    table = _table(text)
    if not isinstance(table, symtable.SymbolTable):
        return False
    top: dict[str, list[symtable.SymbolTable]] = {}
    for child in table.get_children():
        top.setdefault(child.get_name(), []).append(child)
    return all(_lines_of(top, name.split(".")) == [line + 1] for name, line in names)


def _lines_of(top: Mapping[str, Sequence[symtable.SymbolTable]], parts: Sequence[str]) -> list[int]:
    """Return the lines, from 1, on which a qualified name is defined."""
    found = top.get(parts[0], ())
    for part in parts[1:]:
        found = [child for each in found for child in each.get_children() if child.get_name() == part]
    return [each.get_lineno() for each in found]


def _python_error(text: str) -> str | None:
    read = _table(text)
    return read if isinstance(read, str) else None


@lru_cache(maxsize=1)  # who asks whether a text parses often asks next what it defines
def _table(text: str) -> symtable.SymbolTable | str | None:
    """Return the names of a Python text, why it does not parse, or None where that says nothing of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the user's file is not our warning
            # A third faster than a tree of objects that nobody looks at.
            return symtable.symtable(text, "", "exec")
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
    except ValueError as error:  # a NUL byte, or a number too long to convert
        return str(error)
    except (RecursionError, MemoryError):  # too deep for this parser says nothing of the file
        return None


def _json_error(text: str) -> str | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    except ValueError as error:  # a number too long to convert
        return str(error)
    except RecursionError:
        return None
    return None
