"""The rules of one ignore file, read as git reads them (but for a `/` in brackets). Pure: bytes in, verdicts out.

Matching takes time linear in pattern times path whatever the pattern: the file may come from somebody who means harm.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_CLASSES: dict[bytes, Callable[[int], bool]] = {
    b"alnum": lambda code: chr(code).isalnum(),
    b"alpha": lambda code: chr(code).isalpha(),
    b"blank": lambda code: code in b" \t",
    b"cntrl": lambda code: code < 0x20 or code == 0x7F,
    b"digit": lambda code: chr(code).isdigit(),
    b"graph": lambda code: 0x20 < code < 0x7F,
    b"lower": lambda code: chr(code).islower(),
    b"print": lambda code: 0x20 <= code < 0x7F,
    b"punct": lambda code: 0x20 < code < 0x7F and not chr(code).isalnum(),
    b"space": lambda code: code in b" \t\n\v\f\r",
    b"upper": lambda code: chr(code).isupper(),
    b"xdigit": lambda code: code in b"0123456789abcdefABCDEF",
}
_ANY = re.compile(rb"[^/]*", re.DOTALL)
_LONGEST_LINE = 4096  # no path is longer
_MOST_LINES = 2_000
_NAMED = re.compile(rb"\[:([a-z]*):\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an ignore file.

    Attributes:
        segments: What the parts of a path must match; None stands for any number of folders.
        negated: Whether it takes back what an earlier line ignored.
        folders_only: Whether it is about folders only.
        anywhere: Whether it is held against the last part alone.
    """

    segments: tuple[re.Pattern[bytes] | None, ...]
    negated: bool
    folders_only: bool
    anywhere: bool

    def matches(self, parts: Sequence[bytes], *, folder: bool) -> bool:
        """Tell whether the rule is about a path, given by its parts."""
        if self.folders_only and not folder:
            return False
        return _matches(self.segments, parts[-1:] if self.anywhere else parts)


@dataclass(frozen=True, slots=True)
class Rules:
    """The lines of one ignore file.

    Attributes:
        rules: One a line, in their order.
        names: What the last part of a path must match for any of them to be about it.
    """

    rules: tuple[Rule, ...]
    names: re.Pattern[bytes]

    def verdict(self, parts: Sequence[bytes], *, folder: bool) -> bool | None:
        """Return whether they ignore a path, None when none of them is about it.

        Args:
            parts: The parts of the path, relative to the folder of the ignore file.
            folder: Whether it is a folder.
        """
        if self.names.fullmatch(parts[-1]) is None:
            return None
        for rule in reversed(self.rules):
            if rule.matches(parts, folder=folder):
                return not rule.negated
        return None


def read_rules(data: bytes) -> Rules | None:
    """Return the rules of an ignore file, None for one without any.

    Lines that git could never match are left out, and those after too many.
    """
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:_MOST_LINES]
    read = (_rule(line.removesuffix(b"\r")) for line in lines if len(line) <= _LONGEST_LINE)
    rules = tuple(rule for rule in read if rule is not None)
    lasts = dict.fromkeys((rule.segments[-1] or _ANY).pattern for rule in rules)
    return Rules(rules, re.compile(b"|".join(b"(?:" + last + b")" for last in lasts), re.DOTALL)) if rules else None


def _rule(line: bytes) -> Rule | None:
    text = _without_trailing_blanks(line)
    if not text or text.startswith(b"#"):
        return None
    negated = text.startswith(b"!")
    text = text[negated:]
    folders_only = text.endswith(b"/")
    text = text.removesuffix(b"/")
    anywhere = b"/" not in text
    text = text.removeprefix(b"/")
    if not text:
        return None
    segments: list[re.Pattern[bytes] | None] = []
    for part in text.split(b"/"):
        if part == b"**" and not anywhere:
            segments.append(None)
            continue
        pattern = _segment(part)
        if pattern is None:
            return None
        segments.append(pattern)
    if segments[-1] is None:
        segments.append(_ANY)  # what ends in `/**` means everything inside, not the folder itself
    return Rule(tuple(segments), negated, folders_only, anywhere)


