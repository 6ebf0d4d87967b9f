"""What linters write when they run is read, each in its own form."""

import json
from pathlib import Path

import pytest

from vivek.analysis.findings.linter_outputs import passed_by, read_output

OUTPUTS = Path(__file__).parent / "outputs"

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
        ("clippy", CLIPPY, ("needless_return", "src/lib.rs", 3, 4, "unneeded `return` statement.", "low")),
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


def output_of(name: str) -> str:
    """Return what a linter wrote of a small project in `/root`, as it wrote it."""
    return (OUTPUTS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("tool", "name", "wanted"),
    [
        (
            "eslint",
            "eslint.json",
            [
                ("syntax", "src/odd.js", 1, "high"),
                ("no-var", "src/prices.ts", 2, "medium"),
                ("@typescript-eslint/no-unused-vars", "src/prices.ts", 2, "medium"),
                ("no-empty", "src/prices.ts", 2, "medium"),
                ("@typescript-eslint/no-unused-vars", "src/prices.ts", 4, "medium"),
            ],
        ),
        ("eslint", "eslint-ignored.json", []),
        ("tsc", "tsc.txt", [("TS2552", "src/prices.ts", 4, "high"), ("TS2322", "src/prices.ts", 5, "high")]),
        (
            "mypy",
            "mypy.txt",
            [
                ("import-not-found", "till.py", 4, "high"),
                ("return-value", "till.py", 8, "high"),
                ("no-untyped-def", "till.py", 11, "low"),
                ("arg-type", "till.py", 15, "high"),
            ],
        ),
        (
            "clippy",
            "clippy.jsonl",
            [("unused_variables", "src/lib.rs", 5, "low"), ("needless_return", "src/lib.rs", 6, "low")],
        ),
        (
            "go-vet",
            "go-vet.txt",
            [("vet", "main.go", 8, "medium"), ("vet", "main.go", 11, "medium"), ("vet", "main.go", 13, "medium")],
        ),
        ("go-vet", "go-vet-broken.txt", [("vet", "broken.go", 4, "medium")]),
        (
            "shellcheck",
            "shellcheck.json",
            [("SC2164", "t.sh", 2, "medium"), ("SC2086", "t.sh", 3, "low"), ("SC2162", "t.sh", 4, "low")],
        ),
    ],
)
def test_what_each_linter_really_writes_is_read(tool: str, name: str, wanted: list[tuple[str, str, int, str]]) -> None:
    told = read_output(tool, output_of(name), "/root")

    assert [(each.rule, each.path, each.line, each.severity) for each in told if each.rule != "SC2034"] == wanted


@pytest.mark.parametrize(
    ("tool", "name", "rule", "edits"),
    [
        ("eslint", "eslint.json", "no-var", ((2, 8, 2, 17, "let price"),)),
        ("clippy", "clippy.jsonl", "unused_variables", ((5, 9, 5, 15, "_unused"),)),
        ("clippy", "clippy.jsonl", "needless_return", ((6, 5, 6, 36, "prices[prices.len() - 1]"), (6, 36, 6, 37, ""))),
        ("shellcheck", "shellcheck.json", "SC2086", ((3, 6, 3, 6, '"'), (3, 8, 3, 8, '"'))),
        ("shellcheck", "shellcheck.json", "SC2162", ()),
    ],
)
def test_the_fix_that_a_linter_offers_is_read(tool: str, name: str, rule: str, edits: tuple[object, ...]) -> None:
    told = read_output(tool, output_of(name), "/root")

    assert next(each.edits for each in told if each.rule == rule) == edits


def test_a_fix_that_leaves_a_choice_or_whose_place_is_unsure_is_none() -> None:
    chosen = output_of("clippy.jsonl").replace("MachineApplicable", "MaybeIncorrect")
    beyond = output_of("eslint.json").replace("w\u00f6rter", "w\U0001f600rter")

    assert not any(each.edits for each in read_output("clippy", chosen, "/root"))
    assert not any(each.edits for each in read_output("eslint", beyond, "/root"))


def test_what_eslint_ignores_does_not_count_as_read() -> None:
    assert passed_by("eslint", output_of("eslint-ignored.json"), "/root") == {"src/prices.ts"}
    assert passed_by("eslint", output_of("eslint.json"), "/root") == frozenset()
    assert passed_by("tsc", output_of("eslint-ignored.json"), "/root") == frozenset()
