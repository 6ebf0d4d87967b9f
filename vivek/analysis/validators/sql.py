"""V11: values that are put into the text of an SQL statement, where a parameter belongs.

Names of tables and columns cannot be parameters, so only places of values count; what is no text a stranger can have
written, such as a constant, a number or a row of question marks, is no finding either.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.sql_pieces import Composed, Piece, composed, is_spelled_out
from vivek.schema.concerns import Concern

SAYS: Final = "puts values into SQL text"

# In capitals, or right behind a quote: words of every text would cost a walk through every file.
_HINT = re.compile(
    r"\b(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WHERE|AND|OR)\b|[\"'`]\s*(?:select|insert|update|delete)\s"
)
_STATEMENT = re.compile(
    r"\s*(?:SELECT\b.{0,2000}?\bFROM\b|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|REPLACE\s+INTO\b|UPDATE\b.{0,500}?\bSET\b"
    r"|DELETE\s+FROM\b|(?:WHERE|AND|OR)\s+[\w.]+\s*(?:=|<|>|LIKE\b)"
    r"|select\b.{0,2000}?\bfrom\b|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b)",
    re.DOTALL,
)
_VALUE_NEXT = re.compile(r"(?:[=<>]|\blike|\bbetween|\blimit|\boffset|\b(?:in|values)\s*\([^()]*)\s*\Z", re.IGNORECASE)
_CONSTANT = re.compile(r"(?:\w+\.)*_*[A-Z][A-Z0-9_]*\Z")
_HARMLESS = re.compile(r"(?i)marks|placeholder|params?\b|escape|quote|literal|identifier|sanitiz|\A(?:int|float|len)\(")


def check_sql(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """V11: say where an added line puts values into SQL text."""
    if not any(_HINT.search(line) for _, line in change.added):
        return
    added = {number for number, _ in change.added}
    own: frozenset[str] | None = None
    told: set[int] = set()
    for each in composed(change):
        line = next((number for number in range(each.first, each.last + 1) if number in added), None)
        if line is None or line in told or not _is_statement(each):
            continue
        if own is None:
            own = frozenset(_fixed_names(change))
        if any(_put_in(each, own)):
            told.add(line)
            yield change.doubt("V11", "note", SAYS, line)


def _is_statement(text: Composed) -> bool:
    # What is computed may be the name of the table.
    return _STATEMENT.match("".join("x" if piece.computed else piece.text for piece in text.pieces)) is not None


def _put_in(text: Composed, own: frozenset[str]) -> Iterator[Piece]:
    """Yield the computed pieces that stand where a value belongs."""
    before = ""
    for piece in text.pieces:
        if not piece.computed:
            before += piece.text
            continue
        in_quotes = before.count("'") % 2 == 1
        fixed = piece.text in own or _CONSTANT.match(piece.text) or _HARMLESS.search(piece.text)
        if not fixed and (in_quotes or _VALUE_NEXT.search(before)):
            yield piece
        before += "x"


def _fixed_names(change: Changed) -> Iterator[str]:
    """Yield the names of a Python file that only ever stand for texts which the file itself spells out."""
    values: dict[str, list[ast.expr]] = {}
    for node in change.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                values.setdefault(name, []).append(value)
            case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=elements) | ast.List(elts=elements)):
                values.setdefault(name, []).extend(elements)
            case ast.arg(arg=name) | ast.AugAssign(target=ast.Name(id=name)):
                values.setdefault(name, []).append(ast.Name(id=""))
            case _:
                pass
    for name, given in values.items():
        if all(_is_fixed(value) for value in given):
            yield name


def _is_fixed(value: ast.expr) -> bool:
    # A statement within another one is judged by itself.
    within = isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant)
    return is_spelled_out(value) or (within and _STATEMENT.match(ast.unparse(value)[2:]) is not None)