def _without_trailing_blanks(line: bytes) -> bytes:
    kept = line.rstrip(b" ")
    escapes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if escapes % 2 and len(kept) < len(line) else kept


def _segment(glob: bytes) -> re.Pattern[bytes] | None:
    """Return one part of a pattern as a regular expression, None when nothing can match it."""
    runs: list[bytes] = [b""]  # what stands between the stars, each byte for byte
    for token in _tokens(glob):
        if token is None:
            return None
        if token == b"*":
            runs.append(b"")
        else:
            runs[-1] += token
    if len(runs) == 1:
        return re.compile(runs[0], re.DOTALL)
    # Whatever stands between two stars may take its first place for good: no backtracking, whatever the pattern.
    middle = b"".join(b"(?>.*?" + run + b")" for run in runs[1:-1])
    return re.compile(runs[0] + middle + b".*" + runs[-1], re.DOTALL)


def _tokens(glob: bytes) -> Iterator[bytes | None]:
    """Yield the parts of a glob, each of which matches one byte, `*` for a star, None for what cannot be matched."""
    at = 0
    while at < len(glob):
        char = glob[at : at + 1]
        at += 1
        if char == b"*":
            yield b"*"
        elif char == b"?":
            yield b"."
        elif char == b"[":
            found = _bracket(glob, at)
            yield None if found is None else found[0]
            at = len(glob) if found is None else found[1]
        elif char == b"\\":
            yield re.escape(glob[at : at + 1]) if at < len(glob) else None
            at += 1
        else:
            yield re.escape(char)


def _bracket(glob: bytes, at: int) -> tuple[bytes, int] | None:
    """Return a bracket expression as a regular expression and where it ends; None when it never does."""
    negated = glob[at : at + 1] in (b"!", b"^") and at < len(glob)
    at += negated
    taken: set[int] = set()
    first = True
    last: int | None = None
    while first or glob[at : at + 1] != b"]":
        if at >= len(glob):
            return None
        first = False
        named = _NAMED.match(glob, at)
        if named is not None:
            test = _CLASSES.get(named[1])
            if test is None:
                return None
            taken.update(code for code in range(128) if test(code))
            at, last = named.end(), None
        elif glob[at : at + 1] == b"-" and last is not None and glob[at + 1 : at + 2] not in (b"]", b""):
            end = _one(glob, at + 1)
            if end is None:
                return None
            taken.update(range(last, end[0] + 1))
            at, last = end[1], None
        else:
            one = _one(glob, at)
            if one is None:
                return None
            taken.add(one[0])
            last, at = one
    codes = [code for code in range(256) if (code in taken) != negated and code != ord("/")]
    return (b"[" + b"".join(b"\\x%02x" % code for code in codes) + b"]" if codes else b"(?!)"), at + 1


def _one(glob: bytes, at: int) -> tuple[int, int] | None:
    """Return one byte of a bracket expression and where the next begins."""
    at += glob[at : at + 1] == b"\\"
    return (glob[at], at + 1) if at < len(glob) else None


def _matches(segments: Sequence[re.Pattern[bytes] | None], parts: Sequence[bytes]) -> bool:
    at = place = 0
    again: tuple[int, int] | None = None  # behind the last `**`: where to go on when what follows does not fit
    while place < len(parts):
        wanted = segments[at] if at < len(segments) else _NEVER
        if wanted is None:
            at += 1
            again = (at, place)
        elif wanted.fullmatch(parts[place]):
            at, place = at + 1, place + 1
        elif again is not None:
            again = (again[0], again[1] + 1)
            at, place = again
        else:
            return False
    return at == len(segments)


_NEVER = re.compile(rb"(?!)")
