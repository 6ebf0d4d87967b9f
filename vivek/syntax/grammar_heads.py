"""The head of a definition that a grammar found, and the comment above it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vivek.syntax import kinds
from vivek.syntax.heads import comment_line, one_line, shortened

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST = 4_000  # bytes of a head
_FURTHEST = 400  # bytes before it on its line
_VALUES = frozenset({"constant", "variable", "macro"})
_WORDS = frozenset(b" \t()abcdefghijklmnopqrstuvwxyz")
_OUTER = frozenset({"export_statement", "template_declaration", "decorated_definition"})
_DECORATIONS = kinds.DECORATIONS | {"attribute_list"}


class Comments:
    """The comments and decorations of a text by the lines where they end."""

    def __init__(self, source: bytes, comments: "Sequence[Node]", decorations: "Sequence[Node]") -> None:
        self.source = source
        self._comments = {last_row(node): node for node in comments if self._is_first(node)}
        self._decorations = {last_row(node): node for node in decorations}

    def above(self, node: "Node") -> tuple[int, str]:
        """Return the first line of a definition, from 0, with its decorations, and what the comment above it says."""
        while node.parent is not None and node.parent.type in _OUTER:
            node = node.parent
        first = row = node.start_point.row
        begin = end = 0
        while True:
            row -= 1
            if row in self._decorations and not end:
                first = row = self._decorations[row].start_point.row
            elif row in self._comments:
                begin, end = self._comments[row].start_byte, end or self._comments[row].end_byte
                row = self._comments[row].start_point.row
            else:
                break
        said = self.source[begin : min(end, begin + _LONGEST)].decode("utf-8", "replace")
        return first, comment_line(said)

    def _is_first(self, node: "Node") -> bool:
        """Return whether a comment has its line for itself, rather than standing behind code."""
        return _before(node, self.source).strip() == b""


def head_of(node: "Node", kind: str, source: bytes) -> str:
    """Return the head of a definition on one line as it is written, without decorations and without its body."""
    begin = _begin(node, source)
    if kind in _VALUES:
        text = source[begin : min(node.end_byte, begin + _LONGEST)].decode("utf-8", "replace")
        return shortened(text.strip().partition("\n")[0].rstrip(" ;\\\r"))
    body = _body(node)
    end = body.start_byte if body is not None else node.end_byte
    text = source[begin : min(end, begin + _LONGEST)].decode("utf-8", "replace")
    text = _up_to_mark(text, "\n;" if node.type in {"class", "module", "method", "singleton_method"} else "{;", body)
    return one_line(text).rstrip(" ={;:")


def _up_to_mark(text: str, marks: str, body: "Node | None") -> str:
    """Cut a head where its body begins, which Ruby shows by a new line and others by a brace or nothing at all."""
    if body is not None and marks == "{;":
        return text
    depth = 0
    for position, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth <= 0 and sign in marks:
            return text[:position]
    return text


def _begin(node: "Node", source: bytes) -> int:
    """Return where a head begins: behind decorations, with words such as `export` before it."""
    first = node
    parts = [part for child in node.children for part in (child.children if child.type == "modifiers" else [child])]
    if parts and (parts[0].type in _DECORATIONS or first.type in _OUTER):
        first = next((part for part in parts if part.type not in _DECORATIONS), node)
    before = _before(first, source)
    return first.start_byte - len(before) if _WORDS.issuperset(before) else first.start_byte


def _before(node: "Node", source: bytes) -> bytes:
    """Return what stands before a node on its line; a few dots where that is very much."""
    column = node.start_point.column
    if column > _FURTHEST:
        return b"..."
    return source[node.start_byte - column : node.start_byte]


def _body(node: "Node") -> "Node | None":
    held: Node | None = node
    while held is not None:
        body = held.child_by_field_name("body")
        if body is not None:
            return body
        held = held.child_by_field_name("value") or held.child_by_field_name("right")
    return None


def last_row(node: "Node") -> int:
    """Return the last line of a node, from 0."""
    end = node.end_point
    return end.row if end.column else end.row - 1  # some comments and macros end behind their line
