"""What single nodes of the grammars' trees say to those who measure: names, parameters, cases, labels."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from vivek.syntax import measure_kinds as kinds
from vivek.syntax.grammars import name_of

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPE = re.compile(r"[\w:]+")
_LONGEST = 200  # characters of what is called
_LAMBDAS = frozenset(kinds.ROLES["lambda"].split()) | {"class"}


def text_of(node: "Node | None") -> str:
    """Return the text of a node without the blanks in it."""
    return "" if node is None else "".join((node.text or b"").decode("utf-8", "replace").split())


def function_name(node: "Node") -> str:
    """Return the name of a function that has one, with that of the receiver in Go."""
    if node.type == "function_definition" and node.child_by_field_name("type") is None:
        declarator = text_of(node.child_by_field_name("declarator"))
        if declarator.startswith("TEST"):  # googletest: its macro looks like a function
            return declarator
    return name_of(node)


def scope_name(node: "Node") -> str:
    """Return the name of a type or namespace."""
    if node.type == "impl_item":
        found = _TYPE.search(text_of(node.child_by_field_name("type")))
        return found[0].replace("::", ".") if found is not None else ""
    return name_of(node)


def given_name(node: "Node") -> tuple[int, str]:
    """Return which node is given a name here, by its id, and the name."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    for field in ("name", "property", "key", "left"):
        named = node.child_by_field_name(field)
        if value is not None and named is not None and value.type in _LAMBDAS:
            return value.id, text_of(named).rpartition(".")[2].strip("\"'`")
    return 0, ""


def parameters_of(node: "Node") -> int:
    """Return how many parameters a function takes, itself (`self`) not counted."""
    if node.child_by_field_name("parameter") is not None:
        return 1
    holder = node
    found = node.child_by_field_name("parameters")
    while found is None:
        declarator = holder.child_by_field_name("declarator")
        if declarator is None:
            return 0
        holder = declarator
        found = holder.child_by_field_name("parameters")
    if found.type == "identifier":  # `x -> x`
        return 1
    count = 0
    for child in found.named_children:
        if child.type in kinds.NO_PARAMETERS or text_of(child) in ("void", "this"):
            continue
        count += max(1, len(child.children_by_field_name("name")))
    return count


def is_certain(node: "Node") -> bool:
    """Tell whether a case always fits: then it is no way of its own."""
    match node.type:
        case "case_statement":
            return node.child_by_field_name("value") is None
        case "switch_label":
            return text_of(node).startswith("default")
        case "match_arm":
            return text_of(node.child_by_field_name("pattern")) == "_"
        case _:
            return False


def else_if_of(node: "Node") -> "Node | None":
    """Return the condition that goes on where this one does not hold."""
    other = node.child_by_field_name("alternative") if node.type in kinds.IFS else None
    if other is not None and other.type == "else_clause":
        return next((child for child in other.named_children if child.type in kinds.IFS), None)
    return other if other is not None and other.type in kinds.IFS else None


def has_plain_else(node: "Node") -> bool:
    """Tell whether a condition has an `else` that is a node of another kind than a clause, as in Go and Java."""
    other = node.child_by_field_name("alternative") if node.type in kinds.IFS else None
    return other is not None and other.type != "else_clause" and other.type not in kinds.IFS


def same_run(node: "Node") -> "Iterator[Node]":
    """Yield the operations within this one that go on with its run: of its sign, at most in brackets."""
    for field in ("left", "right"):
        part = node.child_by_field_name(field)
        while part is not None and part.type == "parenthesized_expression":
            part = next(iter(part.named_children), None)
        if part is not None and part.type == node.type and operator_of(part) == operator_of(node):
            yield part


def operator_of(node: "Node") -> str:
    """Return the sign of an operation."""
    sign = node.child_by_field_name("operator")
    return "" if sign is None else sign.type


def called_own(node: "Node") -> str:
    """Return the name that a call calls, in the same file or of the same object as far as it tells; "" for others."""
    if node.type == "method_invocation":
        holder = text_of(node.child_by_field_name("object"))
        return text_of(node.child_by_field_name("name")) if holder in ("", "this") else ""
    called = node.child_by_field_name("function")
    if called is None or called.end_byte - called.start_byte > _LONGEST:
        return ""
    said = text_of(called)
    for own in kinds.OWN:
        said = said.removeprefix(own)
    return said


def has_label(node: "Node") -> bool:
    """Tell whether a jump names where it goes."""
    if node.type == "break_expression":  # Rust: a value may stand there
        return any(child.type == "label" for child in node.named_children)
    return any(child.type in kinds.LABELS for child in node.named_children)


def body_of(node: "Node") -> int:
    """Return where that part of a node begins that lies a level deeper."""
    for field in ("consequence", "body"):
        body = node.child_by_field_name(field)
        if body is not None:
            return body.start_byte
    return node.start_byte
