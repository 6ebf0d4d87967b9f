"""What a Python text defines, uses and imports, by Python's own parser; no name is resolved.

One walk with a stack of its own that knows which fields of a node hold nodes: `ast.walk` alone would take longer.
"""

import ast
import builtins
from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from vivek.schema.index import Definition, FileFacts, Imported
from vivek.syntax.heads import doc_line, python_head, shortened
from vivek.syntax.python_nodes import Parts, parts_of_nodes
from vivek.syntax.python_tree import plain_python, python_tree

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Stack = list[Any]  # Any: nodes, lists of nodes and None, told apart by their type where they are taken off

_BUILTIN = frozenset(dir(builtins))
_UNNAMED = frozenset({"_", "__all__", "__slots__"})


def python_facts(path: str, text: str, tree: ast.Module | None = None) -> FileFacts:
    r"""Return what a Python text says about itself.

    Args:
        path: The file.
        text: Its text; only `\n` ends a line.
        tree: Its tree, where somebody has parsed it already.

    Raises:
        SyntaxError: If it does not parse.
        ValueError: If it holds what no Python text may, such as a NUL.
        RecursionError: If it is nested too deeply to be read.
        MemoryError: If it is nested too deeply to be parsed.
    """
    text = plain_python(text)
    tree = python_tree(text) if tree is None else tree
    reader = _Reader(path, text.split("\n"))
    reader.read(tree)
    return reader.facts()


class _Scope:
    """A module, class or function: the names it loads, stores and binds otherwise, and those it defines or imports."""

    def __init__(self, kind: str, prefix: str) -> None:
        self.kind = kind
        self.prefix = prefix
        self.loads: list[ast.Name] = []
        self.stores: list[ast.Name] = []
        self.bound: set[str] = set()
        self.defined: set[str] = set()
        self.globals: set[str] = set()


