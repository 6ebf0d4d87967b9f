"""Finds the JSON objects of a reply among thoughts, prose, fences and tags. Pure.

An object that is only a part of something larger, or whose end is unknown, is no candidate but a fault: what lies
inside it must not be taken for the answer.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Final

from vivek.prompts.objects.lenient import read_leniently
from vivek.prompts.objects.strict import UnclearError, check, decode_object
from vivek.prompts.objects.strings import BLANK, QUOTED_KEY, STOP

MOST_PASSED: Final = 50
"""Broken objects in code or thoughts that are passed over before a reply is given up."""

MOST_FOUND: Final = 200
"""Objects of one reply that are looked at."""

_THOUGHT = r"(?:think|thinking|thought|reasoning)"
_SPOT = re.compile(rf"\{{|<{_THOUGHT}>|\[THINK\]|</{_THOUGHT}>|\[/THINK\]")
_THOUGHT_END = re.compile(rf"</{_THOUGHT}>|\[/THINK\]")
# Not one inside a string: what follows is a new line or the answer.
_BARE_THOUGHT_END = re.compile(rf"(?:{_THOUGHT_END.pattern})(?=[ \t]*+(?:\n|\Z|\{{\s*\"|```\w*[ \t]*\n))")
_STRONG = re.compile(rf"\{{{BLANK}[\"'\u2018-\u201f]")
_START = re.compile(rf"\{{{BLANK}(?:[\"'\u2018-\u201f}}]|[A-Za-z_$][\w$-]*+{BLANK}[:\uff1a])")
_DOUBLED = re.compile(r"\{\s*\{")
_BRACE = re.compile(r"[{}]")
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,})([^\n`]*)\n.*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
_JSON_FENCES = {"", "json", "json5", "jsonc", "text", "txt", "plaintext"}
_PART_BEFORE = re.compile(r"(?:[\"'\u201d]\s*[:\uff1a]?|[\[{])\s*\Z")
_MORE_AFTER = re.compile(r"\s*(?:[,\uff0c]\s*(?:[\"'{}\[\]\d-]|\w+\s*[:,\]}])|[\]}])")
_MEMBER_AFTER = re.compile(r"[\"'\u201d]\s*[:\uff1a]")
_PARAGRAPH_END = re.compile(rf"\n\s*\n|{STOP}")
_BALANCED = re.compile(r"\{[^{}\"]*\}|\[[^\[\]\"]*\]")
_MARKS = re.compile(r"[{}\[\]]")
_PAIRS = {"[": "]", "{": "}", "(": ")", '"': '"', "'": "'", "`": "`"}
_SPARE_BRACES = re.compile(rf"\A(?:\s*\}})+(?=\s*(?:{STOP}|\n))")


def find_objects(text: str, *, mend: bool, keys: frozenset[str] = frozenset()) -> list[dict[str, object]]:
    """Return the different objects of a reply; an empty one is no answer, but a word of prose.

    Args:
        text: The reply.
        mend: Whether broken ones may be mended: the reply ended by itself.
        keys: What the answer must have; only with all of them may its last brace be missing.

    Raises:
        UnclearError: If one of them cannot be read with certainty.
    """
    found = _Search(text, keys, mend=mend).run()
    for unwrapped in _unwrapped(text) if mend and not found else ():
        found = found or _Search(unwrapped, keys, mend=True).run()
    return list({json.dumps(value): value for value in found}.values())


class _Search:
    """Walks over one text.

    Args:
        text: Where to look.
        keys: What the answer must have.
        mend: Whether broken objects may be mended.
    """

    def __init__(self, text: str, keys: frozenset[str], *, mend: bool) -> None:
        self._text = text
        self._keys = keys
        self._mend = mend
        self._found: list[dict[str, object]] = []
        self._passed = 0

    def run(self) -> list[dict[str, object]]:
        """Return all objects that stand for themselves."""
        at = 0
        while spot := _SPOT.search(self._text, at):
            at = spot.end()
            if _THOUGHT_END.match(spot[0]):
                self._found.clear()  # the thought began where nobody saw it: in the prompt
            elif spot[0] != "{":
                end = _THOUGHT_END.search(self._text, at)
                at = end.end() if end else len(self._text)
            else:
                at = self._take(spot.start())
        return self._found

    def _take(self, start: int) -> int:
        """Add the object at `start`, if there is one, and return where to look on."""
        if not _START.match(self._text, start):
            return self._pass_prose(start, UnclearError("it is no JSON", start))
        try:
            value, end, mended = self._read(start)
        except UnclearError as fault:
            return self._pass_by(start, fault)
        if not value:
            return end
        _check_alone(self._text, (start, end), value, mended=mended)
        self._found.append(value)
        if len(self._found) > MOST_FOUND:
            raise UnclearError(f"it is one of more than {MOST_FOUND}", start)
        return end

    def _read(self, start: int) -> tuple[dict[str, object], int, bool]:
        read = decode_object(self._text, start)
        if read:
            return (*read, False)
        if not self._mend:
            raise UnclearError("it is no JSON", start)
        mended = read_leniently(self._text, start)
        if not mended.closed and not (self._keys and self._keys <= mended.value.keys()):
            raise UnclearError("its end is missing", mended.end)
        check(mended.value)
        return mended.value, mended.end, True

    def _pass_prose(self, start: int, fault: UnclearError) -> int:
        """Return where to look on behind braces that are not JSON's; none of an object may lie in them."""
        if _DOUBLED.match(self._text, start):
            return start + 1
        end = self._closing_brace(start) or len(self._text)
        if not _STRONG.search(self._text, start, end):
            return end
        return self._pass_by(start, fault)

    def _pass_by(self, start: int, fault: UnclearError) -> int:
        """Return where to look on behind a broken object that cannot be the answer; raise its fault if it can."""
        self._passed += 1
        if self._passed > MOST_PASSED:
            raise fault
        if not _STRONG.match(self._text, start):
            end = self._closing_brace(start)
            if end and not _STRONG.search(self._text, start, end):
                return end
        if thought := _BARE_THOUGHT_END.search(self._text, start):
            self._found.clear()
            return thought.end()
        if end := next((end for begin, end in self._code if begin < start < end), 0):
            return end
        raise fault

    @cached_property
    def _code(self) -> list[tuple[int, int]]:
        """Where fences of other languages begin and end."""
        fences = _FENCED.finditer(self._text)
        return [fence.span() for fence in fences if fence[2].strip().lower() not in _JSON_FENCES]

    def _closing_brace(self, start: int) -> int:
        """Return where braces are balanced again, 0 if they never are; it is code in prose, so quotes do not count."""
        depth = 0
        for brace in _BRACE.finditer(self._text, start):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                return brace.end()
        return 0


