"""Reads what other tools found, from SARIF 2.1.0 or the JSON of ruff and of eslint. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from vivek.errors import ConfigError
from vivek.schema.findings import Severity

_HINT = "`ruff check --output-format json`, `eslint -f json` and whatever writes SARIF 2.1.0 can be read."
_WORDS = 400  # characters of a message
_MOST = 20_000  # results of one report
_LEVELS: Final[Mapping[object, Severity]] = {"error": "high", "warning": "medium", "note": "low", "none": "info"}
_ESLINT: Final[Mapping[object, Severity]] = {2: "medium", 1: "low"}
# By the beginning of the code, the longest that fits; the others are matters of style.
_RUFF: Final[Mapping[str, Severity]] = {
    **dict.fromkeys(("invalid-syntax", "E9", "F82", "F7", "F63", "F50", "F52", "PLE", "ASYNC2"), "high"),
    **dict.fromkeys(("F", "B", "S", "ASYNC", "RUF006", "PLW", "BLE", "DTZ"), "medium"),
    **dict.fromkeys(("F401", "F541", "F841", "F811", "B007", "B905", "B904", "B028", "S101", "B9"), "low"),
}
Row = Mapping[str, object]
Edit = tuple[int, int, int, int, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One result of a tool, as it says it.

    Attributes:
        tool: Its name, in lower case.
        rule: Its name for the rule.
        path: The file, relative to the root where that is known.
        line: First line, from 1; 0 for the file as a whole.
        end_line: Last line.
        title: What is wrong.
        severity: How bad that is.
        edits: What mends it: first line and column, last line and column, from 1, and the text between.
    """

    tool: str
    rule: str
    path: str
    line: int
    end_line: int
    title: str
    severity: Severity
    edits: tuple[Edit, ...] = ()


def read_report(data: bytes, root: str = "") -> tuple[Told, ...]:
    """Return the results of a report, whichever tool wrote it.

    Args:
        data: SARIF 2.1.0, or the JSON of `ruff check` or `eslint`.
        root: The folder that its paths lie in, where they are absolute.

    Raises:
        ConfigError: If it is none of these.
    """
    try:
        report = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = f"The report is no JSON: {error}."
        raise ConfigError(msg, hint=_HINT) from error
    found: Iterable[Told]
    match report:
        case {"version": "2.1.0", "runs": list(runs)}:
            found = _sarif([run for run in runs if isinstance(run, dict)])
        case [{"messages": list()}, *_]:
            found = _eslint(_rows(report))
        case [{"code": _, "location": dict()}, *_]:
            found = _ruff(_rows(report))
        case []:
            found = ()
        case _:
            msg = "The report is neither SARIF 2.1.0 nor the JSON of ruff or eslint."
            raise ConfigError(msg, hint=_HINT)
    return tuple(beneath(told, root) for told, _ in zip(found, range(_MOST), strict=False))


def beneath(told: Told, root: str) -> Told:
    """Return a result whose path is relative to a folder, where it lies in it."""
    path = told.path
    if path.startswith("file:"):
        path = unquote(urlsplit(path).path)
    if root and path.startswith(f"{root.rstrip('/')}/"):
        path = path[len(root.rstrip("/")) + 1 :]
    return Told(
        told.tool, told.rule, path.removeprefix("./"), told.line, told.end_line, told.title, told.severity, told.edits
    )


def _ruff(rows: Iterable[Row]) -> Iterator[Told]:
    for row in rows:
        code = str(row.get("code") or "invalid-syntax")
        at, end = _table(row, "location"), _table(row, "end_location")
        fix = _table(row, "fix")
        edits = [_ruff_edit(edit) for edit in _rows(fix.get("edits"))] if fix.get("applicability") == "safe" else []
        yield Told(
            tool="ruff",
            rule=code,
            path=str(row.get("filename", "")),
            line=_number(at.get("row")),
            # What ends before the first column of a line does not reach into it.
            end_line=_number(end.get("row")) - (_number(end.get("column")) == 1 and end.get("row") != at.get("row")),
            title=sentence(row.get("message")),
            severity=_graded(code),
            edits=tuple(edits),
        )


def _ruff_edit(edit: Row) -> Edit:
    at, end = _table(edit, "location"), _table(edit, "end_location")
    numbers = [_number(each.get(key)) for each in (at, end) for key in ("row", "column")]
    return (numbers[0], numbers[1], numbers[2], numbers[3], str(edit.get("content") or ""))


def _graded(code: str) -> Severity:
    fitting = [start for start in _RUFF if code.startswith(start)]
    return _RUFF[max(fitting, key=len)] if fitting else "low"


def _eslint(rows: Iterable[Row]) -> Iterator[Told]:
    for row in rows:
        for message in _rows(row.get("messages")):
            line = _number(message.get("line"))
            broken = message.get("fatal") is True
            if not (line or broken or message.get("ruleId")):  # of the file as such: it is ignored, say
                continue
            yield Told(
                tool="eslint",
                rule=str(message.get("ruleId") or "syntax"),
                path=str(row.get("filePath", "")),
                line=line,
                end_line=_number(message.get("endLine")) or line,
                title=sentence(message.get("message")),
                severity="high" if broken else _ESLINT.get(message.get("severity"), "low"),
                edits=_eslint_edits(message, row.get("source")),
            )


def _eslint_edits(message: Row, source: object) -> tuple[Edit, ...]:
    """Return a fix with its places as lines and columns; eslint counts UTF-16 units from the beginning of the text."""
    match message.get("fix"), source:
        case {"range": [int(begin), int(end)], "text": str(text)}, str(whole) if (
            0 <= begin <= end <= len(whole) and not whole.startswith("\ufeff") and max(whole, default="") <= "\uffff"
        ):
            return ((*_place(whole, begin), *_place(whole, end), text.replace("\r\n", "\n")),)
        case _:
            return ()


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _sarif(runs: Iterable[Row]) -> Iterator[Told]:
    for run in runs:
        driver = _table(_table(run, "tool"), "driver")
        tool = re.sub(r"[^a-z0-9.-]+", "-", str(driver.get("name", "tool")).lower()).strip("-") or "tool"
        levels = {
            str(rule.get("id")): _table(rule, "defaultConfiguration").get("level")
            for rule in _rows(driver.get("rules"))
        }
        for result in _rows(run.get("results")):
            if result.get("kind", "fail") != "fail" or result.get("suppressions"):
                continue
            rule = str(result.get("ruleId") or _table(result, "rule").get("id") or "result")
            level = result.get("level") or levels.get(rule) or "warning"
            place = next(iter(_rows(result.get("locations"))), {})
            physical = _table(place, "physicalLocation")
            region = _table(physical, "region")
            line = _number(region.get("startLine"))
            yield Told(
                tool=tool,
                rule=rule,
                path=str(_table(physical, "artifactLocation").get("uri", "")),
                line=line,
                end_line=_number(region.get("endLine")) or line,
                title=sentence(_table(result, "message").get("text")),
                severity=_LEVELS.get(level, "medium"),
            )


def _rows(value: object) -> Sequence[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _table(row: Row, name: str) -> Row:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else 0


def sentence(value: object) -> str:
    """Return what a tool said as one line that ends like a sentence, cut to a length that can be read."""
    said = " ".join(str(value or "No message").split())[:_WORDS]
    return said if said.endswith((".", "!", "?")) else f"{said}."
