"""What is opened and not closed on every way out, or cannot be taken off again; only what is plain to see counts."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from vivek.analysis.findings.bodies import NEAR, body_of
from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

LEAK: Final = "resource-leak"

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OPENED = {
    "c": re.compile(r"^\s*(?:FILE \*|DIR \*)?(?P<name>\w+) = (?:fopen|opendir|fdopen)\("),
    "javascript": re.compile(r"^\s*(?:const|let) (?P<name>\w+) = (?:await (?:\w+\.)?open\(|(?:fs\.)?openSync\()"),
    "java": re.compile(
        r"^\s*(?:final )?(?:Connection|Statement|PreparedStatement|(?:File|Buffered)?(?:Input|Output)Stream|Socket"
        r"|(?:File|Buffered)(?:Reader|Writer)) (?P<name>\w+) ="
    ),
}
_OPENED["typescript"] = _OPENED["javascript"]
_CLOSED = {
    "c": r"\b(?:fclose|closedir)\({}\)",
    "javascript": r"\b{}\.close\(|closeSync\({}\)",
    "typescript": r"\b{}\.close\(|closeSync\({}\)",
    "java": r"\b{}\.close\(",
}
_ELSEWHERE = re.compile(r"\b(?:finally|goto|defer|using|setjmp|cleanup)\b|^\s*try\s*\(")
_LEAVES = re.compile(r"^\s*return\b")
_DEFERRED = re.compile(r"^\s*defer\s+(\w+)((?:\.\w+)*)\.Close\(\)")
_TAKEN_OFF = re.compile(
    r"\b(?:removeEventListener|removeListener)\(\s*[^,()]+,\s*"
    r"(?:(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>|function\b|[\w.]+\.bind\()"
)


def check_leaks(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where something stays open on one of the ways out of a function, or a listener cannot be taken off."""
    match change.language:
        case "python":
            yield from _at_the_good_end(change)
        case "go":
            yield from _no_longer_deferred(change)
        case "c" | "javascript" | "typescript" | "java":
            yield from _left_early(change, change.language)
        case _:
            pass
    if change.language in ("javascript", "typescript"):
        for number, line in change.added:
            if _TAKEN_OFF.search(line):
                text = "what is taken off is a new function, which was never put on"
                yield change.doubt(LEAK, "note", text, number)


def _at_the_good_end(change: Changed) -> Iterator[Concern]:
    """Yield files that are closed by a statement which an error in between passes by."""
    added = {number for number, _ in change.added}
    for function in change.nodes if added else ():
        if not isinstance(function, _Function):
            continue
        for at, statement in enumerate(function.body):
            name = _opens(statement)
            if not name or statement.lineno not in added:
                continue
            closing = next((end for end in range(at + 1, len(function.body)) if _closes(function.body[end], name)), 0)
            between = function.body[at + 1 : closing]
            if between and any(_may_fail(each) for each in between) and not any(_keeps(each, name) for each in between):
                text = f"`{name}` stays open where something goes wrong before it is closed"
                yield change.doubt(LEAK, "note", text, statement.lineno)


def _opens(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="open"))):
            return name
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(attr="open"), args=[ast.Constant(value=str(mode)), *_]),
        ) if re.fullmatch(r"[rwaxbt+]{1,3}", mode):
            return name
        case _:
            return ""


def _closes(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="close"))):
            return owner == name
        case _:
            return False


def _may_fail(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(statement))


def _keeps(statement: ast.stmt, name: str) -> bool:
    """Tell whether a statement sees to closing, or gives the file to somebody who may."""
    if isinstance(statement, ast.Try | ast.With | ast.AsyncWith):
        return True
    for node in ast.walk(statement):
        match node:
            case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value) if _names(value, name):
                return True
            case ast.Attribute(attr="callback" | "enter_context" | "push"):
                return True
            case ast.Assign(targets=[ast.Attribute()], value=ast.Name(id=given)) if given == name:
                return True
            case _:
                pass
    return False


