"""Reports of other tools are read, and what lies outside of the change is left out."""

import json

import pytest

from vivek.analysis.findings.tool_findings import findings_in
from vivek.analysis.findings.tool_reports import Told, read_report
from vivek.edits.unified import hunks_between
from vivek.errors import ConfigError
from vivek.schema.changes import ChangedFile

NEW = "import os\nimport re\nx = 1\ny = 2\n"
FILES = {"a.py": ChangedFile("a.py", "modified", hunks_between("x = 1\n", NEW), old_text="x = 1\n", new_text=NEW)}

RUFF = [
    {
        "code": "F401",
        "filename": "/work/a.py",
        "location": {"row": 1, "column": 8},
        "end_location": {"row": 1, "column": 10},
        "message": "`os` imported but unused",
        "fix": {
            "applicability": "safe",
            "edits": [
                {"content": "", "location": {"row": 1, "column": 1}, "end_location": {"row": 2, "column": 1}},
            ],
        },
    },
    {
        "code": None,
        "filename": "/work/a.py",
        "location": {"row": 4, "column": 1},
        "end_location": {"row": 5, "column": 1},
        "message": "unexpected EOF while parsing",
        "fix": None,
    },
]
ESLINT = [
    {
        "filePath": "/work/a.py",
        "messages": [
            {"ruleId": "no-undef", "severity": 2, "line": 2, "endLine": 2, "message": "'z' is not defined."},
            {"ruleId": None, "fatal": True, "severity": 2, "line": 4, "message": "Parsing error"},
        ],
    }
]
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "Go Vet!",
                    "rules": [{"id": "copylocks", "defaultConfiguration": {"level": "error"}}],
                }
            },
            "results": [
                {
                    "ruleId": "copylocks",
                    "message": {"text": "passes a lock\n by value"},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "file:///work/a.py"},
                                "region": {"startLine": 2},
                            }
                        }
                    ],
                },
                {"ruleId": "x", "message": {"text": "whole"}, "level": "note"},
                {"ruleId": "x", "message": {"text": "gone"}, "suppressions": [{"kind": "inSource"}]},
                {"ruleId": "x", "message": {"text": "fine"}, "kind": "pass"},
            ],
        }
    ],
}


def read(report: object) -> tuple[Told, ...]:
    return read_report(json.dumps(report).encode(), "/work")


def test_ruff_is_read_with_its_safe_fix() -> None:
    told = read(RUFF)

    assert [(each.tool, each.rule, each.path, each.line, each.end_line, each.severity) for each in told] == [
        ("ruff", "F401", "a.py", 1, 1, "low"),
        ("ruff", "invalid-syntax", "a.py", 4, 4, "high"),
    ]
    finding = findings_in(told, FILES)[0]
    assert (finding.rule, finding.quote, finding.title) == ("ruff/F401", "import os", "`os` imported but unused.")
    assert finding.fix is not None
    assert (finding.fix.line, finding.fix.end_line, finding.fix.text) == (1, 1, "")


def test_a_fix_within_a_line_gives_the_whole_line() -> None:
    told = Told("ruff", "B1", "a.py", 3, 3, "Change it.", "low", ((3, 5, 3, 6, "2"), (4, 1, 4, 2, "zz")))

    fix = findings_in([told], FILES | {"a.py": ChangedFile("a.py", "added", hunks_between(None, NEW), new_text=NEW)})

    assert fix[0].fix is not None
    assert (fix[0].fix.line, fix[0].fix.end_line, fix[0].fix.text) == (3, 4, "x = 2\nzz = 2\n")


def test_eslint_and_sarif_are_read() -> None:
    assert [(each.tool, each.rule, each.line, each.severity) for each in read(ESLINT)] == [
        ("eslint", "no-undef", 2, "medium"),
        ("eslint", "syntax", 4, "high"),
    ]
    assert [(each.tool, each.rule, each.path, each.line, each.title, each.severity) for each in read(SARIF)] == [
        ("go-vet", "copylocks", "a.py", 2, "passes a lock by value.", "high"),
        ("go-vet", "x", "", 0, "whole.", "low"),
    ]


def test_only_what_touches_changed_lines_is_a_finding() -> None:
    told = [
        Told("t", "r", "a.py", 3, 3, "Unchanged line.", "high"),
        Told("t", "r", "b.py", 1, 1, "Another file.", "high"),
        Told("t", "r", "a.py", 3, 4, "Reaches into the change.", "high"),
        Told("t", "r", "a.py", 0, 0, "The file.", "high"),
    ]

    assert [each.title for each in findings_in(told, FILES)] == ["Reaches into the change.", "The file."]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"{}", b'{"version": "2.0.0", "runs": []}', b"[1]", b"[" * 100_000, b'[{"messages": 3}]']
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match="The report is"):
        read_report(data)


def test_a_report_with_odd_values_is_read_as_far_as_it_goes() -> None:
    odd = [{"code": "F1", "location": {"row": "x"}, "end_location": None, "filename": None, "message": None, "fix": {}}]

    (told,) = read(odd)

    assert (told.line, told.title) == (0, "No message.")
    assert read([]) == ()
