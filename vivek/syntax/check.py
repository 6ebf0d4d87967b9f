"""Tells whether a source text parses; runs none of it."""

import ast
import json
import re
import warnings

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


def _python_error(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the user's file is not our warning
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
    except ValueError as error:  # a NUL byte, or a number too long to convert
        return str(error)
    except (RecursionError, MemoryError):  # too deep for this parser says nothing of the file
        return None
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
