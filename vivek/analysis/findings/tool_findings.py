"""From what other tools told to findings: what lies in changed lines counts, with the code it is about. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from vivek.analysis.findings.locate import quoted
from vivek.analysis.findings.tool_reports import Told
from vivek.analysis.validators.weakening import is_test
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import Finding, Fix, Severity

_REACH = 200  # lines of one result that are looked at

_IN_SERVICE = ("ASYNC", "S", "B")  # of ruff: what matters where a program serves, and hardly in its tests

_SCENARIOS: Final[Mapping[Severity, str]] = {
    "high": "It fails, or gives a wrong result, when the line runs.",
    "medium": "It works as a rule and fails where nobody looks for it.",
    "low": "It is in the way of whoever reads or changes it next.",
}


def findings_in(told: Iterable[Told], files: Mapping[str, ChangedFile]) -> tuple[Finding, ...]:
    """Return the results that lie in changed lines as findings; those elsewhere are not the change's.

    Args:
        told: What tools said.
        files: The files of the change by their paths.
    """
    shown = {path: _changed(file) for path, file in files.items() if not file.aside}
    found = []
    for each in told:
        file = files.get(each.path)
        if file is None or each.path not in shown or not _touches(each, shown[each.path]):
            continue
        known = file.new_text is not None and each.line > 0
        mild = each.tool == "ruff" and each.rule.startswith(_IN_SERVICE) and is_test(each.path)
        end = max(each.line, each.end_line)
        found.append(
            Finding(
                rule=f"{each.tool}/{each.rule}",
                severity="low" if mild else each.severity,
                confidence="high",
                path=each.path,
                line=each.line if known else 0,
                end_line=end if known else 0,
                quote=quoted(file.new_text or "", (each.line, end)) if known else "",
                title=each.title,
                scenario=_SCENARIOS.get(each.severity, ""),
                fix=_fix(each, file),
                origins=(each.tool,),
            )
        )
    return tuple(found)


def _changed(file: ChangedFile) -> frozenset[int]:
    return frozenset(line.new for hunk in file.hunks for line in hunk.lines if line.sign == "+")


def _touches(told: Told, lines: frozenset[int]) -> bool:
    if told.line == 0:
        return bool(lines)
    return any(line in lines for line in range(told.line, min(told.end_line, told.line + _REACH) + 1))


def _fix(told: Told, file: ChangedFile) -> Fix | None:
    """Return what a tool would do as whole lines, None where it does not say or does not fit the text."""
    if not told.edits or file.new_text is None:
        return None
    lines = file.new_text.split("\n")
    first = min(edit[0] for edit in told.edits)
    # What ends before the first column of a line leaves that line as it is.
    last = max(max(edit[0], edit[2] - (edit[3] == 1)) for edit in told.edits)
    if first < 1 or last > len(lines):
        return None
    starts = [0]
    for line in lines[first - 1 : last]:
        starts.append(starts[-1] + len(line) + 1)
    text = "".join(f"{line}\n" for line in lines[first - 1 : last])
    for row, column, end_row, end_column, content in sorted(told.edits, reverse=True):
        begin, end = starts[row - first] + column - 1, starts[end_row - first] + end_column - 1
        if not 0 <= begin <= end <= len(text):
            return None
        text = text[:begin] + content + text[end:]
    return Fix(told.path, first, last, text)
