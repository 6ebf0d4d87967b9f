"""Finds texts that code puts together out of literals and of what it computes: Python by its tree, others by signs."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from vivek.analysis.validators.changed import Changed, nodes_of, parse_python


class Piece(NamedTuple):
    """A part of a text: what stands in a literal, or the expression that gives it."""

    text: str
    computed: bool


class Composed(NamedTuple):
    """A text that is put together, and the lines it stands on, from 1."""

    pieces: tuple[Piece, ...]
    first: int
    last: int


LANGUAGES: Final = frozenset({"c", "cpp", "csharp", "go", "java", "javascript", "kotlin", "rust", "typescript"})

_STRING: Final = (
    r'"""(?s:.*?)"""|(?<![\w"])r#*"[^"]*"#*|"(?:[^"\\\n]|\\(?s:.))*"|`(?:[^`\\]|\\(?s:.))*`|\'(?:[^\'\\\n]|\\.)*\''
)
_TOKEN: Final = re.compile(rf"(?P<comment>//[^\n]*|/\*(?s:.*?)\*/)|(?P<string>{_STRING})")
_SINGLE: Final = frozenset({"javascript", "typescript"})
_NEXT: Final = re.compile(
    rf"\s*\+\s*(?:(?P<string>{_STRING})|(?P<value>[\w.]+(?:\([^()\n]*\)|\[[^\]\n]*\])*))|(?P<beside>\s*(?:\"(?:[^\"\\\n]|\\.)*\"))"
)
_FORMATTING: Final = {
    "c": re.compile(r"\b(?:\w*n?printf\w*)\s*\([^;{}]*$"),
    "go": re.compile(r"\b(?:Sp|Fp|Ap|p)\w*rintf\([^;{}\"`]*$|\bErrorf\($"),
    "java": re.compile(r"\bString\.format\(\s*(?:[\w.]+\s*,\s*)?$"),
    "rust": re.compile(r"\bformat!\s*\(\s*$"),
}
_HOLES: Final = {
    "c": re.compile(r"%[-+ #0-9.*]*(?P<name>s)"),
    "go": re.compile(r"%(?P<name>[sv])"),
    "java": re.compile(r"%(?:\d+\$)?(?P<name>s)"),
    "rust": re.compile(r"(?<!\{)\{(?P<name>\w*)(?::\??)?\}(?!\})"),
}
_TEMPLATE: Final = re.compile(r"\$\{(?P<name>[^{}]*)\}")
_BEFORE = 160  # characters in front of a literal that tell what takes it


def composed(change: Changed) -> Iterator[Composed]:
    """Yield the texts of a file's new version that are put together, each as its pieces."""
    if change.tree is not None:
        yield from _of_python(change.nodes)
    elif change.language == "python":  # a piece of a file: what is whole by itself
        for number, line in change.added:
            alone = parse_python(line.strip()) if "=" in line or "(" in line else None
            yield from (text._replace(first=number, last=number) for text in _of_python(nodes_of(alone)))
    elif change.after is not None and change.language in LANGUAGES:
        yield from _of_signs(change.after, change.language)


def _of_python(nodes: Sequence[ast.AST]) -> Iterator[Composed]:
    inner: set[int] = set()
    for node in nodes:  # outer ones come first
        if not isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call) or id(node) in inner:
            continue
        inner.update(id(child) for child in _parts(node))
        pieces = tuple(_python_pieces(node))
        if any(piece.computed for piece in pieces) and any(not piece.computed for piece in pieces):
            yield Composed(pieces, node.lineno, node.end_lineno or node.lineno)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for side in (node.left, node.right):
            yield side
            yield from _parts(side)


