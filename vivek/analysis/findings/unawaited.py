"""Calls of a file's own async functions that nobody awaits: what is called never runs, or is taken for its result."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

UNAWAITED: Final = "missing-await"

_Definition = ast.FunctionDef | ast.AsyncFunctionDef
_SCRIPT_ASYNC = re.compile(r"\basync\s+function\s+(\w+)|\b(?:const|let)\s+(\w+)\s*=\s*async\b")
_SCRIPT_SYNC = re.compile(r"(?<!async)\s+function\s+(\w+)|\b(?:const|let|var)\s+(\w+)\s*=(?!\s*async\b)")
_SCRIPT_ASKED = re.compile(r"\b(?:if|while)\s*\(\s*!?\s*(\w+)\(")
_RUST_ASYNC, _RUST_SYNC = re.compile(r"\basync\s+fn\s+(\w+)"), re.compile(r"(?<!async)\s+fn\s+(\w+)")
_RUST_DROPPED = re.compile(r"^\s*let _ = [\w.:]*?(\w+)\((?:[^()]|\([^()]*\))*\);\s*$")


def check_awaits(change: Changed, _facts: ProjectFacts) -> Iterator[Concern]:
    """Say where an added line calls an async function of the same file and does not await it."""
    match change.language:
        case "python":
            added = {number for number, _ in change.added}
            for name, line in _dropped(change) if added else ():
                if line in added:
                    yield change.doubt(UNAWAITED, "note", f"nobody awaits `{name}`, so it never runs", line)
        case "javascript" | "typescript":
            yield from _by_signs(
                change, _SCRIPT_ASKED, (_SCRIPT_ASYNC, _SCRIPT_SYNC), "its promise always counts as true"
            )
        case "rust":
            yield from _by_signs(change, _RUST_DROPPED, (_RUST_ASYNC, _RUST_SYNC), "so it never runs")
        case _:
            pass


def _by_signs(
    change: Changed, call: re.Pattern[str], kinds: tuple[re.Pattern[str], re.Pattern[str]], says: str
) -> Iterator[Concern]:
    calls = [(number, found[1]) for number, line in change.added if (found := call.search(line))]
    if not calls:
        return
    ours, others = ({name for found in kind.finditer(change.after or "") for name in found.groups()} for kind in kinds)
    for number, name in calls:
        if name in ours - others:
            yield change.doubt(UNAWAITED, "note", f"nobody awaits `{name}`: {says}".replace(": so", ", so"), number)


def _dropped(change: Changed) -> Iterator[tuple[str, int]]:
    """Yield calls that are whole statements, of functions that the file itself defines as async."""
    if not any(isinstance(node, ast.AsyncFunctionDef) for node in change.nodes) or change.tree is None:
        return
    methods = {node.name: _async_names(node) for node in change.nodes if isinstance(node, ast.ClassDef)}
    functions = _async_names(change.tree) - _bound(change)
    yield from _within(change.tree, functions, methods, {})


def _within(
    node: ast.AST, functions: frozenset[str], methods: dict[str, frozenset[str]], known: dict[str, str]
) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.ClassDef):
        known = {**known, "self": node.name, "cls": node.name}
    elif isinstance(node, _Definition):
        known = {**known, **_annotated(node)}
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        match node.value.func:
            case ast.Name(id=name) if name in functions:
                yield name, node.lineno
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if name in methods.get(known.get(owner, ""), ()):
                yield name, node.lineno
            case _:
                pass
    for child in ast.iter_child_nodes(node):
        yield from _within(child, functions, methods, known)


def _async_names(node: ast.Module | ast.ClassDef) -> frozenset[str]:
    """Return the names that a module or a class defines as coroutines, undecorated, and not as anything else."""
    plain = {each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    own = (each for each in node.body if isinstance(each, ast.AsyncFunctionDef) and not each.decorator_list)
    yields = (ast.Yield, ast.YieldFrom)
    return (
        frozenset(each.name for each in own if not any(isinstance(inner, yields) for inner in ast.walk(each))) - plain
    )


def _annotated(function: _Definition) -> dict[str, str]:
    given = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    kinds = {each.arg: each.annotation.id if isinstance(each.annotation, ast.Name) else "" for each in given}
    assigned = {
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return {
        name: kind for name, kind in kinds.items() if name not in assigned and (kind or name not in ("self", "cls"))
    }


def _bound(change: Changed) -> frozenset[str]:
    """Return names that stand for something else somewhere in the file."""
    return frozenset(
        node.id if isinstance(node, ast.Name) else node.arg
        for node in change.nodes
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
    )
