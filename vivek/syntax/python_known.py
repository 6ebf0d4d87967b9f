"""What a Python text starts, reads and calls: entry points, environment variables, data stores and services."""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from vivek.schema.measures import Known, Place
from vivek.syntax.hints import lines_with
from vivek.syntax.known_packs import of_address, of_import
from vivek.syntax.python_environment import readers_in, settings_in

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<from>\w[\w.]*)[ \t]+import\b[ \t(]*(?P<names>[^\n#]*)"
    r"|import[ \t]+(?P<plain>\w[\w., \t]*))",
    re.M,
)


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
    readers = readers_in(text, code, tree)
    worth = sorted({*lines_with(text, ("://",)), *readers.lines(text)})
    for node in _expressions(tree, worth) if worth else ():
        told = _address(node) if isinstance(node, ast.Constant) else readers.read(node)
        found.update((node.lineno, *known) for known in told)
    if "BaseSettings" in code:
        found.update(settings_in(tree))
    return tuple(Known(kind, name, Place(path, line)) for line, kind, name in sorted(found))


def _imported(code: str) -> Iterator[tuple[int, tuple[str, str]]]:
    line, at = 1, 0
    for match in _import_lines(code):
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


def _import_lines(code: str) -> Iterator[re.Match[str]]:
    """Yield the imports of a text; a search for their word is faster than one for their pattern."""
    at = code.find("import")
    while at >= 0:
        match = _IMPORT.match(code, code.rfind("\n", 0, at) + 1)
        if match is not None:
            yield match
        end = code.find("\n", at)
        at = code.find("import", end) if end >= 0 else -1


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


def _expressions(tree: ast.Module, lines: Sequence[int]) -> Iterator[ast.expr]:
    """Yield what may say something, on some lines; not the strings that stand for themselves."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        first = min((one.lineno for one in getattr(node, "decorator_list", ())), default=getattr(node, "lineno", 0))
        if first:
            at = bisect_left(lines, first)
            if at == len(lines) or lines[at] > (getattr(node, "end_lineno", None) or first):
                continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call | ast.Subscript | ast.Compare | ast.Constant):
            yield node
        stack += ast.iter_child_nodes(node)


def _address(node: ast.Constant) -> Iterator[tuple[str, str]]:
    known = of_address(node.value) if isinstance(node.value, str) else None
    if known is not None:
        yield known
