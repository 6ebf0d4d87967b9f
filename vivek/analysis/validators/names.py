"""V02: names in Python that nothing defines, by the compiler's own symbol tables; only what a change brings in."""

import ast
import builtins
import symtable
from collections.abc import Iterator, Mapping, Sequence

from vivek.analysis.validators.changed import Changed, nodes_of, parse_python
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

_GIVEN = frozenset(dir(builtins)) | {
    *("__file__", "__path__", "__cached__", "__annotations__", "__class__", "__module__", "__qualname__"),
    *("WindowsError", "reveal_type", "reveal_locals"),
}


def check_names(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say which names a Python file uses that neither it nor Python defines."""
    if change.tree is None or change.after is None:
        return
    undefined = _undefined(change.after, change.nodes)
    if not undefined:
        return
    new = undefined - (_undefined(change.before, change.nodes_before) if change.before else frozenset())
    seen: set[str] = set()
    for node in sorted(_names(change.nodes), key=lambda name: (name.lineno, name.col_offset)) if new else ():
        if node.id in new and node.id not in seen:
            seen.add(node.id)
            yield change.doubt("V02", "ask", f"`{node.id}` is not defined", node.lineno)


def check_members(changes: Sequence[Changed], facts: ProjectFacts) -> Iterator[Concern]:
    """Say which names are imported from modules of the project, or called on them, that these do not define."""
    project = _Project(changes, facts)
    for change in changes:
        if change.tree is None:
            continue
        missing = list(_missing(change.nodes, change.path, project))
        before = _missing(change.nodes_before, change.path, project) if missing else ()
        known = {(module, name) for module, name, _ in before}
        for module, name, line in missing:
            if (module, name) not in known:
                known.add((module, name))
                said = f"`{module}` defines no `{name}`" if name else f"`{module}` is no module of this project"
                yield change.doubt("V02", "ask", said, line)


class _Project:
    """The modules of the project as they are after the change."""

    def __init__(self, changes: Sequence[Changed], facts: ProjectFacts) -> None:
        self._facts = facts
        self._changed: Mapping[str, Changed] = {change.path: change for change in changes}
        gone = {change.path for change in changes if change.deleted}
        self._files = (facts.files | self._changed.keys()) - gone
        self._defined: dict[str, frozenset[str] | None] = {}

    def path_of(self, module: str) -> str | None:
        """Return the file of a module, None when it is none of the project's."""
        path = module.replace(".", "/")
        for candidate in (f"{path}.py", f"{path}/__init__.py", f"src/{path}.py", f"src/{path}/__init__.py"):
            if candidate in self._files:
                return candidate
        return None

    def misses(self, module: str) -> bool:
        """Tell whether a module certainly is not there, though its package is the project's own."""
        top, _, rest = module.partition(".")
        if not rest or rest.rpartition(".")[2].startswith("_") or self.path_of(module) is not None:
            return False  # names that begin so are often made by a build
        root = next((each for each in ("", "src/") if f"{each}{top}/__init__.py" in self._files), None)
        path = f"{root}{module.replace('.', '/')}"
        return root is not None and not any(file.startswith((f"{path}/", f"{path}.")) for file in self._files)

    def lacks(self, module: str, name: str) -> bool:
        """Tell whether a module of the project certainly does not define a name."""
        path = self.path_of(module)
        if path is None or self.path_of(f"{module}.{name}") is not None or self._is_folder(path, name):
            return False
        if path not in self._defined:
            self._defined[path] = self._define(path)
        defined = self._defined[path]
        return defined is not None and name not in defined

    def _define(self, path: str) -> frozenset[str] | None:
        change = self._changed.get(path)
        if change is not None:
            return None if change.tree is None else _defines(change.tree, change.nodes)
        text = self._facts.read(path)
        tree = None if text is None else parse_python(text)
        return None if tree is None else _defines(tree, nodes_of(tree))

    def _is_folder(self, path: str, name: str) -> bool:
        """Tell whether `from package import name` may mean a folder without an `__init__.py`."""
        folder = f"{path.removesuffix('__init__.py')}{name}/"
        return path.endswith("__init__.py") and any(file.startswith(folder) for file in self._files)


def _missing(nodes: Sequence[ast.AST], path: str, project: _Project) -> Iterator[tuple[str, str, int]]:
    """Yield (module, name, line) for what a text takes from modules that do not have it; no name for no module."""
    modules: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            module = _absolute(node, path)
            if project.misses(module):
                yield module, "", node.lineno
            for alias in node.names if module else ():
                if project.path_of(f"{module}.{alias.name}") is not None:
                    modules[alias.asname or alias.name] = f"{module}.{alias.name}"
                elif alias.name != "*" and project.lacks(module, alias.name):
                    yield module, alias.name, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "", node.lineno) for alias in node.names if project.misses(alias.name))
            modules |= {alias.asname: alias.name for alias in node.names if alias.asname}
            modules |= {alias.name: alias.name for alias in node.names if not alias.asname and "." not in alias.name}
    # A name that is also bound otherwise may be something else where it is used.
    for name in _names(nodes, ast.Store):
        modules.pop(name.id, None)
    yield from _not_members(nodes, modules, project)


