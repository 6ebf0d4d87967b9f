"""The outputs come from the real tools, run here on small projects; those of other languages are set down by hand."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from vivek.project.checks.planning import CheckKind, PlannedCheck, plan_checks, verdict
from vivek.project.tooling.finding import detect_tooling
from vivek.prompts.tokens import count
from vivek.schema.checks import Check
from vivek.schema.commands import Ran

TESTS = "def test_a():\n    assert 1\n\ndef test_b():\n    assert {b}\n"


def judge(ran: Ran, *argv: str, kind: CheckKind = "tests") -> Check:
    return verdict(PlannedCheck("tests", kind, argv or ("make",), "Makefile", 10.0), ran, cap=300, count=count)


def run_real(root: Path, *argv: str) -> Check:
    command = (sys.executable, *argv)
    done = subprocess.run(
        command,
        check=False,
        cwd=root,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    return judge(Ran(done.returncode, done.stdout), *command)


def pytest_on(root: Path, *more: str) -> Check:
    return run_real(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more)


def test_green_tests_pass_with_their_last_word(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TESTS.format(b=1))

    check = pytest_on(tmp_path)

    assert check.status == "passed"
    assert check.detail.startswith("2 passed in ")


def test_red_tests_fail_with_what_matters(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TESTS.format(b="1 == 2"))

    check = pytest_on(tmp_path)

    assert check.status == "failed"
    assert check.detail.startswith("It ended with exit code 1.\n")
    assert "assert 1 == 2" in check.detail
    assert "1 failed, 1 passed" in check.detail


def test_a_broken_import_fails(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("import nothing_of_this_name\n")

    check = pytest_on(tmp_path)

    assert check.status == "failed"
    assert "No module named 'nothing_of_this_name'" in check.detail


@pytest.mark.covers("F-G12")
def test_no_tests_are_no_success(tmp_path: Path) -> None:
    assert pytest_on(tmp_path) == Check("tests", "skipped", "no tests ran")

    (tmp_path / "test_a.py").write_text(TESTS)
    assert pytest_on(tmp_path, "-k", "nothing") == Check("tests", "skipped", "no tests ran")
    (tmp_path / "test_a.py").write_text("import unittest\n")
    assert run_real(tmp_path, "-m", "unittest", "test_a.py") == Check("tests", "skipped", "no tests ran")


def test_tests_that_cannot_begin_say_nothing_of_the_change(tmp_path: Path) -> None:
    check = pytest_on(tmp_path, "--no-such-option")

    assert check.status == "skipped"
    assert check.detail.startswith("pytest could not begin: ERROR: ")


def test_a_module_that_is_not_installed_is_told(tmp_path: Path) -> None:
    check = run_real(tmp_path, "-m", "no_such_runner", "-q")

    assert check == Check("tests", "skipped", f"`no_such_runner` is not installed for `{sys.executable}`")


def test_unittest_passes_and_fails(tmp_path: Path) -> None:
    case = "import unittest\nclass A(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual({a}, 1)\n"
    (tmp_path / "test_a.py").write_text(case.format(a=1))
    assert run_real(tmp_path, "-m", "unittest", "test_a") == Check("tests", "passed", "OK")

    (tmp_path / "test_a.py").write_text(case.format(a=2))
    assert "AssertionError: 2 != 1" in run_real(tmp_path, "-m", "unittest", "test_a").detail


@pytest.mark.covers("F-G12")
@pytest.mark.parametrize(
    "output",
    [
        "=== 1 failed, 3 passed in 0.10s ===\n",
        "3 passed, 1 error in 0.10s\n",
        "Ran 2 tests in 0.1s\n\nFAILED (failures=1)\n",
        "test result: FAILED. 1 passed; 1 failed\n",
        "--- FAIL: TestA (0.00s)\n",
        "FAIL\texample.com/till\t0.1s\n",
        "Tests:       1 failed, 2 passed, 3 total\n",
        "# fail 1\n",
        "  2 failing\n",
    ],
)
def test_an_exit_code_of_0_does_not_hide_failures(output: str) -> None:
    check = judge(Ran(0, output.encode()))

    assert check.status == "failed"
    assert check.detail.startswith("It ended with exit code 0, but its output tells of failures.\n")


@pytest.mark.parametrize(
    "output",
    [
        "",
        "built\n",
        "4 passed, 1 xfailed in 0.10s\n",
        "=== 3 passed, 1 warning in 0.10s ===\n",
        "OK (expected failures=1)\n",
        "Ran 3 tests in 0.001s\n\nOK\n",
        "test result: ok. 3 passed; 0 failed\nrunning 0 tests\nrunning 3 tests\n",
        "ok  \texample.com/till\t0.1s\n?   \texample.com/cmd\t[no test files]\n",
        "Tests:       3 passed, 3 total\n",
        "# tests 3\n# fail 0\n",
    ],
)
def test_green_output_passes(output: str) -> None:
    assert judge(Ran(0, output.encode())).status == "passed"


@pytest.mark.covers("F-G12")
@pytest.mark.parametrize(
    "output",
    [
        "no tests ran in 0.01s\n",
        "Ran 0 tests in 0.000s\n\nOK\n",
        "running 0 tests\n\ntest result: ok. 0 passed; 0 failed\n",
        "?   \texample.com/cmd\t[no test files]\n",
        "No tests found, exiting with code 0\n",
        "# tests 0\n# pass 0\n",
        "  0 passing (1ms)\n",
    ],
)
def test_an_exit_code_of_0_without_tests_is_no_success(output: str) -> None:
    assert judge(Ran(0, output.encode())) == Check("tests", "skipped", "no tests ran")


@pytest.mark.covers("F-G01", "F-G06")
def test_a_program_that_is_missing_or_crashes_is_told_apart() -> None:
    assert judge(Ran(127, b"x: not found"), "ruff") == Check("tests", "skipped", "`ruff` is not installed")
    assert judge(Ran(126, b""), "./ruff") == Check("tests", "skipped", "`./ruff` cannot be run")
    missing = Ran(1, b"npm error npx canceled due to missing packages and no YES option")
    assert judge(missing, "npx", "--no-install", "jest", "a.js").detail == "`npx --no-install jest` is not installed"
    assert judge(Ran(-11, b"")) == Check("tests", "failed", "It was ended by the signal SIGSEGV.")


def test_a_test_that_hangs_has_failed_but_a_long_suite_says_nothing() -> None:
    ran = Ran(-9, b"test_a.py ..\n", seconds=120.4, timed_out=True)

    assert judge(ran).status == "failed"
    assert judge(ran).detail.startswith("It took longer than 120 seconds and was ended.\n")
    assert judge(ran, kind="full") == Check("tests", "skipped", "It took longer than 120 seconds and was ended.")


def test_evidence_stays_within_its_cap() -> None:
    output = b"".join(b"E   assert %d == 0\n" % number for number in range(5_000))

    check = judge(Ran(1, output))

    assert count(check.detail) <= 300


SHOP = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n[tool.ruff]\n',
    "src/till/__init__.py": "",
    "src/till/prices.py": "def discount(price, percent):\n    return price - price * percent // 100\n",
    "tests/test_prices.py": "from till.prices import discount\n\ndef test_a():\n    assert discount(100, 10) == 90\n",
    "tests/test_other.py": "def test_b():\n    assert True\n",
}


def check_for_real(root: Path, changed: Mapping[str, str]) -> dict[str, Check]:
    """Write a project with a change, run every planned check on it, and return what came of them by name."""
    for path, text in {**SHOP, **changed}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    found = detect_tooling(SHOP, lambda path: SHOP[path].encode() if path in SHOP else None)
    planned = plan_checks(
        {path: text.encode() for path, text in changed.items()},
        found,
        list_files=lambda: list(SHOP),
        read=lambda path: SHOP[path].encode() if path in SHOP else None,
    )
    assert all(check.argv[0] == "python3" for check in planned)
    return {check.name: run_real(root, *check.argv[1:]) for check in planned}


def statuses(checks: Mapping[str, Check]) -> dict[str, str]:
    return {name: check.status for name, check in checks.items()}


def test_a_good_change_passes_every_planned_check_for_real(tmp_path: Path) -> None:
    checks = check_for_real(tmp_path, {"src/till/prices.py": SHOP["src/till/prices.py"].replace("price -", "+price -")})

    assert statuses(checks) == dict.fromkeys(("import", "nearest tests", "lint", "tests"), "passed")
    assert checks["nearest tests"].detail.startswith("1 passed in")
    assert checks["tests"].detail.startswith("2 passed in")


def test_each_kind_of_fault_is_caught_by_the_check_that_is_there_for_it(tmp_path: Path) -> None:
    prices = "src/till/prices.py"
    broken = check_for_real(tmp_path / "import", {prices: f"import till.nothing\n{SHOP[prices]}"})
    assert "No module named 'till.nothing'" in broken["import"].detail

    wrong = check_for_real(tmp_path / "tests", {prices: SHOP[prices].replace("100", "10")})
    assert statuses(wrong) == {"import": "passed", "nearest tests": "failed", "lint": "passed", "tests": "failed"}
    assert "assert 0 == 90" in wrong["nearest tests"].detail

    untidy = check_for_real(tmp_path / "lint", {prices: f"{SHOP[prices]}\n\ndef total():\n    return summe\n"})
    assert statuses(untidy) == {"import": "passed", "nearest tests": "passed", "lint": "failed", "tests": "passed"}
    assert "F821 Undefined name `summe`" in untidy["lint"].detail
