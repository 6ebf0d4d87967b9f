"""Finds the lines that a quote stands for, and gives findings their fingerprints; nothing is ever guessed. Pure."""

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vivek.schema.changes import ChangedFile, Hunk
from vivek.schema.findings import Finding
from vivek.syntax.outline import outline

Span = tuple[int, int]
"""First and last line, from 1."""

_BLANKS = re.compile(r"\s+")
_SHORTEST = 3  # characters of a quote without blanks; fewer stand everywhere


def locate(quote: str, text: str, hunks: Sequence[Hunk] = (), *, old: bool = False) -> Span | None:
    """Return the lines of a text that a quote stands for, or None when that cannot be told.

    The quote is taken as it stands, else without regard to blanks. Where it stands in several places, the one that
    lies nearest to a changed line is meant; where two lie as near, nobody knows.

    Args:
        quote: A line, some lines in a row, or a part of one line.
        text: The version it was taken from.
        hunks: What changed.
        old: Whether the text is the old version.
    """
    wanted = quote.strip("\n")
    if len(_BLANKS.sub("", wanted)) < _SHORTEST:
        return None
    for found in (_exact(wanted, text), _tolerant(wanted, text)):
        if found:
            return _nearest(found, _changed_lines(hunks, old=old))
    return None


def quoted(text: str, span: Span) -> str:
    """Return the lines of a text that a span covers, exactly as they stand there."""
    return "\n".join(text.split("\n")[span[0] - 1 : span[1]])


def with_fingerprints(findings: Sequence[Finding], files: Mapping[str, ChangedFile]) -> tuple[Finding, ...]:
    """Return findings with fingerprints that stay the same while lines move.

    A fingerprint is made of the rule, the path, the quote without regard to blanks, the definition around it, and its
    number among those that are alike in all of that.

    Args:
        findings: The findings.
        files: The files by their paths.
    """
    seen: Counter[str] = Counter()
    numbered: dict[int, str] = {}
    for index in sorted(range(len(findings)), key=lambda at: (findings[at].path, findings[at].line)):
        finding = findings[index]
        # Without a quote the words are what tells two findings of a file apart.
        said = _normal(finding.quote) or _normal(re.sub(r"\d+", "", finding.title))
        alike = "\0".join((finding.rule, finding.path, said, _around(finding, files.get(finding.path))))
        seen[alike] += 1
        numbered[index] = hashlib.sha256(f"{alike}\0{seen[alike]}".encode("utf-8", "replace")).hexdigest()[:32]
    return tuple(replace(finding, fingerprint=numbered[at]) for at, finding in enumerate(findings))


def _around(finding: Finding, file: ChangedFile | None) -> str:
    """Return the name of the innermost definition around a finding, "" at the top of a file."""
    text = None if file is None else file.old_text if finding.old else file.new_text
    if text is None or not finding.line:
        return ""
    line = finding.line - 1
    inside = [symbol for symbol in outline(finding.path, text) or () if symbol.start <= line < symbol.end]
    return max(inside, key=lambda symbol: symbol.start).name if inside else ""


def _exact(wanted: str, text: str) -> list[Span]:
    starts = _starts(text)
    places = (found.start() for found in re.finditer(f"(?={re.escape(wanted)})", text))
    found = [(bisect_right(starts, at), bisect_right(starts, at + len(wanted) - 1)) for at in places]
    whole = [span for span in found if quoted(text, span).strip() == wanted.strip()]
    return list(dict.fromkeys(whole or found))


def _tolerant(wanted: str, text: str) -> list[Span]:
    """Find runs of lines that differ from the quote in blanks and blank lines only."""
    lines = [(number, _normal(line)) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    parts = [_normal(line) for line in wanted.split("\n") if line.strip()]
    found = [
        (lines[at][0], lines[at + len(parts) - 1][0])
        for at in range(len(lines) - len(parts) + 1)
        if lines[at][1] == parts[0] and [line for _, line in lines[at : at + len(parts)]] == parts
    ]
    if not found and len(parts) == 1:
        found = [(number, number) for number, line in lines if parts[0] in line]
    return found


def _nearest(found: Sequence[Span], changed: Sequence[int]) -> Span | None:
    if len(found) == 1:
        return found[0]
    if not changed:
        return None
    ranked = sorted((_distance(span, changed), span) for span in found)
    return ranked[0][1] if ranked[0][0] < ranked[1][0] else None


def _distance(span: Span, changed: Sequence[int]) -> int:
    """Return how many lines lie between a span and the nearest changed line; 0 where it holds one."""
    at = bisect_right(changed, span[1])
    before = span[0] - changed[at - 1] if at else None
    after = changed[at] - span[1] if at < len(changed) else None
    return min(max(0, gap) for gap in (before, after) if gap is not None)


def _changed_lines(hunks: Sequence[Hunk], *, old: bool) -> list[int]:
    sign = "-" if old else "+"
    return [line.old if old else line.new for hunk in hunks for line in hunk.lines if line.sign == sign]


def _starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _normal(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
