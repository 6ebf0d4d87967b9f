"""What linters write when they run is read, each in its own form."""

import json

import pytest

from vivek.analysis.findings.linter_outputs import read_output

CLIPPY = json.dumps(
    {
        "reason": "compiler-message",
        "message": {
            "message": "unneeded `return` statement",
            "level": "warning",
            "code": {"code": "clippy::needless_return"},
            "spans": [
                {"is_primary": False, "file_name": "src/other.rs", "line_start": 1, "line_end": 1},
                {"is_primary": True, "file_name": "src/lib.rs", "line_start": 3, "line_end": 4},
            ],
        },
    }
)
SHELLCHECK = json.dumps(
    {"comments": [{"file": "a.sh", "line": 2, "endLine": 2, "level": "info", "code": 2086, "message": "Double quote"}]}
)
ESLINT = json.dumps(
    [{"filePath": "/root/a.js", "messages": [{"ruleId": "no-undef", "severity": 2, "line": 1, "message": "x"}]}]
)


@pytest.mark.parametrize(
    ("tool", "output", "wanted"),
    [
        (
            "mypy",
            "a.py:3: error: Bad value  [arg-type]\na.py:3: note: See above\n",
            ("arg-type", "a.py", 3, 3, "Bad value.", "high"),
        ),
        ("mypy", "/root/a.py:7:5: error: No code\n", ("error", "a.py", 7, 7, "No code.", "high")),
        ("tsc", "src/a.ts(4,7): error TS2322: Not a number.\n", ("TS2322", "src/a.ts", 4, 4, "Not a number.", "high")),
        ("go-vet", "# till\n./a.go:9:2: unreachable code\n", ("vet", "a.go", 9, 9, "unreachable code.", "medium")),
        ("clippy", CLIPPY, ("needless_return", "src/lib.rs", 3, 4, "unneeded `return` statement.", "medium")),
        ("shellcheck", SHELLCHECK, ("SC2086", "a.sh", 2, 2, "Double quote.", "low")),
        ("eslint", f"[warning] old\n{ESLINT}\n", ("no-undef", "a.js", 1, 1, "x.", "medium")),
    ],
)
def test_a_finding_is_read(tool: str, output: str, wanted: tuple[object, ...]) -> None:
    (told,) = read_output(tool, output, "/root")

    assert told.tool == tool
    assert (told.rule, told.path, told.line, told.end_line, told.title, told.severity) == wanted


@pytest.mark.parametrize("tool", ["mypy", "tsc", "go-vet", "clippy", "shellcheck", "eslint"])
@pytest.mark.parametrize(
    "output", ["", "{", "[", "[]", "{}", '{"comments": [3]}', '{"reason": "x"}', "words\nof any kind"]
)
def test_what_is_odd_is_skipped(tool: str, output: str) -> None:
    assert read_output(tool, output, "") == ()
