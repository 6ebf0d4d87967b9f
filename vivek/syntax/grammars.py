"""Reads source text with tree-sitter, where the grammar of its language is installed; its only home.

Libraries are imported when a file of their language is looked at. Runs nothing of what it reads.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vivek.syntax import kinds
from vivek.syntax.languages import language_of

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

LONGEST = 2_000_000
"""Characters of a text that is still read."""

_DEEPEST = 60  # levels of classes, namespaces and conditions that are looked into
_RECEIVER = re.compile(r"(\w+)\s*(?:\[[^()]*\])?\s*\)\Z")
_TYPE = re.compile(r"[\w:]+")
_ARGUMENTS = re.compile(r"<[^<>]*>")


class Found(NamedTuple):
    """A definition: first and last line from 0, and what else stands on these two."""

    name: str
    kind: str
    start: int
    head: int
    end: int
    before: str
    after: str


def symbols_in(path: str, text: str) -> list[Found] | None:
    """Return what a text defines, outer before inner, or None where no grammar for it is installed.

    Of several grammars the one counts that finds no fault.
    """
    best: list[Found] | None = None
    for root in _roots(path, text):
        source = root.text or b""
        if best is None or not root.has_error:
            best = list(_Reader(source).read(root.children))
        if not root.has_error:
            break
    return best


def fault_in(path: str, text: str) -> str | None:
    """Return where a text does not parse, or None when it does or nobody here can tell.

    A grammar does not know every dialect of its language: of a fault alone nothing follows, only of one that a text
    did not have before.
    """
    fault = None
    for root in _roots(path, text):
        if not root.has_error:
            return None
        fault = fault or fault_of(root)
    return fault


def string_lines_in(path: str, text: str) -> frozenset[int]:
    """Return the lines that begin within a string, as far as a grammar tells."""
    if language_of(path) == "java":
        return frozenset()
    lines: set[int] = set()
    for root in islice(_roots(path, text), 1):
        waiting = [root]
        while waiting:
            node = waiting.pop()
            first, last = node.start_point.row, node.end_point.row
            if first != last and node.type in kinds.STRINGS:
                lines.update(range(first + 1, last + 1))
            elif first != last:
                waiting.extend(node.children)
    return frozenset(lines)


def grammar_key(path: str) -> str:
    """Return under which name the grammars of a file are listed: its language, except that headers and TSX have own."""
    suffix = path.lower().rpartition(".")[2]
    return {"h": "header", "tsx": "tsx"}.get(suffix, language_of(path) or "")


def _roots(path: str, text: str) -> Iterator["Node"]:
    """Yield the trees of a text, of each grammar that may read it."""
    if len(text) <= LONGEST:
        for grammar in kinds.GRAMMARS.get(grammar_key(path), ()):
            tree = _tree(grammar, text)
            if tree is not None:
                yield tree.root_node


@lru_cache(maxsize=2)  # one text is asked about several times in a row
def _tree(grammar: tuple[str, str], text: str) -> "Tree | None":
    parser = parser_of(*grammar)
    return None if parser is None else parser.parse(text.encode("utf-8", "surrogatepass"))


@cache
def parser_of(module: str, function: str) -> "Parser | None":
    """Return the parser of a grammar, None where it is not installed."""
    try:
        import tree_sitter

        grammar = import_module(module)
        return tree_sitter.Parser(tree_sitter.Language(getattr(grammar, function)()))
    except (ImportError, AttributeError, ValueError):  # ValueError: made for another version of the library
        return None


def fault_of(root: "Node") -> str:
    """Return the first fault of a tree that has one, with its line."""
    node = root
    while not (node.is_error or node.is_missing):
        faulty = next((child for child in node.children if child.has_error), None)
        if faulty is None:  # a token that the library itself counts as a fault
            break
        node = faulty
    line = node.start_point.row + 1
    return f"line {line}: `{node.type}` is missing" if node.is_missing else f"line {line}: invalid syntax"


class _Around(NamedTuple):
    """What stands around a node: names, kind and depth of what holds it, its wrapper, and a decoration before that."""

    prefix: str
    scope: str
    depth: int
    outer: "Node"
    first: "Node | None"


class _Reader:
    """Walks the outer levels of a tree; what stands within functions is not looked at."""

    def __init__(self, source: bytes) -> None:
        self._lines = source.split(b"\n")

    def read(self, nodes: Sequence["Node"], prefix: str = "", scope: str = "", depth: int = 0) -> Iterator[Found]:
        """Yield the definitions among nodes; `scope` is the kind of what is around them."""
        if depth > _DEEPEST:
            return
        first: Node | None = None
        for node in nodes:
            if node.type in kinds.DECORATIONS:
                first = first or node
            elif node.type not in kinds.COMMENTS:
                yield from self._visit(node, _Around(prefix, scope, depth + 1, node, first))
                first = None

    def _visit(self, node: "Node", around: "_Around") -> Iterator[Found]:
        prefix, scope, depth, outer, first = around
        kind = _kind(node)
        if kind:
            name = name_of(node)
            if kind == "function" and scope in kinds.SCOPES:
                kind = "method"
            if name and not node.has_error:
                yield self._found(prefix + name, kind, first or outer, outer)
            if kind in kinds.SCOPES or kind in kinds.PLACES:
                yield from self.read(_inside(node), f"{prefix}{name}." if name else prefix, kind, depth)
        elif node.type in kinds.WRAPPERS:
            held = [child for child in node.named_children if child.type not in kinds.BESIDE]
            alone = len(held) == 1 or node.type == "template_declaration"
            for child in held if depth <= _DEEPEST else ():
                part = around if alone else around._replace(outer=child, first=None)
                yield from self._visit(child, part._replace(depth=depth + 1))
        elif node.type == "impl_item":
            yield from self.read(_inside(node), f"{_type_name(node)}.", "struct", depth)
        elif node.type in kinds.OPEN:
            yield from self.read(node.children, prefix, scope, depth)

    def _found(self, name: str, kind: str, first: "Node", outer: "Node") -> Found:
        start, end = first.start_point, outer.end_point
        before = self._lines[start.row][: start.column].decode("utf-8", "surrogatepass")
        after = self._lines[end.row][end.column :].decode("utf-8", "surrogatepass")
        return Found(name, kind, start.row, _head(outer), end.row, before, after)


def _kind(node: "Node") -> str:
    if node.type in kinds.ONLY_WITH_BODY and node.child_by_field_name("body") is None:
        return ""
    if node.type in kinds.VARIABLES:
        holders = [child for child in node.named_children if child.type == "variable_declarator"] or [node]
        value = holders[0].child_by_field_name("value")
        if len(holders) > 1 or value is None or value.type not in kinds.FUNCTION_VALUES:
            return ""
        return "class" if value.type == "class" else "function"
    return kinds.KINDS.get(node.type, "")


def _inside(node: "Node") -> Sequence["Node"]:
    holder = next((child for child in node.named_children if child.type == "variable_declarator"), node)
    body = (holder.child_by_field_name("value") or node).child_by_field_name("body")
    if body is None:
        return ()
    # What an enumeration of Java declares behind its constants lies one level deeper.
    return [
        inner
        for child in body.children
        for inner in (child.children if child.type == "enum_body_declarations" else [child])
    ]


def name_of(node: "Node") -> str:
    """Return the name of a definition, with that of the receiver in Go; "" for one without a name."""
    holder = next((child for child in node.named_children if child.type == "variable_declarator"), node)
    named: Node | None = holder.child_by_field_name("name")
    while named is None:
        declarator = holder.child_by_field_name("declarator") or _named_child(holder)
        if declarator is None:
            return ""
        holder = declarator
        named = holder if holder.type in kinds.NAMES else holder.child_by_field_name("name")
    name = _text(named)
    while (shorter := _ARGUMENTS.sub("", name)) != name:
        name = shorter
    receiver = node.child_by_field_name("receiver")
    found = _RECEIVER.search(_text(receiver)) if receiver is not None else None
    return (f"{found[1]}." if found is not None else "") + name.replace("::", ".")


def _named_child(node: "Node") -> "Node | None":
    """Return the child that carries the name where a grammar gives it no field, as of references in C++."""
    children = node.named_children
    return next((child for child in children if child.type in kinds.NAMES or "declarator" in child.type), None)


def _type_name(node: "Node") -> str:
    named = node.child_by_field_name("type")
    found = _TYPE.search(_text(named)) if named is not None else None
    return found[0].replace("::", ".") if found is not None else "impl"


def _head(node: "Node") -> int:
    """Return the line of a definition itself, behind its decorators."""
    parts = (part for child in node.children for part in (child.children if child.type == "modifiers" else [child]))
    return next((part for part in parts if part.type not in kinds.DECORATIONS), node).start_point.row


def _text(node: "Node") -> str:
    return "".join((node.text or b"").decode("utf-8", "surrogatepass").split())
