"""The rules of the house that no tool checks, as pure functions from one source file to what is wrong with it."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent.parent

LONGEST = 250
JUNK_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}

# Calls whose answer differs from run to run: these come in through an argument, so that a test can hand in its own.
UNREPEATABLE = ("time.time", "time.time_ns", "time.sleep", "time.localtime", "time.gmtime", "time.strftime", "random.")
UNREPEATABLE_DATES = {"now", "utcnow", "today"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project root, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed file."""
        return ast.parse(self.text, self.path)

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """Return each comment with its line number."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def load_sources(folder: str) -> list[Source]:
    """Read every Python file below a folder of the project."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def too_long(source: Source) -> Iterator[str]:
    """A module holds one idea."""
    lines = len(source.text.splitlines())
    if lines > LONGEST:
        yield f"{lines} lines, {LONGEST} at most: split it by responsibility"


def junk_name(source: Source) -> Iterator[str]:
    """A name says what is inside."""
    path = PurePosixPath(source.path)
    for part in (*path.parent.parts, path.stem):
        if JUNK_NAMES & set(part.split("_")):
            yield f"{part!r} says nothing about what is inside"


def no_docstring(source: Source) -> Iterator[str]:
    """A module starts with what it does and must not touch."""
    if not ast.get_docstring(source.tree):
        yield "no docstring"


def busy_init(source: Source) -> Iterator[str]:
    """A package costs nothing to import; what a name stands for may be loaded when it is used."""
    if PurePosixPath(source.path).name != "__init__.py":
        return
    for statement in source.tree.body:
        if isinstance(statement, ast.FunctionDef) or _is_for_checkers(statement):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"line {node.lineno}: an `__init__.py` imports nothing"


def _is_for_checkers(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING" and not statement.orelse


def unfinished(source: Source) -> Iterator[str]:
    """What is not done is not in the code."""
    for line, comment in source.comments:
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", comment):
            yield f"line {line}: {comment}"


def unexplained_ignore(source: Source) -> Iterator[str]:
    """A silenced type check carries its reason beside it."""
    for line, comment in source.comments:
        if "type: ignore" in comment and not re.search(r"type: ignore\[[\w, -]+\]\s*# \S", comment):
            yield f"line {line}: {comment}: say which code, and why"


def _origins(tree: ast.Module) -> dict[str, str]:
    """Map each imported name of a module to the dotted name it stands for."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origins |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            origins |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return origins


def unrepeatable_calls(source: Source) -> Iterator[str]:
    """Clocks and chance are handed in."""
    origins = _origins(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        first, _, rest = ast.unparse(node.func).partition(".")
        name = ".".join(part for part in (origins.get(first, ""), rest) if part)
        dated = name.startswith("datetime.") and name.rpartition(".")[2] in UNREPEATABLE_DATES
        if first in origins and (dated or name in UNREPEATABLE or name.startswith("random.")):
            yield f"line {node.lineno}: calls `{name}`: take the clock, or the choice, as an argument"


RULES: tuple[Callable[[Source], Iterator[str]], ...] = (
    too_long,
    junk_name,
    no_docstring,
    busy_init,
    unfinished,
    unexplained_ignore,
)
