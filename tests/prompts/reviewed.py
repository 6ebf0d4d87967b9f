"""A change to ask about: an ordinary one, and a crowded one with more around it than any small window holds."""

from vivek.analysis.findings.chunks import Chunk, pieces
from vivek.edits.unified import hunks_between
from vivek.prompts.budget import fit
from vivek.prompts.finders import finders
from vivek.prompts.parts import Part
from vivek.prompts.review import (
    FINDINGS_ROOM,
    SUMMARY_ROOM,
    VERDICT_ROOM,
    chunk_sections,
    finder_sections,
    form_section,
    review_system,
    summary_sections,
    verify_sections,
)
from vivek.prompts.shrinking import start_of
from vivek.prompts.tokens import count
from vivek.schema.budget import Fit, Section
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import FileVerdict, Finding
from vivek.schema.reviewing import Rule

OLD = """def total(items):
    if not items:
        return 0
    s = 0
    for i in range(len(items)):
        s += items[i].price
    return s / len(items)
"""
NEW = OLD.replace("    if not items:\n        return 0\n", "").replace("len(items)):", "len(items) - 1):")
SMALL = ChangedFile("till/prices.py", "modified", hunks_between(OLD, NEW), old_text=OLD, new_text=NEW)
RULE = Rule("rules/money.md", "Money is an int of cents, never a float. " * 3, severity="high")
STATIC = Finding("ruff/F841", "low", "high", "till/prices.py", 2, 2, "    s = 0", "Local variable `s` is unused.")
FOUND = Finding(
    "review/wrong-result",
    "high",
    "medium",
    "till/prices.py",
    3,
    3,
    "    for i in range(len(items) - 1):",
    "The last item is left out.",
    "With three items only the first two are added, so the mean is too low.",
)


def _long(functions: int, step: int) -> str:
    return "".join(f"def price_{n}(cents):\n    return cents * {n} // {step}\n\n\n" for n in range(functions))


LARGE = ChangedFile(
    "till/prices.py",
    "modified",
    hunks_between(_long(200, 100), _long(200, 10)),
    old_text=_long(200, 100),
    new_text=_long(200, 10),
)
VERDICTS = tuple(FileVerdict(f"till/part_{n}.py", "modified", n, 3, 1.0) for n in range(300))
ASKED = (*(f"find_{name}" for name in ("lines", "removed", "rules", "security")), "verify", "summary")


def tokens_of(text: str) -> int:
    """Return the tokens of a text as the family counts that most small coding models are of."""
    return count(text, "qwen")


def around() -> tuple[Section, ...]:
    """Return more context than a small window holds."""
    text = _long(120, 7)
    parts = [
        Part(name, f"{name}:\n{text}", priority, shrink=start_of(text, lambda part, missing: f"{part}\n{missing}"))
        for name, priority in (("around", 40), ("uses", 25), ("tests", 15))
    ]
    return tuple(part.measured(tokens_of) for part in parts)


def piece(file: ChangedFile, window: int) -> Chunk:
    """Return the first piece of a file's change, cut to a window."""
    return pieces(file, min(2_000, window // 3))[0]


def asked(name: str, window: int, *, crowded: bool) -> tuple[Fit, int]:
    """Return what fits of a question, and the tokens of its reply.

    Args:
        name: One of `ASKED`.
        window: Tokens of the window.
        crowded: Whether there is more to show than fits.
    """
    file = LARGE if crowded else SMALL
    context = around() if crowded else ()
    shared = chunk_sections(piece(file, window), file, context, [STATIC], count=tokens_of)
    form = form_section(count=tokens_of)
    room = FINDINGS_ROOM
    if name == "summary":
        diffs = [(file.path, piece(file, window).text)] * (40 if crowded else 1)
        files = VERDICTS if crowded else VERDICTS[:2]
        sections = summary_sections(
            "Round prices up." * (400 if crowded else 1), files, diffs, window=window, count=tokens_of
        )
        room = SUMMARY_ROOM
    elif name == "verify":
        sections = (form, *shared, *verify_sections(FOUND, count=tokens_of))
        room = VERDICT_ROOM
    else:
        [finder] = [each for each in finders("deep") if f"find_{each.id}" == name]
        rules = [RULE] * (3 if crowded else 1)
        sections = (form, *shared, *finder_sections(finder, rules, count=tokens_of))
    room = min(room, window // 4)
    left = window - tokens_of(review_system()) - room
    return fit(sections, left, count=tokens_of), room
