"""SARIF 2.1.0, the exchange format of code scanners; optional things that are unknown are left out, never null.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

Level = Literal["error", "warning", "note", "none"]
Json = dict[str, object]

ROOT = "%SRCROOT%"
"""Stands for the root of the project; every path is relative to it."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class SarifTool:
    """Who looked.

    Attributes:
        version: The version of vivek.
        category: What it did, one word: results of other categories stay beside these.
        extensions: Other tools that took part, by name with their versions; "" where it is unknown.
    """

    version: str
    category: str
    extensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SarifRule:
    """A kind of result: its id, what it is about in a sentence, and its usual level."""

    id: str
    about: str
    level: Level = "warning"


@dataclass(frozen=True, slots=True)
class SarifEdit:
    """Lines `line` to `end_line` of a file become `text`; an `end_line` before `line` puts it before that line.

    `before` is what stands there now, "" where nobody knows.
    """

    path: str
    line: int
    end_line: int
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class SarifResult:
    """One result.

    Attributes:
        rule: The id of its rule.
        level: How bad it is.
        message: What is wrong, as text.
        path: The file.
        line: Its first line, from 1; 0 for the file as a whole.
        end_line: Its last line.
        snippet: The code it is about.
        fingerprint: The same for the same result when lines move, "" for none.
        state: What the baseline says of it, "" where there is none.
        edits: What would mend it.
        ignored: Why it is ignored, as kind and reason; None where it is not.
        properties: What else is known of it.
    """

    rule: str
    level: Level
    message: str
    path: str
    line: int = 0
    end_line: int = 0
    snippet: str = ""
    fingerprint: str = ""
    state: Literal["", "new", "updated", "unchanged", "absent"] = ""
    edits: Sequence[SarifEdit] = ()
    ignored: tuple[Literal["inSource", "external"], str] | None = None
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SarifRun:
    """How the run went.

    Attributes:
        successful: Whether everything that was to be looked at was.
        told: What the user should know, as level and text.
        properties: What else is known of it.
    """

    successful: bool = True
    told: Sequence[tuple[Level, str]] = ()
    properties: Mapping[str, object] = field(default_factory=dict)


def sarif_log(
    tool: SarifTool, rules: Sequence[SarifRule], results: Sequence[SarifResult], run: SarifRun = SarifRun()
) -> Json:
    """Return a log with one run.

    Args:
        tool: Who looked.
        rules: Every rule that a result names, each once.
        results: What was found.
        run: How the run went.
    """
    places = {rule.id: at for at, rule in enumerate(rules)}
    invocation: Json = {"executionSuccessful": run.successful}
    if run.told:
        invocation["toolExecutionNotifications"] = [
            {"level": level, "message": {"text": text}} for level, text in run.told
        ]
    described: Json = {
        "tool": _tool(tool, rules),
        "automationDetails": {"id": f"vivek/{tool.category}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the project."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(each, places[each.rule]) for each in results],
    }
    if run.properties:
        described["properties"] = dict(run.properties)
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [described]}


def _tool(tool: SarifTool, rules: Sequence[SarifRule]) -> Json:
    described = [
        {"id": rule.id, "shortDescription": {"text": rule.about}, "defaultConfiguration": {"level": rule.level}}
        for rule in rules
    ]
    made: Json = {"driver": {"name": "vivek", "version": tool.version, "rules": described}}
    if tool.extensions:
        made["extensions"] = [
            {"name": name, **({"version": version} if version else {})} for name, version in tool.extensions.items()
        ]
    return made


def _result(result: SarifResult, at: int) -> Json:
    made: Json = {
        "ruleId": result.rule,
        "ruleIndex": at,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [{"physicalLocation": _location(result)}],
    }
    if result.fingerprint:
        made["partialFingerprints"] = {"vivekFinding/v1": result.fingerprint}
    if result.state:
        made["baselineState"] = result.state
    if result.edits:
        made["fixes"] = [_fix(result.edits)]
    if result.ignored is not None:
        kind, why = result.ignored
        made["suppressions"] = [{"kind": kind, "justification": why}]
    if result.properties:
        made["properties"] = dict(result.properties)
    return made


def _location(result: SarifResult) -> Json:
    made: Json = {"artifactLocation": _artifact(result.path)}
    if result.line:
        region: Json = {"startLine": result.line, "endLine": max(result.line, result.end_line)}
        if result.snippet:
            region["snippet"] = {"text": result.snippet}
        made["region"] = region
    return made


def _artifact(path: str) -> Json:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": ROOT}


def _fix(edits: Sequence[SarifEdit]) -> Json:
    """Return what mends a result, all edits of a file together."""
    files: dict[str, list[Json]] = {}
    for edit in edits:
        files.setdefault(edit.path, []).append(_replacement(edit))
    changes = [{"artifactLocation": _artifact(path), "replacements": each} for path, each in files.items()]
    return {"description": {"text": "What would mend it."}, "artifactChanges": changes}


def _replacement(edit: SarifEdit) -> Json:
    """Return an edit as a region to delete and a text to put there.

    Whole lines end where the next one begins; behind the last line of a file there is none, so where the lines are
    known and something stands in their place, the region ends with their text.
    """
    last, text = edit.end_line, edit.text
    if edit.before and edit.text and last >= edit.line:
        width = len(edit.before.removesuffix("\n").rpartition("\n")[2])
        return _replaced(edit.line, last, width + 1, text.removesuffix("\n"))
    return _replaced(edit.line, max(edit.line, last + 1), 1, text)


def _replaced(line: int, end_line: int, end_column: int, text: str) -> Json:
    region = {"startLine": line, "startColumn": 1, "endLine": end_line, "endColumn": end_column}
    return {"deletedRegion": region, **({"insertedContent": {"text": text}} if text else {})}
