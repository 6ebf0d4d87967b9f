"""What each of vivek's own findings means: how bad it is, and how it goes wrong, as data."""

from dataclasses import dataclass
from typing import Final

from vivek.schema.findings import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding.

    Attributes:
        id: Its name, `vivek/...`.
        severity: How bad it is as a rule.
        scenario: How it goes wrong.
        in_tests: How bad it is within a test file.
        confidence: How sure a finding of it is: a parser knows, a pattern believes.
    """

    id: str
    severity: Severity
    scenario: str
    in_tests: Severity | None = None
    confidence: Confidence = "high"


def _rule(name: str, severity: Severity, scenario: str, in_tests: Severity | None = None) -> Rule:
    return Rule(f"vivek/{name}", severity, scenario, in_tests)


def _pattern(name: str, severity: Severity, scenario: str, in_tests: Severity | None = None) -> Rule:
    return Rule(f"vivek/{name}", severity, scenario, in_tests, "medium")


SYNTAX: Final = _rule("syntax-error", "high", "Whoever loads this file gets an error instead of what it defines.")
CONFLICT: Final = _rule(
    "conflict-marker", "high", "A merge was not finished: both versions stand in the file, and neither works."
)
COMPLEXITY: Final = _rule(
    "complexity", "low", "The more branches lie within each other, the easier the next change misses one of them."
)

OF_CHECKS: Final = {
    "V02": _rule("undefined-name", "high", "The line raises an error as soon as it runs."),
    "V03": _rule("unknown-import", "medium", "On a fresh installation the import fails, and the program with it."),
    "V04": _rule(
        "new-dependency",
        "info",
        "Code of other people comes along with each installation; a name that is nearly a known one may be a trap.",
    ),
    "V05": SYNTAX,
    "V06": _rule("left-out-code", "high", "What the comment stands for is gone from the file: its code never runs."),
    "V07": _pattern(
        "secret",
        "critical",
        "Everybody who can read the repository, now or in its history, can use it. Take it out and have it replaced.",
        "medium",
    ),
    "V09": _rule("runs-by-itself", "info", "The file has effects later, without anybody calling it: read it twice."),
    "V10": _rule(
        "hidden-characters", "high", "The code does something else than a reader sees: order or names differ unseen."
    ),
    "V12": _rule("new-address", "info", "The program may speak to a host that the project has not spoken to so far."),
    "V13": _rule("weaker-test", "medium", "A defect that the tests found before can pass them now."),
    "swallowed-error": _rule(
        "swallowed-error", "medium", "What fails there fails unseen: the program goes on as if it had worked.", "info"
    ),
    "missing-await": _rule(
        "missing-await", "high", "What was to be waited for has not happened when the next line runs."
    ),
    "constant-condition": _pattern(
        "constant-condition",
        "high",
        "One of the two ways is never taken, and nobody sees it from the outside.",
        "medium",
    ),
    "off-by-one": _pattern(
        "off-by-one", "high", "The last step takes what is not there: an error, or a value that is none.", "medium"
    ),
    "race": _pattern("race", "high", "Two that do it at the same moment get in each other's way: one write is lost."),
    "compared-objects": _pattern(
        "compared-objects", "high", "Two texts that say the same are told apart, depending on where they come from."
    ),
    "resource-leak": _pattern(
        "resource-leak",
        "medium",
        "Each time it goes this way one more stays open, until nothing can be opened.",
        "info",
    ),
    "path-traversal": _pattern(
        "path-traversal",
        "high",
        "With `..` in it a name leads out of the folder, to any file the program can reach.",
        "info",
    ),
    "V14": _pattern(
        "injection", "medium", "The text gives orders to a model that reads it: an assistant may follow them.", "info"
    ),
}
"""By the check that found it."""

_RUNS_CODE = "Whoever can choose that text or that data makes the program do what they want."
_SHELL = "A value with a blank, a quote or a `;` in it becomes a command of its own."
_CERTIFICATES = "Anybody on the way can pretend to be the server, read along and change what is sent."
_MARKUP = "A text with markup in it runs as a script in the browser of whoever looks at it."
_RIGHTS = "A fault in it reaches further than it has to."

OF_CONSTRUCTS: Final = {
    "runs a text as code": _pattern("code-execution", "high", _RUNS_CODE, "low"),
    "hands a command to a shell (`shell=True`)": _pattern("shell", "medium", _SHELL, "low"),
    "hands a command to a shell": _pattern("shell", "medium", _SHELL, "low"),
    "runs a text as code, or a shell": _pattern("code-execution", "high", _RUNS_CODE, "low"),
    "does not check certificates (`verify=False`)": _pattern("certificates", "high", _CERTIFICATES, "low"),
    "does not check certificates": _pattern("certificates", "high", _CERTIFICATES, "low"),
    "loads data that can run code": _pattern("unsafe-loading", "high", _RUNS_CODE, "low"),
    "loads YAML that can run code": _pattern("unsafe-loading", "high", _RUNS_CODE, "low"),
    "loads data that can run code, or a shell": _pattern("unsafe-loading", "high", _RUNS_CODE, "low"),
    "uses a hash that is broken": _pattern(
        "weak-hash", "medium", "Two texts with the same hash can be made, so it proves nothing to an attacker.", "info"
    ),
    "makes a temporary name that others can take": _pattern(
        "temporary-name", "medium", "Another process makes the file first, and the program writes into it.", "low"
    ),
    "switches debugging on": _pattern(
        "debugging", "medium", "In service it shows strangers what is inside, or lets them run code.", "info"
    ),
    "puts values into SQL text": _pattern(
        "sql-injection", "high", "A value with a quote in it ends the text and goes on as SQL of its own.", "low"
    ),
    "unpacks an archive without a filter": _pattern(
        "archive", "medium", "An archive with `..` in its names writes outside the folder it is unpacked in.", "low"
    ),
    "shows text without escaping it": _pattern("markup", "medium", _MARKUP, "low"),
    "is unsafe Rust": _pattern("unsafe-rust", "low", "The compiler no longer proves that memory is used right."),
    "calls a function without bounds, or a shell": _pattern(
        "no-bounds", "medium", "A text longer than its room overwrites what lies behind it.", "low"
    ),
    "lets everybody write (777)": _pattern("open-rights", "medium", "Every user of the machine can replace the file."),
    "runs what it downloads": _pattern(
        "runs-downloads", "high", "Whoever holds the server, or the way to it, runs code on this machine.", "low"
    ),
    "holds a private key": _pattern("private-key", "critical", OF_CHECKS["V07"].scenario),
    "runs as root": _pattern("root", "low", _RIGHTS),
    "gives more rights than most jobs need": _pattern("wide-rights", "medium", _RIGHTS),
}
"""By what a construct's concern says."""


def rule_of(check: str, text: str) -> Rule | None:
    """Return the rule behind a concern; None for one that says nothing to a reviewer."""
    return OF_CONSTRUCTS.get(text) if check == "V11" else OF_CHECKS.get(check)