def _python_pieces(node: ast.expr) -> Iterator[Piece]:
    match node:
        case ast.Constant(value=str(text)):
            yield Piece(text, computed=False)
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _python_pieces(value)
        case ast.FormattedValue(value=value, format_spec=spec):
            is_number = spec is not None and ast.unparse(spec).strip("f'\"").endswith(("d", "f"))
            is_known = is_number or is_spelled_out(value)
            yield Piece("0" if is_known else ast.unparse(value), not is_known)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _python_pieces(left)
            yield from _python_pieces(right)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
            values = right.elts if isinstance(right, ast.Tuple) else [right]
            yield from _filled(text, re.compile(r"%(?:\((?P<name>\w+)\))?[sr]"), [ast.unparse(each) for each in values])
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), args=args):
            yield from _filled(text, re.compile(r"\{(?P<name>\w*)\}"), [ast.unparse(each) for each in args])
        case _:
            yield Piece(ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else "computed", computed=True)


def is_spelled_out(value: ast.expr) -> bool:
    """Tell whether a Python expression can only be a text that stands in it, such as a row of question marks."""
    match value:
        case ast.Constant():
            return True
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, op=ast.Add(), right=second):
            return is_spelled_out(first) and is_spelled_out(second)
        case ast.BinOp(left=first, op=ast.Mult(), right=second):
            return is_spelled_out(first) or is_spelled_out(second)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join"), args=[given]):
            return is_spelled_out(given)
        case ast.GeneratorExp(elt=each) | ast.ListComp(elt=each):
            return is_spelled_out(each)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return all(is_spelled_out(each) for each in elements)
        case _:
            return False


def _of_signs(text: str, language: str) -> Iterator[Composed]:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    after = 0
    for found in _TOKEN.finditer(text):
        if found["string"] is None or found.start() < after:
            continue
        if found["string"][0] == "'" and language not in _SINGLE:
            continue
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if found["string"][0] == "`" and language in _SINGLE and re.search(r"[\w)>]$", before):
            continue  # a tag makes parameters of what is put in
        pieces, end = _joined(text, found.start(), language, before)
        after = end
        if any(piece.computed for piece in pieces):
            yield Composed(tuple(pieces), _line(starts, found.start()), _line(starts, end))


def _joined(text: str, start: int, language: str, before: str) -> tuple[list[Piece], int]:
    """Return the pieces of the literal that begins at a place and of all that is added to it, and where they end."""
    found = _TOKEN.match(text, start)
    pieces: list[Piece] = []
    end = start
    while found is not None:
        end = found.end()
        literal = found["string"] or found.groupdict().get("beside")
        if literal:
            pieces += _literal(literal.strip(), language, before, text[end : end + len(".formatted(")])
        else:
            pieces.append(Piece(found["value"], computed=True))
        found = _NEXT.match(text, end)
    return pieces, end


def _literal(literal: str, language: str, before: str, behind: str) -> Iterator[Piece]:
    bare = literal.strip("`\"'") if literal[0] != "r" else literal[1:].strip('#"')
    family = "c" if language == "cpp" else "java" if language == "kotlin" else language
    holes = _TEMPLATE if literal[0] == "`" and language in _SINGLE else None
    takes = _FORMATTING.get(family)
    if takes is not None and (takes.search(before) or (family == "java" and behind.startswith(".formatted("))):
        holes = _HOLES[family]
    return _filled(bare, holes, ()) if holes is not None else iter((Piece(bare, computed=False),))


def _filled(text: str, holes: re.Pattern[str], values: Sequence[str]) -> Iterator[Piece]:
    """Yield the pieces of a literal with holes; each is named by what fills it, else by what stands in it."""
    at = 0
    for number, hole in enumerate(holes.finditer(text)):
        yield Piece(text[at : hole.start()], computed=False)
        named = hole["name"] or ""
        yield Piece(values[number] if number < len(values) else named or "computed", computed=True)
        at = hole.end()
    yield Piece(text[at:], computed=False)


def _line(starts: Sequence[int], at: int) -> int:
    from bisect import bisect_right

    return bisect_right(starts, at)
