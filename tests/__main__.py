"""The gates every change passes: `python -m tests [GATE ...]`.

The one list of them. The README's command, `.ci/run` and pre-commit all come here. The tests are last, so that
what a run ends with is pytest's own summary. They are two gates: `tests` measures coverage, `outside` runs vivek as a
process of its own, or kills it, and measures nothing, because that takes twice the time.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_PYTEST = ("-m", "pytest", "-n", "2", "--dist", "worksteal")

GATES: dict[str, tuple[str, ...]] = {
    "format": ("-m", "ruff", "format", "--check", "."),
    "lint": ("-m", "ruff", "check", "."),
    "types": ("-m", "mypy"),
    # import-linter has no `python -m`; its console script is this call.
    "contracts": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    "outside": (*_PYTEST, "-m", "unmeasured"),
    "tests": (*_PYTEST, "-m", "not unmeasured", "--cov", "--cov-report=term"),
}

# What writes to the user's files: no line of it may go untested.
WHOLE = ("vivek/edits/*", *(f"vivek/workspace/{name}.py" for name in ("paths", "files", "journal/journal", "store")))
COVERED = ("-m", "coverage", "report", f"--include={','.join(WHOLE)}", "--fail-under=100")


def main(asked: Sequence[str]) -> int:
    """Run the gates asked for, all of them by default; the first that falls short ends the run."""
    unknown = sorted(set(asked) - set(GATES))
    if unknown:
        print(f"no such gate: {', '.join(unknown)} (gates: {', '.join(GATES)})", file=sys.stderr)
        return 2
    for name in asked or GATES:
        print(f"== {name}", file=sys.stderr, flush=True)
        begin = time.monotonic()
        code = subprocess.run([sys.executable, *GATES[name]], cwd=ROOT, check=False).returncode
        if name == "tests" and not code:
            code = _covered()
        if code:
            print(f"== {name} falls short (exit {code})", file=sys.stderr, flush=True)
            return code
        if name != "tests":
            print(f"== {name} holds, {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    return 0


def _covered() -> int:
    """Hold what writes files to every line and branch of it; the figures are told only where some are missing."""
    report = subprocess.run([sys.executable, *COVERED], cwd=ROOT, check=False, capture_output=True, text=True)
    if report.returncode:
        print(report.stdout + report.stderr, file=sys.stderr)
    return report.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
