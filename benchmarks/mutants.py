"""Makes small wrong copies of a module, each with one change; knows nothing of the tests that should see them.

A change that no run could miss proves nothing and is left out: a first assignment dropped, texts added up by minus.
Texts with a blank in them are sentences or SQL: how these are worded is not what is measured. Types, decorators,
docstrings and `strict=` stay as they are, and so does what stands in an f-string: older Pythons do not know where.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
}
_UNTOUCHED = {"annotation", "returns", "decorator_list", "bases"}
_DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete, ast.Assign)
_SHOWN = 70  # characters of a piece of source


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change.

    Attributes:
        path: The module, from the root of the repository.
        line: Where the change is, from 1.
        change: What it is, as `old -> new`.
        text: All of the changed module.
    """

    path: str
    line: int
    change: str
    text: str

    @property
    def told(self) -> str:
        """Where it is and what it changes."""
        return f"{self.path}:{self.line} `{self.change}`"


def mutants(path: str, text: str) -> list[Mutant]:
    """Return every module that one change makes of a module, in the order of its text."""
    found = []
    tree = ast.parse(text)
    data = text.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for old, new in _changes(tree, first_seen={}):
        begin = starts[old.lineno - 1] + old.col_offset
        end = starts[(old.end_lineno or old.lineno) - 1] + (old.end_col_offset or 0)
        put = f"({new})" if isinstance(old, ast.expr) else new
        changed = (data[:begin] + put.encode() + data[end:]).decode()
        found.append(Mutant(path, old.lineno, f"{_short(ast.unparse(old))} -> {_short(new)}", changed))
    return sorted(found, key=lambda mutant: mutant.line)


def _changes(
    node: ast.AST, *, first_seen: dict[str, int], in_function: bool = False
) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Yield pieces of a tree and the source that takes their place."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        in_function, first_seen = True, _first_bound(node)
    elif isinstance(node, ast.stmt) and in_function:
        yield from ((node, new) for new in _of_statement(node, first_seen))
    elif isinstance(node, ast.expr):
        yield from ((node, ast.unparse(new)) for new in _of_expression(node))
    yield from _of_parts(node)
    for child in _children(node):
        yield from _changes(child, first_seen=first_seen, in_function=in_function)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that may change."""
    for name, value in ast.iter_fields(node):
        if name not in _UNTOUCHED:
            parts = value if isinstance(value, list) else [value]
            yield from (part for part in parts if isinstance(part, ast.AST) and not _is_still(part))


def _of_statement(node: ast.stmt, first_seen: dict[str, int]) -> Iterator[str]:
    """Yield what a statement of a function may become: nothing, or a return of nothing."""
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "return None"
    if not isinstance(node, _DROPPED) or _is_docstring(node):
        return
    if isinstance(node, ast.Assign):
        named = [each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        fresh = [target for target in node.targets if not isinstance(target, ast.Attribute | ast.Subscript)]
        if fresh and any(first_seen.get(name, node.lineno) >= node.lineno for name in named):
            return
    yield "pass"


def _of_expression(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression may become by another operator, another constant, or without its `not`."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield ast.Compare(node.left, [*ops[:at], _COMPARED[type(op)](), *ops[at + 1 :]], node.comparators)
        case ast.BoolOp(op=op):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
        case ast.BinOp(op=ast.BitOr()):
            yield node.left
        case ast.BinOp(op=op) if type(op) in _COMPUTED and not (_is_text(node.left) or _is_text(node.right)):
            yield ast.BinOp(node.left, _COMPUTED[type(op)](), node.right)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=held):
            yield from map(ast.Constant, _other(held))


def _other(held: object) -> Iterator[bool | float | str]:
    """Yield what a constant may become."""
    match held:
        case bool():
            yield not held
        case int() | float():
            yield held + 1
        case str() if " " not in held.strip(" "):
            yield f"XX{held}XX" if held else "XX"


def _of_parts(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield conditions turned round, and bounds that are off by one."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            conditions: list[ast.expr] = [test]
        case ast.comprehension(ifs=ifs):
            conditions = ifs
        case _:
            conditions = []
    for test in conditions:
        if not isinstance(test, ast.UnaryOp | ast.Compare):  # these are turned round by themselves
            yield test, f"not ({ast.unparse(test)})"
    bounds: list[ast.expr | None] = []
    if isinstance(node, ast.Slice):
        bounds = [node.lower, node.upper]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        bounds = list(node.args)
    for bound in bounds:
        if bound is not None and not isinstance(bound, ast.Constant):
            yield bound, f"{ast.unparse(bound)} + 1"


def _first_bound(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> dict[str, int]:
    """Return the line where each name of a function is bound first; its arguments are bound before all."""
    first: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            first[node.arg] = 0
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            first[node.id] = min(node.lineno, first.get(node.id, node.lineno))
    return first


def _is_still(node: ast.AST) -> bool:
    """Tell whether a piece is left as it is: docstrings, f-strings, types, and the check that zipped lengths agree."""
    match node:
        case ast.JoinedStr() | ast.Subscript(value=ast.Name("Literal")) | ast.keyword(arg="strict"):
            return True
    return _is_docstring(node)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _short(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."
