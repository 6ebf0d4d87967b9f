"""Tool calls that are written in Python, `read(path="a.py")`: read as syntax, never run. Pure."""

import ast
import json
import re
import warnings

from vivek.prompts.calls.arguments import Cards, Draft
from vivek.prompts.calls.dialects import CUT_OFF, Payload
from vivek.prompts.calls.source import Source, Step, which
from vivek.prompts.calls.spans import PythonSpan
from vivek.prompts.objects.strict import UnclearError, check
from vivek.prompts.objects.strings import check_backslashes

_ARGUMENT_AHEAD = re.compile(r"\s*(?:\)|[A-Za-z_]\w*\s*=(?!=)|[\"'\[{\d-])")
_MAY_GO_ON = re.compile(r"\s*(?:[A-Za-z_]\w*\s*=?)?\Z")


def read_python(source: Source, at: int, cards: Cards) -> Step[Payload | None]:
    """Read `name(path="a.py")`, or a list of such.

    Returns:
        None if it is anything else, a payload without calls if that was seen only after a long search.
    """
    listed = source.text.startswith("[", at)
    start = at + 1 if listed else at
    name = yield from which(source, start, [f"{name}(" for name in cards.names])
    if not name:
        return None
    inside = start + len(name)
    while not source.closed and _MAY_GO_ON.match(source.text, inside):
        yield
    if not _ARGUMENT_AHEAD.match(source.text, inside):
        return None
    span = PythonSpan()
    begin = at if listed else inside - 1
    end = span.feed(source.text[begin:])
    while end is None and not span.refused and not source.closed:
        more = yield
        end = span.feed(more)
    if span.refused:
        return Payload([], at, "python")
    if end is None:
        return Payload([Draft(name[:-1], fault=CUT_OFF)], len(source.text), "python")
    drafts = _calls(source.text[at : begin + end], cards)
    return Payload(drafts, begin + end, "python") if drafts else None


def _calls(text: str, cards: Cards) -> list[Draft]:
    try:
        check_backslashes(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about backslashes in what somebody else wrote
            tree = ast.parse(text, mode="eval").body
        drafts = [_call(node, cards) for node in (tree.elts if isinstance(tree, ast.List) else [tree])]
    except (UnclearError, SyntaxError, TypeError, ValueError, MemoryError, RecursionError):
        return []
    return [draft for draft in drafts if draft] if all(drafts) else []


def _call(node: ast.expr, cards: Cards) -> Draft | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in cards:
        return None
    values = {keyword.arg: _value(keyword.value) for keyword in node.keywords if keyword.arg}
    if len(values) < len(node.keywords):
        return None
    name = node.func.id
    required = cards.card(name).parameters.get("required")
    if node.args:
        if values or len(node.args) > 1 or not isinstance(required, list) or len(required) != 1:
            return Draft(name, fault="its arguments must be given by name")
        values[str(required[0])] = _value(node.args[0])
    return Draft(name, values)


def _value(node: ast.expr) -> object:
    """Return a literal as JSON would hold it; a set or a call is none."""
    value: object = json.loads(json.dumps(ast.literal_eval(node), allow_nan=False))
    check(value)
    return value
