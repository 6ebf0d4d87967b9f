"""Reads a source text for the index: what it defines, uses and imports. Pure; never raises."""

import ast
from contextlib import suppress
from importlib.util import find_spec

from vivek.schema.index import FileFacts
from vivek.syntax.grammar_facts import GRAMMARS, grammar_facts
from vivek.syntax.headings import headings_of
from vivek.syntax.languages import is_prose, language_of
from vivek.syntax.pattern_facts import can_read, pattern_facts
from vivek.syntax.python_facts import python_facts
from vivek.syntax.python_tree import plain_python, python_tree

VERSION = 4
"""Raised when the same text yields other facts than before; what an older version found is to be read again."""

PARSED = 1_000_000
"""Characters up to which a text is parsed: the tree of a larger one takes memory by the hundred megabytes."""

TOO_LONG = "too long to be parsed, so it was read line by line"

_TOO_DEEP = "nested too deeply"


def tree_of(path: str, text: str) -> ast.Module | None:
    """Return the tree of a Python text, for those who read it several times; None for one that does not parse."""
    if language_of(path) == "python" and len(text) <= PARSED:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return python_tree(plain_python(text))
    return None


def facts_of(path: str, text: str, tree: ast.Module | None = None) -> FileFacts:
    r"""Return what a text says about itself; `fault` tells what could not be read.

    Args:
        path: The file, relative to the root; its name tells the language.
        text: Its text; only `\n` ends a line.
        tree: The tree of a Python text, where somebody has parsed it already.
    """
    language = language_of(path)
    if len(text) > PARSED and language is not None and can_read(language):
        return pattern_facts(path, language, text, TOO_LONG)
    if language == "python":
        return _python(path, text, tree)
    found = grammar_facts(path, text)
    if found is not None:
        return found
    if language is not None and can_read(language):
        return pattern_facts(path, language, text)
    definitions = headings_of(path, text) if is_prose(path) else ()
    lines = text.count("\n") + (not text.endswith("\n") and text != "")
    return FileFacts(language, definitions, lines=lines, read="pattern" if definitions else "")


def readers() -> str:
    """Return which readers there are on this machine, as one word; facts found by others are to be read again."""
    modules = sorted({module for grammars in GRAMMARS.values() for module, _ in grammars})
    installed = [module.removeprefix("tree_sitter_") for module in modules if find_spec(module) is not None]
    return f"{VERSION}:{','.join(installed if find_spec('tree_sitter') is not None else [])}"


def _python(path: str, text: str, tree: ast.Module | None) -> FileFacts:
    try:
        return python_facts(path, text, tree)
    except SyntaxError as error:
        fault = f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
    except (RecursionError, MemoryError):
        fault = _TOO_DEEP
    except ValueError as error:  # a NUL byte, or a number too long to convert
        fault = str(error)
    return pattern_facts(path, "python", text, fault)
