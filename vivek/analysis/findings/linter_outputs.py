"""Reads what linters write when they are run: JSON of several kinds, or a line each. Pure; what is odd is skipped."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from vivek.analysis.findings.tool_reports import Edit, Told, beneath, read_report, sentence
from vivek.errors import ConfigError
from vivek.schema.findings import Severity

_LINES: Final[Mapping[str, re.Pattern[str]]] = {
    "mypy": re.compile(
        r"(?P<path>[^\n:]+):(?P<line>\d+)(?::\d+)*: (?P<level>error|warning): (?P<text>.*?)(?:  \[(?P<rule>[\w-]+)\])?"
    ),
    "tsc": re.compile(
        r"(?P<path>[^\n(]+)\((?P<line>\d+),\d+\): (?P<level>error|warning) (?P<rule>TS\d+): (?P<text>.*)"
    ),
    "go-vet": re.compile(r"(?:vet: )?(?P<path>[^\n:]+\.go):(?P<line>\d+)(?::\d+)?: (?P<text>.*)"),
}
_LEVELS: Final[Mapping[object, Severity]] = {
    "error": "high",
    "warning": "medium",
    "info": "low",
    "style": "low",
    "note": "low",
}
# Beginnings of what each says of code that works: unused, untyped, or longer than it need be.
_STYLE: Final[Mapping[str, tuple[str, ...]]] = {
    "clippy": (
        *("needless_", "redundant_", "unnecessary_", "useless_", "single_", "collapsible_", "manual_", "module_"),
        *("unused_assignments", "unused_imports", "unused_mut", "unused_parens", "unused_variables", "dead_code"),
        *("ptr_arg", "len_zero", "too_many_arguments", "type_complexity", "new_without_default", "non_snake_case"),
    ),
    "mypy": (
        *("no-untyped-", "no-any-", "type-arg", "var-annotated", "unused-ignore", "import-untyped", "untyped-"),
        *("ignore-without-code", "redundant-", "explicit-", "annotation-unchecked"),
    ),
    "tsc": ("TS6133", "TS6192", "TS6196", "TS6198", "TS70"),
}


def read_output(tool: str, output: str, root: str) -> tuple[Told, ...]:
    """Return the findings in what a linter wrote.

    Args:
        tool: Its name, as `project.configured_linters` has it.
        output: What it wrote to both streams.
        root: The folder that absolute paths in it lie in.
    """
    match tool:
        case "eslint":
            return _eslint(output, root)
        case "clippy":
            found = _clippy(output)
        case "shellcheck":
            found = _shellcheck(output)
        case _:
            found = _lines(tool, output)
    return tuple(beneath(told, root) for told in found)


def passed_by(tool: str, output: str, root: str) -> frozenset[str]:
    """Return the files that a linter was given and says it did not look at.

    Args:
        tool: Its name.
        output: What it wrote.
        root: The folder that absolute paths in it lie in.
    """
    found = set()
    for row in _rows_of_eslint(output) if tool == "eslint" else ():
        match row:
            case {"filePath": str(path), "messages": [{"ruleId": None, "fatal": False, "message": text}]}:
                if str(text).startswith("File ignored"):
                    found.add(path.removeprefix(f"{root}/"))
            case _:
                pass
    return frozenset(found)


def _eslint(output: str, root: str) -> tuple[Told, ...]:
    try:
        return read_report(json.dumps(_rows_of_eslint(output)).encode(), root)
    except ConfigError:  # words in brackets
        return ()


def _rows_of_eslint(output: str) -> list[object]:
    """Return what eslint says of each file: one line among those that a package manager may write around it."""
    for line in output.split("\n"):
        if line.startswith("[") and isinstance(found := _json(line), list):
            return found
    return []


def _clippy(output: str) -> Iterator[Told]:
    for line in output.split("\n"):
        match _json(line):
            case {
                "reason": "compiler-message",
                "message": {"message": text, "level": level, "spans": list(spans), **rest},
            }:
                code = rest.get("code")
                rule = str(code.get("code")).removeprefix("clippy::") if isinstance(code, dict) else "rustc"
                for span in spans:
                    match span:
                        case {
                            "is_primary": True,
                            "file_name": str(path),
                            "line_start": int(first),
                            "line_end": int(last),
                        }:
                            edits = _machine_edits(rest.get("children"), path)
                            grade = _graded("clippy", rule, level)
                            yield Told("clippy", rule, path, first, last, sentence(text), grade, edits)


def _machine_edits(children: object, path: str) -> tuple[Edit, ...]:
    """Return what the compiler itself would apply; nothing where it leaves a choice or reaches into other files."""
    for child in children if isinstance(children, list) else ():
        found: list[Edit] = []
        for span in child.get("spans", ()) if isinstance(child, dict) else ():
            match span:
                case {
                    "file_name": str(name),
                    "line_start": int(row),
                    "column_start": int(column),
                    "line_end": int(end_row),
                    "column_end": int(end),
                    "suggested_replacement": str(text),
                    "suggestion_applicability": "MachineApplicable",
                } if name == path:
                    found.append((row, column, end_row, end, text))
                case _:
                    found = []
                    break
        if found:
            return tuple(found)
    return ()


def _shellcheck(output: str) -> Iterator[Told]:
    for line in output.split("\n"):
        match _json(line):
            case {"comments": list(comments)}:
                for comment in comments:
                    match comment:
                        case {"file": str(path), "line": int(first), "code": int(code), "message": text, **rest}:
                            last = rest.get("endLine")
                            severity = _LEVELS.get(rest.get("level"), "medium")
                            end = last if isinstance(last, int) else first
                            edits = _replacements(rest.get("fix"))
                            yield Told("shellcheck", f"SC{code}", path, first, end, sentence(text), severity, edits)


def _replacements(fix: object) -> tuple[Edit, ...]:
    """Return what shellcheck would put in; its columns count a tab as one, as the form `json1` has them."""
    found: list[Edit] = []
    for each in fix.get("replacements", ()) if isinstance(fix, dict) else ():
        match each:
            case {
                "line": int(row),
                "column": int(column),
                "endLine": int(end_row),
                "endColumn": int(end),
                "replacement": str(text),
            }:
                found.append((row, column, end_row, end, text))
            case _:
                return ()
    return tuple(found)


def _lines(tool: str, output: str) -> Iterator[Told]:
    pattern = _LINES.get(tool)
    for line in output.split("\n") if pattern is not None else ():
        found = pattern.fullmatch(line.rstrip()) if pattern is not None else None
        if found is not None:
            parts = found.groupdict()
            number = int(parts["line"])
            rule = parts.get("rule") or ("vet" if tool == "go-vet" else "error")
            severity = _graded(tool, rule, parts.get("level"))
            yield Told(tool, rule, parts["path"], number, number, sentence(parts["text"]), severity)


def _graded(tool: str, rule: str, level: object) -> Severity:
    return "low" if rule.startswith(_STYLE.get(tool, ())) else _LEVELS.get(level, "medium")


def _json(line: str) -> object:
    if not line.startswith(("{", "[")):
        return None
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found
