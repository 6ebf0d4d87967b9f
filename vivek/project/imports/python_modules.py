"""Which module a Python file is, and what a Python text imports; parses texts, imports nothing."""

import ast
import warnings
from collections.abc import Collection
from dataclasses import dataclass

ROOTS = ("", "src", "lib", "python")
"""Folders from which packages are imported."""

# Folders of scripts: named like packages, not meant to be imported.
_SCRIPTS = frozenset(
    {"tests", "test", "scripts", "bin", "docs", "doc", "examples", "benchmarks", "tools", "migrations"}
)
_ENTRIES = frozenset({"__main__", "conftest", "setup", "noxfile", "manage", "tasks", "fabfile"})


@dataclass(frozen=True, slots=True)
class Module:
    """A file that can be imported by name.

    Attributes:
        name: Its name, such as `till.prices`.
        root: The folder that must be on the path, "" for the project's root.
    """

    name: str
    root: str = ""


def module_of(path: str, files: Collection[str]) -> Module | None:
    """Return the module that a file is, or None when it is not meant to be imported by name."""
    if not path.endswith(".py"):
        return None
    *folders, last = path.removesuffix(".py").split("/")
    root = folders.pop(0) if folders and folders[0] in ROOTS and f"{folders[0]}/__init__.py" not in files else ""
    parts = folders if last == "__init__" else [*folders, last]
    named = parts and all(part.isidentifier() for part in parts)
    if not named or last in _ENTRIES or parts[0] in _SCRIPTS:
        return None
    return Module(".".join(parts), root)


def imports_quietly(text: str) -> bool:
    """Tell whether importing a text does no more than define things.

    A call that stands alone at the top level, a loop or a `with` there does something; so may the right side of an
    assignment, but that is how applications and tables are made.
    """
    tree = _parsed(text)
    return tree is not None and all(_is_quiet(statement) for statement in tree.body)


def imported_names(text: str) -> frozenset[str]:
    """Return the dotted names that a text imports anywhere: of `from a import b` both `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(_parsed(text) or ast.Module([], [])):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return frozenset(names)


def _is_quiet(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr():
            return isinstance(statement.value, ast.Constant)
        case ast.For() | ast.AsyncFor() | ast.While() | ast.With() | ast.AsyncWith() | ast.Delete() | ast.Raise():
            return False
        case ast.If():
            return _is_main(statement.test) or _all_quiet([*statement.body, *statement.orelse])
        case ast.Try():
            handled = [inner for handler in statement.handlers for inner in handler.body]
            return _all_quiet([*statement.body, *handled, *statement.orelse, *statement.finalbody])
    return True


def _all_quiet(statements: Collection[ast.stmt]) -> bool:
    return all(_is_quiet(statement) for statement in statements)


def _is_main(test: ast.expr) -> bool:
    return "__name__" in ast.unparse(test)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