def _names(value: ast.expr, name: str) -> bool:
    """Tell whether a value is the thing itself, alone or among others, and not what is made of it."""
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return any(isinstance(part, ast.Name) and part.id == name for part in parts)


def _no_longer_deferred(change: Changed) -> Iterator[Concern]:
    """Yield ways out on which what was closed in any case stays open now."""
    lines = (change.after or "").split("\n")
    added = {number for number, _ in change.added}
    for removed, there in change.blocks:
        for name, inner in [found.groups() for line in removed if (found := _DEFERRED.match(line))] if there else ():
            body = body_of(lines, there[0][0])
            closing = re.compile(rf"\b{name}{re.escape(inner)}\.Close\(|\b{name}\.Close\(")
            opened = [at for at in body if re.search(rf"\b{name}(?:, \w+)? :?= ", lines[at - 1])]
            if not opened or any("defer" in lines[at - 1] for at in body):
                continue
            closed = [at for at in body if closing.search(lines[at - 1])]
            end = closed[0] if closed else body[-1]
            # The question whether it could be opened comes right behind: there is nothing to close yet.
            for at in range(opened[-1] + 3, end):
                near = not added.isdisjoint(range(at - NEAR, at + NEAR + 1))
                if near and _LEAVES.match(lines[at - 1]) and not re.search(rf"\b{name}\b(?!\.)", lines[at - 1]):
                    yield change.doubt(LEAK, "note", f"`{name}` is not closed on this way out", at)
                    break


def _left_early(change: Changed, language: str) -> Iterator[Concern]:
    """Yield `return`s between opening and closing; in Java closing itself has to be where no error passes it by."""
    lines = (change.after or "").split("\n")
    added = {number for number, _ in change.added}
    told: range = range(0)
    for number in range(1, len(lines) + 1) if added else ():
        found = _OPENED[language].match(lines[number - 1]) if number not in told else None
        body = body_of(lines, number) if found is not None else range(0)
        if found is None or added.isdisjoint(body) or any(_ELSEWHERE.search(lines[at - 1]) for at in body):
            continue
        name = re.escape(found["name"])
        closing = re.compile(_CLOSED[language].replace("{}", name))
        closed = [at for at in body if at > number and closing.search(lines[at - 1])]
        if not closed:
            continue
        if language == "java":
            if number in added and _straight(lines, number, closed):
                told = body  # what else is opened there has the same way out
                text = f"`{found['name']}` stays open where an error comes before it is closed"
                yield change.doubt(LEAK, "note", text, number)
            continue
        for at in range(number + 1, closed[-1]):
            line = lines[at - 1]
            if at in added and _LEAVES.match(line) and not _is_seen_to(lines, at, name, closing):
                yield change.doubt(LEAK, "note", f"`{found['name']}` is not closed on this way out", at)
                break


def _straight(lines: Sequence[str], opened: int, closed: Sequence[int]) -> bool:
    """Tell whether what is opened is closed once, as deep as it was opened, with something in between."""
    depth = len(lines[opened - 1]) - len(lines[opened - 1].lstrip())
    at = closed[0]
    same = len(lines[at - 1]) - len(lines[at - 1].lstrip()) == depth
    return len(closed) == 1 and same and any("(" in line for line in lines[opened : at - 1])


def _is_seen_to(lines: Sequence[str], at: int, name: str, closing: re.Pattern[str]) -> bool:
    """Tell whether a `return` hands the thing on, asks whether it was opened, or closes it in its own block."""
    if re.search(rf"\b{name}\b", lines[at - 1]):
        return True
    depth = len(lines[at - 1]) - len(lines[at - 1].lstrip())
    for line in reversed(lines[: at - 1]):
        if closing.search(line):
            return True
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            return re.search(rf"(?:!\s*{name}\b|\b{name}\s*(?:==|!=|<|===)|NULL\s*==\s*{name})", line) is not None
    return True
