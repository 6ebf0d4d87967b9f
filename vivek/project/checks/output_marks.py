"""What lines of test runners, compilers and linters look like: data for `output`; a pattern is held against a line."""

import re
from collections.abc import Sequence


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


FAILURE = _any(
    [
        # pytest
        r"E {3}",
        r">(?: {3,}|\s*$)",
        r"(?:FAILED|ERROR) \S+",
        r"_{3,} .+ _{3,}$",
        r"INTERNALERROR>",
        # Python
        r"\S+\.py:\d+: \w*(?:Error|Exception|Failed|Exit|Interrupt)",
        r"(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)(?:: .*)?$",
        r"(?:FAIL|ERROR): \w+",
        # Jest, Vitest, Mocha
        r"\s*[●✕\u00d7✗✖] ",
        r"\s+(?:Expected|Received|expected|actual)\b.{0,40}:",
        r"\s*[-+] (?:Expected|Received|expected|actual)\b",
        r"\s+expect\(",
        r"\s*>\s*\d+ ?\|",
        r"\s+\d+\) \S",
        r"\s*not ok \d+",
        # Go
        r"\s*--- FAIL",
        r"\s+\S+\.go:\d+: ",
        r"FAIL\b",
        r"panic: ",
        # Rust
        r"error(?:\[E\d+\])?: ",
        r"\s+--> \S+:\d+",
        r"thread '.*' (?:\(\d+\) )?panicked at",
        r"\s*(?:left|right): ",
        r"assertion .*failed",
        r"test \S.* \.\.\. FAILED",
        # TypeScript, mypy, ruff, C compilers
        r"[^\s(]+\(\d+,\d+\): error ",
        r"\S+:\d+(?::\d+)?(?: -|:) (?:fatal )?(?:error\b|[A-Z]+\d+\b)",
        r"[A-Z]+\d{3,4} ",
        # anything
        r"make(?:\[\d+\])?: \*\*\*",
        r"npm (?:ERR!|error) ",
        r"\s*(?:error|fatal|fatal error|FATAL|ERROR|Error|Fatal)\b ?[:!]",
        r"\s*(?:AssertionError|TypeError|ReferenceError|SyntaxError)\b",
    ]
)
"""A line that says what is wrong."""

LAST_WORD = _any(
    [
        r"=*\s?(?:\d+ (?:passed|failed|errors?|skipped|x?failed|x?passed|deselected)|no tests ran)\b.* in [\d.]+s",
        r"Ran \d+ tests? in ",
        r"(?:OK|FAILED|NO TESTS RAN)(?: \(.*\))?$",
        r"\s*(?:Tests|Test Suites|Test Files):?\s+\S*\d",
        r"\s+\d+ (?:passing|failing)",
        r"# (?:tests|pass|fail) \d+$",
        r"FAIL\s*$",
        r"test result: ",
        r"error: (?:could not compile|test failed|aborting)",
        r"Found \d+ errors?",
        r"Success: no issues|All checks passed",
        r"BUILD (?:FAILED|SUCCESSFUL)|\[ERROR\] Tests run:|Tests run: \d+",
        r"Segmentation fault|Killed|Aborted",
    ]
)
"""A line that sums up; the last ones of them count."""

NAMED = _any([r"(?:FAILED|ERROR) \S+(?: - |$)", r"\s*--- FAIL", r"test \S.* \.\.\. FAILED$", r"\s*not ok \d+"])
"""A failure in one line: its name, and perhaps its reason."""

HEADING = _any(
    [
        r"_{3,} .+ _{3,}$",
        r"(?:FAIL|ERROR): \w+",
        r"-{4} \S+ stdout -{4}$",
        r"\s*● ",
        r"\s*not ok \d+",
        r"\s*--- FAIL",
        r"error(?:\[E\d+\])?: ",
        r"[A-Z]+\d{3,4} ",
    ]
)
"""The first line of what is said of one failure; what stands above it explains nothing."""

NOISE = _any(
    [
        # pytest
        r"=+ (?:test session starts|FAILURES|ERRORS|short test summary info) =+$",
        r"(?:platform \w+ -- |(?:rootdir|configfile|testpaths|cachedir|plugins|asyncio): |hypothesis profile )",
        r"collecting |collected \d+ items?",
        r"(?:\S+\.py )?[.sxXFEu]+\s+\[\s*\d+%\]$",
        r"\S+\.py [.sxXFEu]+$",
        r"\S+::\S+.* (?:PASSED|SKIPPED|XFAIL)\b",
        r"\[gw\d+\] (?:\[\s*\d+%\] [A-Z]+ |\w+ -- )",
        r"\S+\.py::\S+\s*$",
        r"bringing up nodes|\d+ workers? \[",
        r"\S+\.py\s+\d+\s+\d+\s+(?:\d+\s+\d+\s+)?\d+%",
        # unittest
        r"[.FEsxu]{2,}$",
        r"\w+ \([\w.]+\) \.\.\. (?:ok|FAIL|ERROR|skipped .*|expected failure)$",
        # warnings
        r".*site-packages/\S+:\d+: \w*Warning: ",
        r"\s+warnings\.warn\(",
        # separators
        r"\s*(?:[-=_*~#.]\s?){10,}$",
        # Jest and its like
        r"\s*[✓√✔] ",
        r"PASS\s+\S+",
        r"\s*ok \d+ - ",
        r"\s*(?:TAP version \d+|# Subtest: .*|duration_ms: .*|---|\.\.\.)$",
        r"# (?:suites|cancelled|skipped|todo|duration_ms) [\d.]+$",
        # Go
        r"=== (?:RUN|PAUSE|CONT|NAME)\b",
        r"\s*--- (?:PASS|SKIP)",
        r"ok\s+\S+\s+(?:[\d.]+s|\(cached\))",
        r"\?\s+\S+\s+\[no test files\]",
        # Rust
        r"\s+(?:Compiling|Checking|Downloading|Downloaded|Finished|Running|Updating|Locking|Blocking|Fresh|Doc-tests) ",
        r"test \S.* \.\.\. (?:ok|ignored)$",
        r"running \d+ tests?$",
        # packages
        r"npm (?:notice|warn|WARN|timing)\b",
        r"(?:Requirement already satisfied|Collecting|Downloading|Installing collected packages)\b",
        r"> \S+@\S+ \S+$",
        # progress
        r".*\d+%\|.*\|",
        r"\s*\[?[#=>.\- ]{8,}\]?\s*\d+ ?%",
    ]
)
"""A line that says that something went well, or that it goes on."""

FRAME = _any(
    [
        r"\s+File \"[^\"]+\", line \d+",
        r"\s+at .+:\d+:\d+\)?$",
        r"\s+\S.* \(\S+:\d+:\d+\)$",
        r"\s+\d+: \S*(?:::|<)",
        r"\S+\.py:\d+: (?:in \S+)?$",
    ]
)
"""The first line of a stack frame; the lines indented below it belong to it."""

FOREIGN = re.compile(r"/rustc/|site-packages/|node_modules/|node:internal|lib/python3\.\d+/|/go/src/")
"""A frame in code that is not the project's."""
