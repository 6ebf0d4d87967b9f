"""How involved the functions of a Python text are, in one walk over its statements.

Cyclomatic complexity is counted as mccabe and ruff (C901) do: each `if`, `elif`, loop, `except`, `else` of a `try` and
`case` that may not fit is one way more; a function within another brings its own ways along. Operators such as `and`
and comprehensions are no ways of their own.

Cognitive complexity follows what G. Ann Campbell defined for SonarSource (2017). What breaks the flow from top to
bottom costs one: `if`, a conditional expression, `match`, a loop, `except`; and one more for every such level, function
or lambda around it, up to the function that is measured. `elif` and `else`, of a loop or `try` as well, cost one at any
level, so does each run of the same boolean operator; a function that calls itself by its name costs one more. What a
function within holds counts for the one around it as well, one level deeper, but for a decorator: one that holds
nothing but the function that it returns adds no level. `try`, `with`, `finally` and comprehensions cost nothing.
"""

import ast
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any

from vivek.schema.measures import FunctionMeasures
from vivek.syntax.cost import Cost
from vivek.syntax.hints import lines_with
from vivek.syntax.python_shapes import fits_all, is_decorator, parameters

_Function = ast.FunctionDef | ast.AsyncFunctionDef

_WORDS = ("and", "else", "lambda", "or")
_DOC = " \t\"'rRuU"