def _not_members(
    nodes: Sequence[ast.AST], modules: Mapping[str, str], project: _Project
) -> Iterator[tuple[str, str, int]]:
    for node in nodes if modules else ():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and isinstance(node.ctx, ast.Load):
            module = modules.get(node.value.id)
            if module is not None and project.lacks(module, node.attr):
                yield module, node.attr, node.lineno


def _absolute(node: ast.ImportFrom, path: str) -> str:
    """Return the module that an import names, "" when a relative one leads out of the project."""
    if not node.level:
        return node.module or ""
    parts = path.removeprefix("src/").split("/")
    if node.level > len(parts) - 1:
        return ""
    package = parts[: len(parts) - node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _defines(tree: ast.Module, nodes: Sequence[ast.AST]) -> frozenset[str] | None:
    """Return what a module defines at its top level; None when that cannot be told without running it."""
    defined = {"__doc__", "__name__", "__file__", "__all__", "__path__", "__spec__", "__dict__", "__loader__"}
    defined.update(name for node in nodes if isinstance(node, ast.Global) for name in node.names)
    for node in _top_level(tree.body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                defined.add(node.name)
            case ast.Import() | ast.ImportFrom():
                names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
                if "*" in names:
                    return None
                defined.update(names)
            case ast.Name() if not isinstance(node.ctx, ast.Load):
                defined.add(node.id)
            case ast.Call(func=ast.Name(id="globals" | "exec" | "setattr" | "vars")):
                return None
    return None if "__getattr__" in defined else frozenset(defined)


def _top_level(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of a module that are not inside functions or classes."""
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)


def _names(nodes: Sequence[ast.AST], kind: type[ast.expr_context] = ast.Load) -> list[ast.Name]:
    return [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, kind)]


def _undefined(text: str, nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Return the global names that a text uses and nothing in it defines."""
    if not nodes or _is_open(nodes):
        return frozenset()
    try:
        table = symtable.symtable(text, "<change>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    defined = set(_GIVEN)
    used: set[str] = set()
    pending = [(table, True)]
    while pending:
        scope, top = pending.pop()
        for symbol in scope.get_symbols():
            if (top or symbol.is_declared_global()) and (symbol.is_assigned() or symbol.is_imported()):
                defined.add(symbol.get_name())
            if symbol.is_referenced() and (top or _is_global(symbol, scope)):
                used.add(symbol.get_name())
        pending += [(child, False) for child in scope.get_children()]
    return frozenset(used - defined)


def _is_global(symbol: symtable.Symbol, scope: symtable.SymbolTable) -> bool:
    """Tell whether a name is looked up in the module; Python takes any scope called `top` for the module itself."""
    if isinstance(scope, symtable.Function):
        return symbol.get_name() in scope.get_globals()
    return symbol.is_global() and scope.get_name() != "top"


def _is_open(nodes: Sequence[ast.AST]) -> bool:
    """Tell whether a module may hold names that cannot be seen: by a star, by `globals()`, or by trying them out."""
    for node in nodes:
        match node:
            case ast.ImportFrom() if any(alias.name == "*" for alias in node.names):
                return True
            case ast.Call(func=ast.Name(id="globals" | "exec" | "vars")):
                return True
            case ast.Name(id="NameError"):
                return True
    return False
