from collections.abc import Mapping

import pytest

from vivek.errors import WorkspaceError
from vivek.project.checks.planning import PlannedCheck, input_hash, plan_checks
from vivek.project.tooling.finding import detect_tooling

PYTHON = {
    "pyproject.toml": "[tool.pytest.ini_options]\n[tool.ruff]\n",
    "README.md": "",
    "src/till/__init__.py": "",
    "src/till/prices.py": "def discount(): ...\n",
    "src/till/app.py": "run()\n",
    "tests/test_prices.py": "",
    "tests/test_report.py": "",
    "data.json": "{}",
}
RUN = "python3 -m pytest -q"


def plan(files: Mapping[str, str], changed: Mapping[str, str | None]) -> tuple[PlannedCheck, ...]:
    def read(path: str) -> bytes | None:
        return files[path].encode() if path in files else None

    return plan_checks(
        {path: None if text is None else text.encode() for path, text in changed.items()},
        detect_tooling(files, read),
        list_files=lambda: list(files),
        read=read,
    )


def lines(checks: tuple[PlannedCheck, ...]) -> list[str]:
    return [f"{check.kind}: {' '.join(check.argv)}" for check in checks]


def test_a_changed_module_is_imported_tested_linted_and_then_all_tests_run() -> None:
    checks = plan(PYTHON, {"src/till/prices.py": "def discount(): return 1\n"})

    assert lines(checks) == [
        "import: python3 -c import sys; sys.path[:0] = ['src']; import till.prices",
        f"tests: {RUN} tests/test_prices.py",
        "lint: python3 -m ruff check --output-format=concise src/till/prices.py",
        f"full: {RUN}",
    ]
    assert [check.name for check in checks] == ["import", "nearest tests", "lint", "tests"]
    assert [check.source for check in checks[1:]] == ["pyproject.toml"] * 3
    assert [check.timeout for check in checks] == [30.0, 120.0, 60.0, 600.0]


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({"README.md": "# Till\n"}, []),
        ({"data.json": "{}"}, ["full"]),
        ({"LICENSE.xyz": ""}, ["full"]),
        ({"src/till/app.py": "run()\n"}, ["lint", "full"]),
        ({"src/till/prices.py": None}, ["tests", "full"]),
        ({"tests/test_prices.py": "def test(): ...\n"}, ["tests", "lint", "full"]),
        ({"README.md": "x", "src/till/new.py": "x = 1\n"}, ["import", "lint", "full"]),
        ({"src/till/broken.py": "def (:\n"}, ["lint", "full"]),
        ({}, []),
    ],
)
def test_only_checks_that_say_something_are_planned(changed: dict[str, str | None], kinds: list[str]) -> None:
    assert [check.kind for check in plan(PYTHON, changed)] == kinds


def test_modules_that_were_made_or_moved_are_imported_together() -> None:
    checks = plan(PYTHON, {"src/till/b.py": "", "src/till/a.py": "", "src/till/prices.py": None, "tool.py": ""})

    assert checks[0].argv[-1] == "import sys; sys.path[:0] = ['src']; import till.a, till.b, tool"


def test_a_project_without_pytest_is_tested_by_unittest() -> None:
    files = {"a.py": "", "tests/test_a.py": "import unittest\n", "tests/__init__.py": ""}

    assert lines(plan(files, {"a.py": "x = 1\n"})) == [
        "import: python3 -c import a",
        "tests: python3 -m unittest tests/test_a.py",
        "full: python3 -m unittest discover",
    ]


def test_other_languages_use_what_their_tools_offer() -> None:
    web = {
        "package.json": '{"scripts": {"test": "vitest", "lint": "eslint ."},'
        ' "devDependencies": {"vitest": "1", "eslint": "9"}}'
    }
    assert lines(plan(web, {"src/a.ts": "x", "b.js": None})) == [
        "tests: npx --no-install vitest related --run src/a.ts",
        "lint: npx --no-install eslint src/a.ts",
        "full: npm run test",
    ]
    assert lines(plan({"go.mod": ""}, {"till/a.go": "", "main.go": ""})) == [
        "tests: go test ./ ./till",
        "full: go test ./...",
    ]
    assert lines(plan({"Cargo.toml": ""}, {"src/lib.rs": ""})) == ["full: cargo test --quiet"]


def test_the_full_tests_are_those_of_the_language_that_changed() -> None:
    both = {**PYTHON, "package.json": '{"scripts": {"test": "jest"}}'}

    assert lines(plan(both, {"web/a.js": "x"})) == ["full: npm run test"]
    assert lines(plan(both, {"data.json": "{}"})) == [f"full: {RUN}"]
    assert plan({}, {"a.c": "int x;"}) == ()


def test_what_cannot_be_read_stops_no_plan() -> None:
    def read(path: str) -> bytes | None:
        raise WorkspaceError("it is a pipe")

    tooling = detect_tooling(["a.py", "test_a.py"], lambda path: None)
    checks = plan_checks({"a.py": b"x = 1\n"}, tooling, list_files=lambda: ["a.py", "test_b.py"], read=read)

    assert [check.kind for check in checks] == ["import", "full"]


def test_the_key_of_an_input_tells_commands_and_trees_apart() -> None:
    key = input_hash(("pytest", "-q"), "tree")

    assert key == input_hash(["pytest", "-q"], "tree")
    assert len({key, input_hash(("pytest -q",), "tree"), input_hash(("pytest", "-q"), "other")}) == 3
    assert input_hash(("\udcff",), "tree")