class PythonMeasures:
    """Measures one tree.

    Args:
        path: The file.
        lines: The lines of the text without comments and strings.

    Attributes:
        joined: These lines as one text.
        code: The same lines, with those blank that hold nothing but documentation.
    """

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self.code = list(lines)
        self._path = path
        self.joined = "\n".join(lines)
        self._begins = [0, *accumulate(len(line) + 1 for line in lines)]
        worded = [0] * (len(lines) + 1)
        for line in lines_with(self.joined, _WORDS, apart=True):
            worded[line] = 1
        self._worded = [*accumulate(worded)]
        self._imports: list[ast.Import | ast.ImportFrom] = []
        self._found: list[tuple[_Function, str, int, Cost]] = []

    def read(self, tree: ast.Module) -> tuple[FunctionMeasures, ...]:
        """Return the functions of a tree, in the order of the text."""
        self._document(tree)
        self._block(tree.body, "", "module")
        full = [0, *accumulate(1 if line and not line.isspace() else 0 for line in self.code)]
        found = []
        for node, name, taken, cost in self._found:
            first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            last = node.end_lineno or node.lineno
            found.append(
                FunctionMeasures(
                    name=name,
                    path=self._path,
                    line=first,
                    end_line=last,
                    cyclomatic=cost.ways + 1,
                    cognitive=cost.effort,
                    nesting=cost.deepest,
                    length=full[last] - full[first - 1],
                    parameters=taken,
                )
            )
        return tuple(sorted(found, key=lambda each: (each.line, -each.end_line)))

    def told(self) -> list[str]:
        """Return the lines of code without imports, once the tree is read: what two files import alike is no copy."""
        lines = [*self.code]
        for node in self._imports:
            for at in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[at] = ""
        return lines

    def _block(self, body: Iterable[ast.stmt], prefix: str, around: str) -> Cost:
        cost = Cost()
        for node in body:
            look = _STATEMENTS.get(type(node))
            if look is None:
                self._plain(node, cost)
            else:
                look(self, node, cost, prefix, around)
        return cost

    def _if(self, node: ast.If, cost: Cost, prefix: str, around: str) -> None:
        cost.broken()
        while True:
            cost.ways += 1
            self._plain(node.test, cost)
            cost.then(self._block(node.body, prefix, around), levels=1, branch=True)
            match node.orelse:
                case [ast.If() as inner] if inner.col_offset == node.col_offset:  # `elif`
                    cost.effort += 1
                    node = inner
                case []:
                    return
                case orelse:
                    cost.effort += 1
                    cost.then(self._block(orelse, prefix, around), levels=1, branch=True)
                    return

    def _loop(self, node: Any, cost: Cost, prefix: str, around: str) -> None:  # Any: three kinds of loops
        cost.ways += 1
        cost.broken()
        self._plain(node.test if type(node) is ast.While else node.iter, cost)
        cost.then(self._block(node.body, prefix, around), levels=1, branch=True)
        if node.orelse:
            cost.effort += 1
            cost.then(self._block(node.orelse, prefix, around), levels=1, branch=True)

    def _try(self, node: Any, cost: Cost, prefix: str, around: str) -> None:  # Any: ast.Try or ast.TryStar
        cost.then(self._block(node.body, prefix, around))
        for handler in node.handlers:
            cost.ways += 1
            cost.broken()
            cost.then(self._block(handler.body, prefix, around), levels=1, branch=True)
        if node.orelse:
            cost.ways += 1
            cost.effort += 1
            cost.then(self._block(node.orelse, prefix, around))
        cost.then(self._block(node.finalbody, prefix, around))

    def _with(self, node: ast.With | ast.AsyncWith, cost: Cost, prefix: str, around: str) -> None:
        for item in node.items:
            self._plain(item.context_expr, cost)
        cost.then(self._block(node.body, prefix, around))

    def _match(self, node: ast.Match, cost: Cost, prefix: str, around: str) -> None:
        cost.broken()
        self._plain(node.subject, cost)
        cost.ways += len(node.cases)
        last = node.cases[-1]
        if last.guard is None and fits_all(last.pattern):
            cost.ways -= 1
        for case in node.cases:
            if case.guard is not None:
                self._plain(case.guard, cost)
            cost.then(self._block(case.body, prefix, around), levels=1, branch=True)

    def _function(self, node: _Function, cost: Cost, prefix: str, around: str) -> None:
        self._document(node)
        name = prefix + node.name
        inner = self._block(node.body, f"{name}.", "decorator" if is_decorator(node) else "function")
        if self._calls_itself(node, around):
            inner.effort += 1
        self._found.append((node, name, parameters(node.args, around), inner))
        cost.ways += 1
        cost.then(inner, levels=0 if around == "decorator" else 1)

    def _class(self, node: ast.ClassDef, cost: Cost, prefix: str, around: str) -> None:
        self._document(node)
        cost.then(self._block(node.body, f"{prefix}{node.name}.", "class"))

    def _import(self, node: ast.Import | ast.ImportFrom, cost: Cost, prefix: str, around: str) -> None:
        self._imports.append(node)

    def _plain(self, node: ast.AST, cost: Cost) -> None:
        """Count what is within an expression, or a statement that holds no others."""
        first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]  # both have them
        if self._worded[last] == self._worded[first - 1]:
            return
        stack: list[tuple[ast.AST, int, type | None]] = [(node, 0, None)]
        while stack:
            part, level, run = stack.pop()
            around: type | None = None
            if type(part) is ast.BoolOp:
                around = type(part.op)
                cost.effort += around is not run
            elif type(part) is ast.IfExp:
                cost.broken()
                cost.effort += level
                level += 1
            elif type(part) is ast.Lambda:
                level += 1
            stack += [(child, level, around) for child in ast.iter_child_nodes(part)]

    def _calls_itself(self, node: _Function, around: str) -> bool:
        first = node.body[0]
        begin = self._begins[first.lineno - 1]
        end = self._begins[node.end_lineno or node.lineno]
        wanted = (f"self.{node.name}(", f"cls.{node.name}(") if around == "class" else (f"{node.name}(",)
        for call in wanted:
            at = self.joined.find(call, begin, end)
            while at >= 0:
                before = self.joined[at - 1 : at]
                if not (before.isalnum() or before in (".", "_")) and self.joined[at - 4 : at] != "def ":
                    return True
                at = self.joined.find(call, at + 1, end)
        return False

    def _document(self, node: ast.Module | ast.ClassDef | _Function) -> None:
        """Blank the lines of a docstring."""
        match node.body:
            case [ast.Expr(value=ast.Constant(value=str())) as said, *_]:
                for at in range(said.lineno - 1, said.end_lineno or said.lineno):
                    if not self.code[at].strip(_DOC):
                        self.code[at] = ""


# Any: each is called with nodes of its own type.
_STATEMENTS: dict[type, Callable[[PythonMeasures, Any, Cost, str, str], None]] = {
    ast.AsyncFor: PythonMeasures._loop,
    ast.AsyncFunctionDef: PythonMeasures._function,
    ast.AsyncWith: PythonMeasures._with,
    ast.ClassDef: PythonMeasures._class,
    ast.For: PythonMeasures._loop,
    ast.FunctionDef: PythonMeasures._function,
    ast.If: PythonMeasures._if,
    ast.Import: PythonMeasures._import,
    ast.ImportFrom: PythonMeasures._import,
    ast.Match: PythonMeasures._match,
    ast.Try: PythonMeasures._try,
    ast.TryStar: PythonMeasures._try,
    ast.While: PythonMeasures._loop,
    ast.With: PythonMeasures._with,
}
