"""What a source text defines and where: functions, methods, classes. Python by its own parser, others by grammars."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vivek.syntax.languages import language_of

_BLANK_OR_COMMENT = re.compile(r"[ \t;,]*(?:(?:#|//|/\*).*)?")
_COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar),
    ast.Match,
)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something a text defines by name; lines count from 0.

    Attributes:
        name: Its qualified name, such as `Till.total`; parts are joined by `.` in every language.
        kind: What it is in its language's own word: `function`, `method`, `class`, `struct` ...
        start: Its first line, decorators and attributes included; comments above it are not.
        head: The line where the definition itself begins, behind decorators.
        end: The line behind its last.
        indent: What stands before it on its first line.
        alone: Whether its lines hold nothing else.
    """

    name: str
    kind: str
    start: int
    head: int
    end: int
    indent: str
    alone: bool = True

    @property
    def last(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]


@lru_cache(maxsize=16)  # the edits of a reply ask about the same texts several times in a row
def outline(path: str, text: str) -> tuple[Symbol, ...] | None:
    r"""Return what a text defines, in its order, outer before inner, or None when nobody here can tell.

    Nobody can tell where no grammar for the language is installed, and of Python that does not parse. A grammar reads
    past faults and leaves out what is faulty itself.

    Args:
        path: The file; its name tells the language.
        text: Its text; only `\n` ends a line.
    """
    if language_of(path) == "python":
        return _python(text)
    from vivek.syntax.grammars import symbols_in

    found = symbols_in(path, text)
    if found is None:
        return None
    return tuple(
        Symbol(name, kind, start, head, end + 1, before, _is_alone(before, after))
        for name, kind, start, head, end, before, after in found
    )


def string_lines(path: str, text: str) -> frozenset[int]:
    """Return the lines of a text that begin within a string, from 0: their indentation is part of a value.

    Docstrings of Python are left out, because they are read without their indentation. Nothing is known of a text
    that does not parse, or whose language has no grammar here.
    """
    if language_of(path) == "python":
        return _python_string_lines(text)
    from vivek.syntax.grammars import string_lines_in

    return string_lines_in(path, text)


def imported_by(text: str) -> list[tuple[int, int, frozenset[str]]]:
    """Return the imports at the top level of a Python text: first line, line behind the last, each name's own import.

    Empty for a text that does not parse.
    """
    tree = _parsed(text) if "import" in text else None
    if tree is None:
        return []
    return [
        (node.lineno - 1, node.end_lineno or node.lineno, frozenset(_single_imports(node)))
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _single_imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    source = f"from {'.' * node.level}{node.module or ''} " if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        yield f"{source}import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")


def _python_string_lines(text: str) -> frozenset[int]:
    tree = _parsed(text)
    if tree is None:
        return frozenset()
    lines: set[int] = set()
    for first, last in _strings(text):
        lines.update(range(first + 1, last + 1))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | _Definition) and ast.get_docstring(node, clean=False) is not None:
            lines.difference_update(range(node.body[0].lineno, node.body[0].end_lineno or 0))
    return frozenset(lines)


def _strings(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each string; from Python 3.12 on those with fields are several tokens."""
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
        kind = tokenize.tok_name[token.type]
        if kind.endswith(("STRING", "STRING_START")):
            opened.append(token.start[0] - 1)
        if kind.endswith(("STRING", "STRING_END")):
            first = opened.pop()
            if not opened:
                yield first, token.end[0] - 1


def _python(text: str) -> tuple[Symbol, ...] | None:
    if "\f" in text or "\r" in text:  # Python ends lines at more places than we do
        text = text.replace("\f", " ").replace("\r", " ")
    tree = _parsed(text)
    if tree is None:
        return None
    lines = text.split("\n")
    return tuple(_symbol(name, kind, node, lines) for name, kind, node in _definitions(tree.body, "", "function"))


def _definitions(body: Sequence[ast.stmt], prefix: str, kind: str) -> Iterator[tuple[str, str, _Definition]]:
    """Yield definitions with their qualified names; those within `if`, `try` or `with` belong to what is around."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, "class", node
            yield from _definitions(node.body, f"{prefix}{node.name}.", "method")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, kind, node
            yield from _definitions(node.body, f"{prefix}{node.name}.", "function")
        elif isinstance(node, _COMPOUND):
            for inner in _blocks(node):
                yield from _definitions(inner, prefix, kind)


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield from ([found] if isinstance(found := getattr(node, name, None), list) else [])
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        yield part.body


def _symbol(name: str, kind: str, node: _Definition, lines: Sequence[str]) -> Symbol:
    head = node.lineno - 1
    start = min([head, *(decorator.lineno - 1 for decorator in node.decorator_list)])
    end = node.end_lineno or node.lineno
    line = lines[start]
    indent = line[: len(line) - len(line.lstrip(" \t\f"))]
    before = _cut(lines[head], 0, node.col_offset)
    after = _cut(lines[end - 1], node.end_col_offset or 0, None)
    return Symbol(name, kind, start, head, end, indent, _is_alone(before, after))


def _cut(line: str, begin: int, end: int | None) -> str:
    """Return a piece of a line; the parser counts bytes."""
    return line[begin:end] if line.isascii() else line.encode()[begin:end].decode()


def _is_alone(before: str, after: str) -> bool:
    return not before.strip() and _BLANK_OR_COMMENT.fullmatch(after) is not None
