"""Reads a request: which names of code it may mean, and which words describe the rest. Knows no index."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_HEAD, _TAIL = 8_000, 2_000
SURE = 0.9
"""From here on something is surely meant as a name: it is written like one, or quoted."""

_PLAIN, _JOINED = 0.2, 0.35
_MOST_NAMES = 240
_MOST_WORDS = 32
_LONGEST = 80

_QUOTED = re.compile(r"`([^`\n]{1,200})`")
# Scripts that are written without blanks: a name ends where they begin.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_IN_NAME = rf"(?:(?![{_UNSPACED}])[\w$])"
_NAME = re.compile(rf"(?!\d){_IN_NAME}+(?:(?:\.|::|#|->)(?!\d){_IN_NAME}+)*")
_RUN = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])\w)+")
_JOINT = re.compile(r"\.|::|#|->")
_SHAPED = re.compile(r"[a-z0-9][A-Z]|_\w|\w_|[A-Z]{2,}[a-z]|[.:#>]\w")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_TESTS = re.compile(r"\btest(?:s|ed|ing|case|cases)?\b|\bspecs?\b|\bfixtures?\b|\bconftest\b", re.IGNORECASE)
_TEXTS = re.compile(r"\bdocs?\b|\bdocumentation\b|\breadme\b|\bchangelog\b|\blicen[cs]e\b", re.IGNORECASE)

# What says nothing about a place in code: words of English, of requests, and of code as such.
_STOP = frozenset(
    """
    a about above after again against all also always am an and any anything are as ask asked at be because been before
    being below between both but by can cannot could did do does doing done down during each either else etc even ever
    every everything few first for from further get gets give given gives go goes going had has have having he help her
    here hers him his how however i if in instead into is it its itself just kind know known last least less let lets
    like made make makes making many may me mean might mine more most much must my need needed needs never new no none
    nor not nothing now of off often on once one only or other others our out over own per perhaps please put rather
    really same say says see seem seems several shall she should show since so some something somewhere still such
    sure take takes than that the their them then there these they thing things this those though through to too
    two under until up upon us use used user uses using very via want wants was way we well were what when where
    whether which while who whole whom whose why will wish with within without would yes yet you your
    add added adding adds allow allowed allows broken bug bugs change changed changes cleanup clean correct correctly
    create created creates delete drop dropped ensure explain fail failed failing fails find fix fixed fixes fixing
    implement implemented improve improved improves introduce introduced issue minor move moved patch previously
    refactor refactoring release remove removed removes rename renamed replace replaced simplify support supported
    supports tweak update updated updates work works wrong
    class classes code def file files function functions method methods module modules package variable
    don doesn didn isn aren won wasn weren couldn shouldn wouldn ve ll re don't doesn't didn't isn't can't won't
    """.split()  # noqa: SIM905 - a list of two hundred quoted words could not be read
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request speaks of.

    Attributes:
        names: What may be a name of code, to how surely it is meant as one, above 0 and at most 1; in its order.
        words: Its telling words and their parts in small letters, each once, in its order.
        tests: Whether it speaks of tests.
        texts: Whether it speaks of what is written for people.
    """

    names: dict[str, float]
    words: tuple[str, ...]
    tests: bool = False
    texts: bool = False


def read_request(text: str) -> Asked:
    """Return the names and words of a request; of a long one only its beginning and its end are looked at."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    names: dict[str, float] = {}
    for name, sure in _names(text):
        if len(name) <= _LONGEST and (name in names or len(names) < _MOST_NAMES):
            names[name] = max(sure, names.get(name, 0.0))
    words: dict[str, None] = {}
    for run in _RUN.findall(text):
        for word in (run.lower(), *subwords(run)):
            if is_telling(word):
                words.setdefault(word)
    kept = tuple(words)[:_MOST_WORDS]
    return Asked(names, kept, tests=_TESTS.search(text) is not None, texts=_TEXTS.search(text) is not None)


@lru_cache(maxsize=50_000)  # the names of a project are asked for again and again
def subwords(name: str) -> tuple[str, ...]:
    """Return the words that a name is made of, in small letters: `HTTPServer_v2` is `http`, `server`, `v`, `2`."""
    return tuple(part.lower() for part in _PART.findall(name))


def is_telling(word: str) -> bool:
    """Tell whether a word in small letters says something about a place in code."""
    return word not in _STOP and len(word) <= _LONGEST and (len(word) > 2 or not word.isascii()) and not word.isdigit()


def _names(text: str) -> Iterator[tuple[str, float]]:
    for quoted in _QUOTED.findall(text):
        for name in _NAME.findall(quoted):
            yield from _ends(name, 1.0)
    before = ""
    for match in _NAME.finditer(text):
        name = match[0]
        called = text[match.end() : match.end() + 1] == "("
        if called or _SHAPED.search(name):
            yield from _ends(name, SURE)
        elif is_telling(name.lower()):
            yield name, _PLAIN
            yield name.capitalize() if name.islower() else name.lower(), _PLAIN * 0.75
            yield from _joined(before, name)
        before = name if name.isalpha() else ""


def _ends(name: str, sure: float) -> Iterator[tuple[str, float]]:
    """Yield a name and the shorter names at its end: `till.Till.total` may be known as `Till.total`."""
    parts = _JOINT.split(name)
    for start in range(len(parts)):
        yield ".".join(parts[start:]), sure * 0.9**start
    for part in parts[:-1]:
        yield part, sure * 0.5


def _joined(before: str, name: str) -> Iterator[tuple[str, float]]:
    """Yield what two words in a row would be as one name."""
    if not before:
        return
    first, second = before.lower(), name.lower()
    if is_telling(first) or is_telling(second):
        yield f"{first}_{second}", _JOINED
        yield f"{first.capitalize()}{second.capitalize()}", _JOINED
        yield f"{first}{second.capitalize()}", _JOINED
