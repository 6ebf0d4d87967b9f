"""Reads from the end of a check whether it passed, failed, or says nothing because it could not run. Pure.

An exit code of 0 is not enough: tests that did not run have not passed, and some wrappers hide that tests failed.
"""

import re
from collections.abc import Sequence

from vivek.project.checks.output import ending
from vivek.schema.checks import CheckStatus
from vivek.schema.commands import Ran

_NO_TESTS = re.compile(
    r"^(?:=+ )?no tests ran|^Ran 0 tests in|^NO TESTS RAN|^collected 0 items|No tests? (?:found|files found)"
    r"|^running 0 tests$|^# tests 0$|^[ \t]+0 passing|\[no test files\]",
    re.M | re.I,
)
_SOME_TESTS = re.compile(
    r"\b[1-9]\d* (?:passed|failed|errors?|passing|xfailed|skipped)\b|^Ran [1-9]\d* test|^running [1-9]\d* test"
    r"|^# tests [1-9]|^ok\s+\S+\s+(?:[\d.]+s|\(cached\))|^FAIL\b|Tests run: [1-9]",
    re.M,
)
_FAILURES = re.compile(
    r"^(?:=+ )?(?:\d+ \w+, )*[1-9]\d* (?:failed|errors?)\b.* in [\d.]+s|^FAILED \((?:failures|errors)="
    r"|^test result: FAILED|^--- FAIL: |^FAIL\t|^[ \t]*Tests:?\s+(?:\d+ \w+, )*[1-9]\d* failed|^# fail [1-9]"
    r"|^[ \t]+[1-9]\d* failing$",
    re.M,
)
_MISSING_PROGRAM = re.compile(r"npx canceled due to missing packages|could not determine executable to run", re.I)
_PYTEST_USAGE, _NO_TESTS_CODE = 4, 5
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127


def outcome(argv: Sequence[str], ran: Ran, text: str) -> tuple[CheckStatus, str]:
    """Return what came of a check, and why where its output alone does not say.

    Args:
        argv: What was run.
        ran: How it ended.
        text: Its output, readable.
    """
    why = _could_not_run(argv, ran, text)
    if why:
        return "skipped", why
    if ran.timed_out or ran.returncode != 0:
        return "failed", f"It {ending(ran)}."
    if _FAILURES.search(text):
        return "failed", "It ended with exit code 0, but its output tells of failures."
    if _NO_TESTS.search(text) and not _SOME_TESTS.search(text):
        return "skipped", "no tests ran"
    return "passed", ""


def _could_not_run(argv: Sequence[str], ran: Ran, text: str) -> str:
    """Return why a check says nothing about the change, or ""."""
    program = argv[0]
    if ran.returncode == _NOT_FOUND:
        return f"`{program}` is not installed"
    if ran.returncode == _NOT_EXECUTABLE:
        return f"`{program}` cannot be run"
    if ran.returncode == 0:
        return ""
    module = argv[argv.index("-m") + 1] if "-m" in argv[:-1] else ""
    if module and re.search(rf"No module named '?{re.escape(module)}'?\s*$", text.rstrip()):
        return f"`{module}` is not installed for `{' '.join(argv[: argv.index('-m')])}`"
    if _MISSING_PROGRAM.search(text):
        return f"`{' '.join(argv[:3])}` is not installed"
    if module in ("pytest", "unittest") or program.endswith("pytest"):
        if ran.returncode == _NO_TESTS_CODE:
            return "no tests ran"
        if ran.returncode == _PYTEST_USAGE and module != "unittest":
            return f"pytest could not begin: {_last_line(text)}"
    return ""


def _last_line(text: str) -> str:
    errors = [line for line in text.splitlines() if line.startswith("ERROR")]
    lines = errors or [line for line in text.splitlines() if line.strip()] or ["it says nothing"]
    return lines[-1].strip()[:200]
