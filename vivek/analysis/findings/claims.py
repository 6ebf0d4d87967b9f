"""What becomes of a model's claim: a finding whose lines come from its quote, or the reason why it is dropped.

Nothing that a model says about places is believed, and nothing is guessed. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vivek.analysis.findings.chunks import Chunk
from vivek.analysis.findings.locate import Span, locate, quoted
from vivek.analysis.findings.mending import mend
from vivek.schema.changes import ChangedFile, DiffLine, Hunk
from vivek.schema.findings import Finding
from vivek.schema.reviewing import Claim, Rule, SecondLook

NO_SCENARIO: Final = "no scenario"
NOT_FOUND: Final = "quote not found"
OUTSIDE: Final = "outside the change"
REPEATS: Final = "repeats itself"
ADVICE: Final = "advice, no defect"
SPECULATION: Final = "speculation"
NO_RULE: Final = "no such rule"
REFUTED: Final = "refuted"

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 5  # of a scenario; fewer name no input and no result
_MANY_WORDS, _VARIED = 16, 0.35
_LONGEST_QUOTE = 4_000  # characters; what is longer quotes nothing in particular
_LEAST_COUNTER = 6  # characters without blanks of code that refutes something
_ADVICE = re.compile(
    r"please |you (?:should|could|may|might) "
    r"|(?:consider|ensure|make sure|double-check|verify|check|avoid|use|add|remove|rename|refactor|document) "
    r"|it (?:is|would be|might be|may be) (?:recommended|better|good|advisable|safer|best)"
    r"|(?:there (?:is|are) )?(?:no|none)\b.{0,30}\b(?:issues?|problems?|defects?|bugs?)\b"
    r"|(?:the |this )?(?:code|change|line) (?:looks|is|seems) (?:good|fine|correct|ok|okay)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:could|can|may|might)(?: potentially| possibly)? (?:lead to|cause|result in|produce|introduce|have)"
    r"(?: (?:an?|any|some|other|potential|possible|unexpected|undefined|unintended|various|future))*"
    r" (?:behaviou?rs?|results?|issues?|problems?|errors?|bugs?|consequences|effects?)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"(?:#|//|/\*|\*/|\* |-- |<!--|\"\"\"|''')")
_BEHIND = re.compile(r"\s(?:#|//|--|/\*)\s.*$")
_CODE = re.compile(
    r"[=(\[{<>]|^(?:return|raise|throw|break|continue|else|await|yield|pass|defer)\b"
    r"|^(?:if|elif|unless|while|for|case|with|try|except|catch|finally)\b.*:$"
)
_FENCE = re.compile(r"\A\s*`{3,}[^\n`]*\n(.*?)\n?`{3,}\s*\Z|\A\s*`([^`\n]+)`\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a quote stands: its lines within the piece, in one version.

    `said` is the quote without the signs of a diff, `text` what stands there.
    """

    span: Span
    text: str
    said: str
    old: bool


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of a file as far as it is known, with the piece's hunks in its numbers.

    Attributes:
        text: The text, or the lines of a patch one after the other.
        hunks: The hunks of the piece, numbered as the lines of `text` are.
        numbers: The real numbers of those lines, () where they are the same.
    """

    text: str
    hunks: tuple[Hunk, ...]
    numbers: tuple[int, ...] = ()


def finding_of(claim: Claim, chunk: Chunk, file: ChangedFile, finder: str, rules: Sequence[Rule] = ()) -> Finding | str:
    """Return the finding that a claim comes to, or the reason why it is dropped.

    Its lines are those of the quote in its version of the file, as far as they lie in the piece.

    Args:
        claim: What a model says.
        chunk: The piece it was asked about.
        file: The file of the piece.
        finder: The id of the question.
        rules: The rules of the project that the question was about, if it was.
    """
    rule = next((rule for rule in rules if rule.id == claim.cites), None)
    if rules and rule is None:
        return NO_RULE
    if len(claim.quote) > _LONGEST_QUOTE:
        return NOT_FOUND
    if reason := _empty(claim):
        return reason
    place = _place(claim, chunk, file)
    if isinstance(place, str):
        return place
    return Finding(
        rule=rule.id if rule else f"review/{claim.rule}",
        severity=rule.severity if rule else claim.severity,
        # What nobody has traced again is never sure.
        confidence="medium" if claim.confidence == "high" else claim.confidence,
        path=file.path,
        line=place.span[0],
        end_line=place.span[1],
        quote=place.text,
        title=claim.title or claim.scenario,
        scenario=claim.scenario,
        fix=None if place.old else mend(place.said, _bare(claim.fix), file, place.span),
        origins=(f"finder:{finder}",),
        old=place.old,
        cites=rule.text if rule else "",
    )


def judged(finding: Finding, look: SecondLook, shown: str) -> Finding | str:
    """Return a finding as sure as it is after a second look, or `REFUTED`.

    It is refuted only by code: the counter-evidence must stand in what was shown, and be more than a comment. What
    nobody could confirm or refute is kept, with low confidence.

    Args:
        finding: The finding.
        look: What came of tracing it again.
        shown: The code that was shown with it.
    """
    if look.verdict == "refuted" and _is_evidence(look.counter, shown):
        return REFUTED
    if look.verdict != "holds":
        return replace(finding, confidence="low")
    return replace(finding, confidence="medium" if finding.confidence == "low" else "high")


def _empty(claim: Claim) -> str:
    """Return why a claim says nothing, whatever it quotes."""
    words = [word.lower() for word in _WORD.findall(claim.scenario)]
    if len(words) < _LEAST_WORDS or set(words) <= {word.lower() for word in _WORD.findall(claim.quote)}:
        return NO_SCENARIO
    if len(words) >= _MANY_WORDS and len(set(words)) < _VARIED * len(words):
        return REPEATS
    if _ADVICE.match(claim.scenario):
        return ADVICE
    beside = len(_WORD.findall(_VAGUE.sub("", claim.scenario)))
    if beside < len(words) and beside < 2 * _LEAST_WORDS:
        return SPECULATION
    return ""


def _place(claim: Claim, chunk: Chunk, file: ChangedFile) -> _Place | str:
    """Return where a quote stands; the new version comes before the old one, unless its lines have the sign of that."""
    found = ""
    for old in (True, False) if claim.old else (False, True):
        side = _side(chunk, file, old=old)
        if side is None:
            continue
        for quote in _readings(_bare(claim.quote), old=old):
            span = locate(quote, side.text, side.hunks, old=old)
            if span is None:
                continue
            found = OUTSIDE
            within = _within(span, side, old=old)
            if within is not None:
                first, last = within
                real = (side.numbers[first - 1], side.numbers[last - 1]) if side.numbers else within
                return _Place(real, quoted(side.text, within), quote, old)
    return found or NOT_FOUND


def _within(span: Span, side: _Side, *, old: bool) -> Span | None:
    """Return the part of a span that lies in the hunk it shares most with; of the old version a line must be gone."""
    best: Span | None = None
    for hunk in side.hunks:
        lines = [line for line in hunk.lines if line.sign != ("+" if old else "-")]
        numbers = [line.old if old else line.new for line in lines]
        if not numbers:
            continue
        part = (max(span[0], numbers[0]), min(span[1], numbers[-1]))
        gone = any(line.sign == "-" and part[0] <= line.old <= part[1] for line in lines)
        if part[0] <= part[1] and (gone or not old) and (best is None or part[1] - part[0] > best[1] - best[0]):
            best = part
    return best


def _side(chunk: Chunk, file: ChangedFile, *, old: bool) -> _Side | None:
    text = file.old_text if old else file.new_text
    if text is not None:
        return _Side(text, chunk.hunks)
    rows: list[DiffLine | None] = []
    for hunk in file.hunks:
        rows += [line for line in hunk.lines if line.sign != ("+" if old else "-")]
        rows.append(None)  # nothing is known of what lies between, so no quote spans it
    numbers = tuple(0 if row is None else row.old if old else row.new for row in rows)
    if not any(numbers):
        return None
    at = {number: index for index, number in enumerate(numbers, 1) if number}

    def renumbered(line: DiffLine) -> DiffLine:
        return replace(line, old=at.get(line.old, 0)) if old else replace(line, new=at.get(line.new, 0))

    hunks = tuple(replace(hunk, lines=tuple(map(renumbered, hunk.lines))) for hunk in chunk.hunks)
    return _Side("\n".join("\0" if row is None else row.text for row in rows), hunks, numbers)


def _bare(code: str) -> str:
    """Return code without a fence or ticks around it."""
    found = _FENCE.match(code)
    return code if found is None else found[1] or found[2] or ""


def _readings(quote: str, *, old: bool) -> Iterator[str]:
    """Yield a quote as it stands, then as the piece of a diff that it may be: without signs and the other version."""
    yield quote
    other, own = ("+", "-") if old else ("-", "+")
    lines = [line for line in quote.split("\n") if not line.startswith(other)]
    unsigned = "\n".join(line[1:] if line.startswith(own) else line for line in lines)
    if unsigned != quote:
        yield unsigned


def _is_evidence(counter: str, shown: str) -> bool:
    """Tell whether code refutes something: it was shown, it is not gone by the change, and it is no mere comment."""
    lines = [line for line in (_plain(line) for line in _bare(counter).split("\n")) if line]
    code = [line for line in lines if not _COMMENT.match(line)]
    if sum(len(line.replace(" ", "")) for line in code) < _LEAST_COUNTER or not any(map(_CODE.search, code)):
        return False
    there = "\n".join(_plain(line) for line in shown.split("\n") if not line.startswith("-"))
    return all(line in there for line in lines)


def _plain(line: str) -> str:
    return " ".join(_BEHIND.sub("", line.removeprefix("+")).split())
