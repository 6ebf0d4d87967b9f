"""What a Python text starts, reads and calls: entry points, environment variables, data stores and services."""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from vivek.schema.measures import Known, Place
from vivek.syntax.known_packs import of_address, of_import

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<from>\w[\w.]*)[ \t]+import\b[ \t(]*(?P<names>[^\n#]*)"
    r"|import[ \t]+(?P<plain>\w[\w., \t]*))",
    re.M,
)
_GETTERS = frozenset({"get", "setdefault", "pop", "getenv"})
_WORTH = re.compile(r"environ|getenv|config\(|://")


def python_known(path: str, text: str, code: str, tree: ast.Module) -> tuple[Known, ...]:
    """Return what is known of a text, in its order.

    Args:
        path: The file.
        text: Its text.
        code: The same lines without comments and strings.
        tree: Its tree; strings that only document are not looked at.
    """
    found = {(line, *known) for line, known in _imported(code)}
    if "__main__" in text:
        found.update(
            (node.lineno, "entry point", "__main__")
            for node in tree.body
            if isinstance(node, ast.If) and _asks_for_main(node.test)
        )
    worth = _worth_looking_at(text)
    if worth:
        own = _environment_names(code)
        for node in _expressions(tree, worth):
            known = _address(node) if isinstance(node, ast.Constant) else _variable(node, own)
            if known is not None:
                found.add((node.lineno, *known))
    return tuple(Known(kind, name, Place(path, line)) for line, kind, name in sorted(found))


def _imported(code: str) -> Iterator[tuple[int, tuple[str, str]]]:
    line, at = 1, 0
    for match in _IMPORT.finditer(code):
        line, at = line + code.count("\n", at, match.start()), match.start()
        if match["from"]:
            modules = [*(f"{match['from']}.{name}" for name in _words(match["names"])), match["from"]]
        else:
            modules = _words(match["plain"])
        for module in modules:
            known = of_import(module)
            if known is not None:
                yield line, known
                break


def _words(names: str) -> list[str]:
    return [part.split()[0] for part in names.replace("(", " ").replace(")", " ").split(",") if part.split()]


def _asks_for_main(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]):
            return True
        case ast.Compare(left=ast.Constant(value="__main__"), comparators=[ast.Name(id="__name__")]):
            return True
        case _:
            return False


def _environment_names(code: str) -> frozenset[str]:
    """Return by which names a text may read the environment without naming `os`."""
    names = set()
    for match in _IMPORT.finditer(code):
        if match["from"] in ("os", "decouple"):
            names.update(set(_words(match["names"])) & {"environ", "getenv", "config"})
    return frozenset(names)


def _worth_looking_at(text: str) -> list[int]:
    """Return the lines on which something may be said."""
    found: list[int] = []
    line, at = 1, 0
    for match in _WORTH.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        if not found or found[-1] != line:
            found.append(line)
    return found


def _expressions(tree: ast.Module, lines: Sequence[int]) -> Iterator[ast.expr]:
    """Yield what may say something, on some lines; not the strings that stand for themselves."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        first = getattr(node, "lineno", 0)
        if first:
            at = bisect_left(lines, first)
            if at == len(lines) or lines[at] > (getattr(node, "end_lineno", None) or first):
                continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call | ast.Subscript | ast.Compare | ast.Constant):
            yield node
        stack += ast.iter_child_nodes(node)


def _variable(node: ast.expr, own: frozenset[str]) -> tuple[str, str] | None:
    """Return the environment variable that an expression reads, by a name that is written there."""
    match node:
        case ast.Subscript(value=source, slice=ast.Constant(value=str(name)), ctx=ast.Load()) if _is_environment(
            source, own
        ):
            return "environment variable", name
        case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[source]) if (
            _is_environment(source, own)
        ):
            return "environment variable", name
        case ast.Call(func=ast.Attribute(value=source, attr=called), args=[ast.Constant(value=str(name)), *_]):
            read = called in _GETTERS and called != "getenv" and _is_environment(source, own)
            asked = called == "getenv" and isinstance(source, ast.Name) and source.id == "os"
            return ("environment variable", name) if read or asked else None
        case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(name)), *_]):
            asked = called in own and called in ("getenv", "config")
            return ("environment variable", name) if asked else None
        case _:
            return None


def _is_environment(node: ast.expr, own: frozenset[str]) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr="environ"):
            return True
        case ast.Name(id="environ"):
            return "environ" in own
        case _:
            return False


def _address(node: ast.Constant) -> tuple[str, str] | None:
    return of_address(node.value) if isinstance(node.value, str) else None
