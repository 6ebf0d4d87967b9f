"""Which variables of the environment a Python text reads: by name, by a library, by its own functions and settings."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from vivek.schema.measures import UNNAMED
from vivek.syntax.hints import lines_with

_VARIABLE: Final = "environment variable"
_HINTS = ("environ", "getenv", "envvar")
_GETTERS = frozenset({"get", "setdefault", "pop"})
_NAME = re.compile(r"[A-Za-z_]\w*")
_FROM_OS = re.compile(r"^[ \t]*from[ \t]+os[ \t]+import\b[ \t(]*([^\n#]*)", re.M)
_LIBRARY = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>environs?|decouple|starlette\.config)[ \t]+import[ \t(]+(?P<names>[^\n#)]*)"
    r"|import[ \t]+environs?\b)",
    re.M,
)
_MADE = re.compile(r"^(\w+)(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*(?:\w+\.)?(?:Env|FileAwareEnv|AutoConfig|Config)\(", re.M)
_LIBRARIES = ("environs", "import environ", "from environ", "decouple", "starlette.config")
_READY = frozenset({"config", "env"})  # what `decouple` and `environs` hand out ready to be asked
_ALIASES = frozenset({"validation_alias", "alias", "env"})
_NO_FIELDS = frozenset({"model_config"})


@dataclass(frozen=True, slots=True)
class Readers:
    """By which names a text reads the environment without naming `os`.

    Attributes:
        given: Names that come from `os`.
        asked: Functions and objects that are called with the name of a variable.
        inside: Places in such functions that read what they are called with: lines, not told as unnamed.
        constants: Texts that a name of the module stands for.
    """

    given: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    inside: frozenset[int] = frozenset()
    constants: dict[str, str] | None = None

    def lines(self, text: str) -> list[int]:
        """Return the lines of a text on which it may read the environment."""
        called = [f"{name}{sign}" for name in sorted(self.asked) for sign in "(."]
        found = set(lines_with(text, _HINTS)).union(lines_with(text, called, apart=True))
        return sorted(found)

    def read(self, node: ast.expr) -> Iterator[tuple[str, str]]:
        """Yield what an expression reads: the kind and the name, "" where it is not written there."""
        match node:
            case ast.Subscript(value=source, slice=key, ctx=ast.Load()) if self._environment(source):
                yield from self._known(key)
            case ast.Compare(
                left=ast.Constant() | ast.Name() as key, ops=[ast.In() | ast.NotIn()], comparators=[found]
            ):
                if self._environment(found):
                    yield from self._known(key)
            case ast.Call(func=called, args=[key, *_]) if self._asks(called):
                yield from self._known(key)
            case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(name)), *_]) if called in self.asked:
                yield from _named(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=called)), args=[ast.Constant(value=str(name)), *_]) if (
                called in self.asked
            ):
                yield from _named(name)
            case ast.Call(keywords=[*_]):
                yield from _declared(node)

    def _known(self, key: ast.expr) -> Iterator[tuple[str, str]]:
        match key:
            case ast.Constant(value=str(name)):
                yield _VARIABLE, name
            case ast.Name(id=name) if self.constants and name in self.constants:
                yield _VARIABLE, self.constants[name]
            case _ if key.lineno not in self.inside:
                yield UNNAMED, ""

    def _asks(self, called: ast.expr) -> bool:
        match called:
            case ast.Name(id="getenv"):
                return "getenv" in self.given
            case ast.Attribute(value=ast.Name(id="os"), attr="getenv"):
                return True
            case ast.Attribute(value=source, attr=name):
                return name in _GETTERS and self._environment(source)
            case _:
                return False

    def _environment(self, node: ast.expr) -> bool:
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ"):
                return True
            case ast.Name(id="environ"):
                return "environ" in self.given
            case _:
                return False


def readers_in(text: str, code: str, tree: ast.Module) -> Readers:
    """Return by which names a text reads the environment.

    Args:
        text: The text.
        code: The same lines without comments and strings.
        tree: Its tree.
    """
    asked = set(_library_names(code)) if any(word in code for word in _LIBRARIES) else set()
    if "environ" not in text and "getenv" not in text:
        return Readers(asked=frozenset(asked))
    given = {name for match in _FROM_OS.finditer(code) for name in re.findall(r"\w+", match[1])}
    plain = Readers(frozenset(given), constants=_constants(tree))
    own, inside = _own_readers(tree, plain, plain.lines(text))
    return Readers(plain.given, frozenset(asked | own), frozenset(inside), plain.constants)


def settings_in(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and name of the variables that classes of settings are filled from (pydantic)."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(_last(base) == "BaseSettings" for base in node.bases):
            prefix = next(filter(None, map(_prefix, node.body)), "")
            for field in node.body:
                match field:
                    case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=value):
                        if name.startswith("_") or name in _NO_FIELDS or "ClassVar" in ast.unparse(kind):
                            continue
                        names = list(_aliases(value)) or [f"{prefix}{name}".upper()]
                        yield from ((field.lineno, _VARIABLE, each) for each in names)


def _library_names(code: str) -> Iterator[str]:
    imported = list(_LIBRARY.finditer(code))
    if not imported or ".prefixed(" in code:  # there, names are put together while running
        return
    for match in imported:
        if match["module"] in ("decouple", "environs"):
            yield from _READY.intersection(re.findall(r"\w+", match["names"]))
    yield from (match[1] for match in _MADE.finditer(code))


def _constants(tree: ast.Module) -> dict[str, str]:
    """Return the texts that names in capitals stand for."""
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
            ) if name.isupper():
                found[name] = text
    return found


def _own_readers(tree: ast.Module, plain: Readers, lines: Iterable[int]) -> tuple[set[str], set[int]]:
    """Return the functions that read the variable they are called with, and the lines in those that are private."""
    names, inside = set(), set()
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or not (function.args.posonlyargs + function.args.args):
            continue
        if not any(function.lineno <= line <= (function.end_lineno or line) for line in lines):
            continue
        first = (function.args.posonlyargs + function.args.args)[0].arg
        for node in ast.walk(function):
            key = _key(node)
            if isinstance(key, ast.Name) and key.id == first and isinstance(node, ast.expr) and any(plain.read(node)):
                names.add(function.name)
                if function.name.startswith("_"):
                    inside.add(key.lineno)
    return names, inside


def _key(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Subscript(slice=key) | ast.Call(args=[key, *_]) | ast.Compare(left=key):
            return key
        case _:
            return None


def _declared(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Yield the variables that an option of a command line may be read from."""
    for keyword in call.keywords:
        if keyword.arg == "envvar":
            for node in ast.walk(keyword.value):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from _named(node.value)


def _named(name: str) -> Iterator[tuple[str, str]]:
    if _NAME.fullmatch(name):
        yield _VARIABLE, name


def _prefix(node: ast.stmt) -> str:
    """Return the prefix of variables that a part of a class of settings declares."""
    for inner in ast.walk(node):
        match inner:
            case ast.keyword(arg="env_prefix", value=ast.Constant(value=str(prefix))):
                return prefix
            case ast.Assign(targets=[ast.Name(id="env_prefix")], value=ast.Constant(value=str(prefix))):
                return prefix
    return ""


def _aliases(value: ast.expr | None) -> Iterator[str]:
    """Yield the names that a field of settings is given instead of its own."""
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg in _ALIASES:
                yield from (
                    node.value
                    for node in ast.walk(keyword.value)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                )


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
