"""Reads what linters write when they are run: JSON of several kinds, or a line each. Pure; what is odd is skipped."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from vivek.analysis.findings.tool_reports import Told, beneath, read_report, sentence
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


def _eslint(output: str, root: str) -> tuple[Told, ...]:
    for line in output.split("\n"):
        if line.startswith("["):
            try:
                return read_report(line.encode("utf-8", "replace"), root)
            except ConfigError:  # a word in brackets
                continue
    return ()


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
                            yield Told("clippy", rule, path, first, last, sentence(text), _LEVELS.get(level, "medium"))


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
                            yield Told("shellcheck", f"SC{code}", path, first, end, sentence(text), severity)


def _lines(tool: str, output: str) -> Iterator[Told]:
    pattern = _LINES.get(tool)
    for line in output.split("\n") if pattern is not None else ():
        found = pattern.fullmatch(line.rstrip()) if pattern is not None else None
        if found is not None:
            parts = found.groupdict()
            number = int(parts["line"])
            severity = _LEVELS.get(parts.get("level"), "medium")
            rule = parts.get("rule") or ("vet" if tool == "go-vet" else "error")
            yield Told(tool, rule, parts["path"], number, number, sentence(parts["text"]), severity)


def _json(line: str) -> object:
    if not line.startswith("{"):
        return None
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found