class _Reader:
    def __init__(self, path: str, lines: list[str]) -> None:
        self._path = path
        self._lines = lines
        self._definitions: list[Definition] = []
        self._imports: list[Imported] = []
        self._references: defaultdict[str, list[int]] = defaultdict(list)

    def read(self, tree: ast.Module) -> None:
        """Walk over a tree."""
        scope = _Scope("module", "")
        self._walk([*tree.body], scope)
        own = scope.defined.union([store.id for store in scope.stores])
        for load in scope.loads:
            if load.id not in _BUILTIN or load.id in own:
                self._references[load.id].append(load.lineno)

    def facts(self) -> FileFacts:
        """Return what was found, in the order of the text."""
        self._definitions.sort(key=lambda definition: (definition.line, -definition.end_line))
        self._imports.sort(key=lambda imported: imported.line)
        return FileFacts(
            language="python",
            definitions=tuple(self._definitions),
            references={
                name: (lines[0],) if len(lines) == 1 else tuple(sorted({*lines}))
                for name, lines in self._references.items()
            },
            imports=tuple(self._imports),
            lines=len(self._lines) - (not self._lines[-1]),
            read="ast",
        )

    def _walk(self, stack: _Stack, scope: _Scope) -> None:
        references = self._references
        load, store = scope.loads.append, scope.stores.append
        pop, push, extend = stack.pop, stack.append, stack.extend
        many = _MANY_IN_FUNCTIONS if scope.kind == "function" else _MANY
        while stack:
            node = pop()
            kind = type(node)
            if kind is ast.Name:
                (load if type(node.ctx) is ast.Load else store)(node)
            elif kind is ast.Attribute:
                references[node.attr].append(node.end_lineno)  # the name's own line; that of a chain is where it begins
                push(node.value)
            elif kind is list:
                extend(node)
            elif kind in many:
                extend(many[kind](node))
            elif kind in _ONE:
                push(_ONE[kind](node))
            elif kind in _SPECIAL:
                _SPECIAL[kind](self, node, scope, stack)

    def _function(self, node: _Function, scope: _Scope, stack: _Stack) -> None:
        name = scope.prefix + node.name
        self._define(name, "method" if scope.kind == "class" else "function", node)
        scope.defined.add(node.name)
        stack.extend(node.decorator_list)
        self._annotation(node.returns, stack)
        self._enter(node.args, [*node.body], _Scope("function", f"{name}."), scope, stack)

    def _lambda(self, node: ast.Lambda, scope: _Scope, stack: _Stack) -> None:
        self._enter(node.args, [node.body], _Scope("function", scope.prefix), scope, stack)

    def _enter(self, arguments: ast.arguments, body: _Stack, inner: _Scope, scope: _Scope, stack: _Stack) -> None:
        """Walk over a function's body; what it loads and does not bind is loaded around it."""
        parameters = arguments.args
        if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
            extra = [parameter for parameter in (arguments.vararg, arguments.kwarg) if parameter is not None]
            parameters = [*arguments.posonlyargs, *parameters, *arguments.kwonlyargs, *extra]
        for parameter in parameters:
            inner.bound.add(parameter.arg)
            if parameter.annotation is not None:
                self._annotation(parameter.annotation, stack)
        stack += arguments.defaults
        stack += arguments.kw_defaults
        self._walk(body, inner)
        local = inner.bound.union([store.id for store in inner.stores]) - inner.globals
        scope.loads += [load for load in inner.loads if load.id not in local]

    def _class(self, node: ast.ClassDef, scope: _Scope, stack: _Stack) -> None:
        name = scope.prefix + node.name
        self._define(name, "class", node)
        scope.defined.add(node.name)
        stack += [node.decorator_list, node.bases, node.keywords]
        inner = _Scope("class", f"{name}.")
        self._walk([*node.body], inner)
        scope.loads += inner.loads

    def _define(self, name: str, kind: str, node: _Function | ast.ClassDef) -> None:
        line = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        first = node.body[0]
        doc = ""
        if type(first) is ast.Expr and type(first.value) is ast.Constant and type(first.value.value) is str:
            doc = doc_line(first.value.value)
        head = python_head(self._lines, node.lineno - 1, first.lineno - 1)
        self._definitions.append(Definition(name, kind, self._path, line, node.end_lineno or line, head, doc))

    def _annotation(self, node: ast.expr | None, stack: _Stack) -> None:
        """Look at an annotation; one that is a string names types all the same."""
        stack.append(node)
        if type(node) is ast.Constant and type(node.value) is str:
            for word in node.value.replace("[", " ").replace("]", " ").replace(",", " ").replace("|", " ").split():
                self._references[word.rpartition(".")[2]].append(node.lineno)

    def _assigned(self, node: ast.Assign, scope: _Scope, stack: _Stack) -> None:
        """Take an assignment outside of functions: there it defines."""
        stack += [node.value, node.targets]
        for target in node.targets:
            for part in target.elts if isinstance(target, ast.Tuple | ast.List) else (target,):
                self._variable(part, node, scope)

    def _annotated(self, node: ast.AnnAssign, scope: _Scope, stack: _Stack) -> None:
        stack += [node.value, node.target]
        self._annotation(node.annotation, stack)
        if scope.kind != "function":
            self._variable(node.target, node, scope)

    def _alias(self, node: Any, scope: _Scope, stack: _Stack) -> None:  # Any: ast.TypeAlias, from Python 3.12 on
        stack += [node.value, node.name]
        if scope.kind != "function":
            self._variable(node.name, node, scope, "type")

    def _variable(self, target: ast.expr, node: ast.stmt, scope: _Scope, kind: str = "") -> None:
        if type(target) is not ast.Name or target.id in _UNNAMED or target.id in scope.defined:
            return
        scope.defined.add(target.id)
        kind = kind or ("constant" if target.id.isupper() else "variable")
        end = node.end_lineno or node.lineno
        head = shortened(self._lines[node.lineno - 1].strip())
        self._definitions.append(Definition(scope.prefix + target.id, kind, self._path, node.lineno, end, head))

    def _import(self, node: ast.Import, scope: _Scope, stack: _Stack) -> None:
        for alias in node.names:
            scope.defined.add(alias.asname or alias.name)
            self._references[alias.name.rpartition(".")[2]].append(alias.lineno)
            self._imports.append(Imported(alias.name, (), node.lineno))

    def _import_from(self, node: ast.ImportFrom, scope: _Scope, stack: _Stack) -> None:
        names = []
        for alias in node.names:
            names.append(alias.name)
            scope.defined.add(alias.asname or alias.name)
            if alias.name != "*":
                self._references[alias.name].append(alias.lineno)
        self._imports.append(Imported("." * node.level + (node.module or ""), tuple(names), node.lineno))

    def _global(self, node: ast.Global, scope: _Scope, stack: _Stack) -> None:
        scope.globals.update(node.names)

    def _handler(self, node: ast.ExceptHandler, scope: _Scope, stack: _Stack) -> None:
        stack += [node.body, node.type]
        scope.bound.add(node.name or "")

    def _captured(self, node: ast.MatchAs | ast.MatchStar, scope: _Scope, stack: _Stack) -> None:
        stack.append(node.pattern if isinstance(node, ast.MatchAs) else None)
        scope.bound.add(node.name or "")

    def _mapping(self, node: ast.MatchMapping, scope: _Scope, stack: _Stack) -> None:
        stack += [node.keys, node.patterns]
        scope.bound.add(node.rest or "")


# Any: each is called with nodes of its own type.
_SPECIAL: dict[type, Callable[[_Reader, Any, _Scope, _Stack], None]] = {
    ast.AnnAssign: _Reader._annotated,
    ast.Assign: _Reader._assigned,
    ast.AsyncFunctionDef: _Reader._function,
    ast.ClassDef: _Reader._class,
    ast.ExceptHandler: _Reader._handler,
    ast.FunctionDef: _Reader._function,
    ast.Global: _Reader._global,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import_from,
    ast.Lambda: _Reader._lambda,
    ast.MatchAs: _Reader._captured,
    ast.MatchMapping: _Reader._mapping,
    ast.MatchStar: _Reader._captured,
}
if hasattr(ast, "TypeAlias"):
    _SPECIAL[ast.TypeAlias] = _Reader._alias
_ONE, _MANY = parts_of_nodes(leave_out=(ast.Name, ast.Attribute, ast.Constant, *_SPECIAL))
_MANY_IN_FUNCTIONS: Parts = {**_MANY, ast.Assign: attrgetter("value", "targets")}
