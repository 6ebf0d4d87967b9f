"""Every message that vivek's code can raise, with its hint, read from the source."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import vivek.errors
from tests.house.rules import ROOT
from vivek.errors import VivekError

KINDS: Mapping[str, type[VivekError]] = {
    name: kind
    for name, kind in vars(vivek.errors).items()
    if isinstance(kind, type) and issubclass(kind, VivekError) and kind is not VivekError
}
_HOLE = re.compile(r"\{[^{}]*\}")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Message:
    """What one place in the code says.

    Attributes:
        kind: The class that is raised.
        text: The message; `{}` stands for what is only known when it runs.
        hint: Its hint, likewise; "" where there is none, or where it is put together elsewhere.
    """

    kind: type[VivekError]
    text: str
    hint: str = ""

    @property
    def pattern(self) -> str:
        """A regular expression of what the user may read."""
        return ".*".join(re.escape(part) for part in _HOLE.split(self.text))


def messages() -> list[Message]:
    """Return all messages that say something of their own, without those of one name twice."""
    found = {
        (message.text, message.hint): message
        for path in sorted((ROOT / "vivek").rglob("*.py"))
        for message in _of_file(path)
        if len(re.sub(r"\W|\{\}", "", message.text)) > 7  # more than holes
    }
    return sorted(found.values(), key=lambda each: (each.kind.exit_code, each.text.lower(), each.hint))


def _of_file(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, _Function):
            named = _named(function)
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KINDS:
                    yield from _of_call(call, KINDS[call.func.id], named)


def _named(function: _Function) -> list[tuple[int, str, str]]:
    """Return the texts that a function gives names to: line, name, text."""
    return [
        (node.lineno, target.id, text)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and (text := _text(node.value)) is not None
        for target in node.targets
        if isinstance(target, ast.Name)
    ]


def _of_call(call: ast.Call, kind: type[VivekError], named: list[tuple[int, str, str]]) -> Iterator[Message]:
    if not call.args:
        return
    hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
    said = [text for text in _texts(call.args[0], call.lineno, named) if text]
    advised = [text for hint in hints for text in _texts(hint, call.lineno, named)] or [""]
    for text in said:
        yield Message(kind, text, advised[-1])


def _texts(node: ast.expr, line: int, named: list[tuple[int, str, str]]) -> list[str]:
    """Return the text of an expression, or the last one that its name was given before the line."""
    if (text := _text(node)) is not None:
        return [text]
    if isinstance(node, ast.Name):
        given = [text for at, name, text in named if name == node.id and at <= line]
        return given[-1:]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, line, named), *_texts(node.orelse, line, named)]
    return []


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = (_text(left), _text(right))
            return "".join(part or "{}" for part in parts) if any(parts) else None
    return None


@cache
def texts() -> tuple[re.Pattern[str], ...]:
    """Return every text in the code as a regular expression of what may be read: notices, and parts put together."""
    found = set()
    for path in (ROOT / "vivek").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr) and "\n" not in (text := _text(node) or "\n"):
                found.add(Message(VivekError, text).pattern)
    return tuple(re.compile(each, re.DOTALL) for each in sorted(found) if len(re.findall("[a-z]", each)) > 6)


def errors_page() -> str:
    """Return the page with all messages."""
    parts = [
        "# All messages of errors",
        "",
        "Written by `pytest --update-golden tests/house/test_messages.py` from the code. `…` stands for what is known",
        "only when it happens. Those that are met most often: [when something is wrong](troubleshooting.md).",
    ]
    by_code: dict[int, list[Message]] = {}
    for message in messages():
        by_code.setdefault(message.kind.exit_code, []).append(message)
    for code, told in by_code.items():
        parts += ["", f"## Exit code {code}", "", "| message | what to do |", "|---|---|"]
        parts += [f"| {_cell(message.text)} | {_cell(message.hint)} |" for message in told]
    return "\n".join(parts) + "\n"


def _cell(text: str) -> str:
    """Return a text that a table can hold."""
    return re.sub(r"…(?:\W?…)+", "…", text.replace("{}", "…")).replace("|", "\\|").replace("<", "&lt;")
