"""A review made by hand: every severity, a fix of each kind, both versions, and texts that mean harm."""

from vivek.schema.changes import ReviewScope
from vivek.schema.findings import (
    FileVerdict,
    Finding,
    Fix,
    FixOutcome,
    Receipt,
    ReviewReport,
    ReviewSummary,
    Suppressed,
)

PRICES, PAGE = "till/prices.py", "till/a b,c:é.py"

WRONG = Finding(
    rule="vivek/undefined-name",
    severity="high",
    confidence="high",
    path=PRICES,
    line=9,
    end_line=10,
    quote="    rate = 1\n    return price * rat",
    title="`rat` is not defined",
    scenario="The line raises an error as soon as it runs.",
    fix=Fix(PRICES, 9, 10, "    return price * RATE\n", "    rate = 1\n    return price * rat\n"),
    origins=("vivek", "ruff"),
    fingerprint="11" * 16,
)
HARM = Finding(
    rule="rules/money.md",
    severity="critical",
    confidence="medium",
    path=PAGE,
    line=3,
    end_line=3,
    quote="x = 1  # ``` \x1b[31m </code> ::error::",
    title="100% wrong: see @team, #12 and <b>[this](http://evil)</b>\n::stop-commands::",
    scenario="1. first | second\r\n::add-mask::x",
    origins=("finder:boundaries",),
    fingerprint="22" * 16,
    standing="open",
    cites="Money is counted in cents.",
)
GONE = Finding(
    rule="vivek/removed-check",
    severity="medium",
    confidence="low",
    path=PRICES,
    line=4,
    end_line=4,
    quote="    assert price >= 0",
    title="A check went away",
    scenario="A negative price is taken.",
    fix=Fix(PRICES, 9, 8, "    assert price >= 0\n"),
    origins=("vivek",),
    old=True,
    fingerprint="33" * 16,
)
WHOLE = Finding(
    rule="ruff/INP001",
    severity="low",
    confidence="high",
    path=PAGE,
    line=0,
    end_line=0,
    quote="",
    title="The file is part of no package",
    fix=Fix(PAGE, 1, 1, "", "import os\n"),
    fingerprint="44" * 16,
)
NOTE = Finding("ruff/D100", "info", "high", PRICES, 1, 1, "import os", "No docstring", fingerprint="55" * 16)
REPORT = ReviewReport(
    scope=ReviewScope("worktree", "the working tree against HEAD", base="abc"),
    status="incomplete",
    findings=(HARM, WRONG, GONE, WHOLE, NOTE),
    files=(
        FileVerdict(PAGE, "added", 3, 0, 0.25),
        FileVerdict(PRICES, "modified", 2, 1, 0.4),
        FileVerdict("uv.lock", "modified", 400, 20, None, aside="lock file"),
    ),
    receipts=(
        Receipt("a", PAGE, 3, 1, 3, ("vivek", "ruff")),
        Receipt("b", PRICES, 3, 1, 10, ("vivek", "ruff")),
        Receipt("c", "uv.lock", 420, 1, 400, (), "lock file"),
    ),
    suppressed=(
        Suppressed(NOTE, "comment", "it is short"),
        Suppressed(WHOLE, ".vivek/review.toml, entry 1", "scripts are no package"),
    ),
    baseline="baseline.json",
    fixed=(Finding("ruff/F401", "low", "high", PRICES, 0, 0, "import sys", "unused", standing="fixed"),),
    score=0.31,
    summary=ReviewSummary(changed="- Prices are rounded."),
    tools={"vivek": "1.2.3", "ruff": "0.14.0"},
    told=("The clone is shallow.",),
    seconds=1.25,
    fixes=(
        FixOutcome("ruff/F401", PRICES, 7, "kept", "parse: the file parses", "66" * 16),
        FixOutcome("ruff/INP001", PAGE, 1, "dropped", "parse: line 1", "44" * 16, edited=True),
    ),
)
EMPTY = ReviewReport(ReviewScope("staged", "what is staged against HEAD"), "empty")
CLEAN = ReviewReport(
    ReviewScope("worktree", "the working tree against HEAD"),
    "done",
    files=(FileVerdict(PRICES, "modified", 2, 1, 1.0),),
    receipts=(Receipt("b", PRICES, 3, 1, 10, ("vivek",)),),
    score=1.0,
    tools={"vivek": "1.2.3"},
)