def _check_alone(text: str, span: tuple[int, int], value: Mapping[str, object], *, mended: bool) -> None:
    """Refuse an object that is a member or an item of something that lost its own brackets."""
    start, end = span
    before, after = text[max(0, start - 200) : start].rstrip(), text[end : end + 400].lstrip(" \t")
    while before and after.strip() and _PAIRS.get(before[-1]) == after.lstrip()[0]:
        before, after = before[:-1].rstrip(), after.lstrip()[1:].lstrip(" \t")
    if not any(isinstance(member, dict) for member in value.values()):
        after = _SPARE_BRACES.sub("", after, count=1)
    behind = _PARAGRAPH_END.split(after, maxsplit=1)[0]
    unpaired = mended and (_MARKS.search(_BALANCED.sub("", behind)) or behind.count('"') % 2)
    member = _MEMBER_AFTER.search(behind.partition("{")[0])
    part = _PART_BEFORE.search(before) or _MORE_AFTER.match(after) or member
    if part or unpaired:
        raise UnclearError("there is more around it that belongs to it", start)


def _unwrapped(text: str) -> Iterator[str]:
    """Yield the text without what hides an object: a web page's escapes, a string's escapes, a lost first brace."""
    if "&quot;" in text or "&#34;" in text:
        yield html.unescape(text)
    if escaped := re.search(r'\{\s*\\"', text):
        inside = re.split(r'(?<!\\)"', text[escaped.start() :], maxsplit=1)[0]
        with suppress(ValueError):
            yield str(json.loads(f'"{inside}"', strict=False))
    if re.match(QUOTED_KEY, text) and text.endswith("}"):
        yield "{" + text
