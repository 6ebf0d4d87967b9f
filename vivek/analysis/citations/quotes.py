"""Holds a clause against a text that it cites, such as a line of code: it may repeat a part of it, and add nothing."""

import re
from collections.abc import Sequence
from typing import Final

from vivek.analysis.citations.sense import SUBJECT, Verdict, names_of
from vivek.analysis.citations.words import ADVICE, LEAST, LESS, MORE, MOST, NEGATIONS, NEUTRAL, SWEEPING
from vivek.schema.narrative import Fact

_WORD: Final = re.compile(r"§s|\d[\d,.]*\d|\d|[^\W\d_][\w'-]*(?:[./:]+\w+)*|_\w+")
_CONDITIONS: Final = frozenset(["if", "unless", "except", "until", "when", "while", "but", "only", "instead", "than"])
_BINDING: Final = NEGATIONS | SWEEPING | _CONDITIONS | MOST | LEAST | MORE | LESS
_SAID: Final = frozenset(
    {
        *("define", "defines", "defined", "contain", "contains", "hold", "holds", "say", "says", "said", "documented"),
        *(
            "describe",
            "describes",
            "described",
            "class",
            "function",
            "method",
            "named",
            "called",
            "provide",
            "provides",
        ),
    }
)
"""How a sentence may lead over to what it repeats."""


def judge_quote(clause: str, fact: Fact, carried: frozenset[str] = frozenset(), *, advice: bool = False) -> Verdict:
    """Return whether a clause repeats a part of a text in its own order, with all that restricts it.

    Args:
        clause: Part of a sentence.
        fact: What it cites, `told` being the text.
        carried: What the sentence named before.
        advice: Whether it recommends, in whose words it may speak besides.
    """
    # In a recommendation too: what stands behind it must be there.
    said = _words(_marked(clause, fact))
    shown = _words(_marked(fact.told, fact))
    if SUBJECT not in said and not carried & set(fact.subjects):
        return Verdict("wrong name", 1)
    numbers = [word for word in said if word[0].isdigit()]
    if any(number not in shown for number in numbers):
        return Verdict("wrong number", 2)
    restricted = [word for word in said if _binds(word)]
    if restricted != [word for word in shown if _binds(word)]:
        return Verdict("wrong direction", 3)
    lead = _SAID | (ADVICE if advice else frozenset())
    whole = [_stem(word) for word in shown if word != SUBJECT and word not in NEUTRAL]
    content = [word for word in said if word != SUBJECT and word not in NEUTRAL]
    content = [_stem(word) for word in content if word not in lead or _stem(word) in whole]
    return Verdict(None, 9) if content and _runs(content, whole) else Verdict("unproven", 5)


def _marked(text: str, fact: Fact) -> str:
    for name in sorted(names_of(fact.subjects), key=lambda each: (-len(each), each)):
        text = re.sub(rf"`?(?<![\w./-]){re.escape(name)}(?:\(\))?(?![\w/-]|\.\w)`?", f" {SUBJECT} ", text)
    return text.replace("`", " ")


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _binds(word: str) -> bool:
    return word in _BINDING or word.endswith("n't")


def _runs(content: Sequence[str], whole: Sequence[str]) -> bool:
    """Tell whether words stand in a text one right behind the other."""
    size = len(content)
    return any(list(whole[at : at + size]) == list(content) for at in range(len(whole) - size + 1))


def _stem(word: str) -> str:
    """Return a word without its ending, so that `applies` is `apply`."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word[: -len(ending)].rstrip("e")
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word
