"""Holds a clause against one fact: its names, its figures, who does what to whom, and every other word of it."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from vivek.analysis.citations.words import (
    ACTIVE,
    ACTIVE_PAIRS,
    ADVICE,
    INCOMING,
    LEAST,
    LESS,
    MORE,
    MOST,
    NEGATIONS,
    NEUTRAL,
    NUMBER_WORDS,
    ORDINALS,
    OUTGOING,
    PASSIVE,
    SWEEPING,
    UNITS,
    WORDINGS,
    Wording,
)
from vivek.schema.narrative import Fact, Removal

SUBJECT, OTHER, FOLDER = "§s", "§o", "§f"
_TOKEN: Final = re.compile(r"§[sof]|\d[\d,]*(?:\.\d+)?%?|[a-z][a-z'-]*|%")
_NAME: Final = re.compile(
    r"`[^`]*`|[\w./:-]*\w[/_]\w[\w./:-]*|\w+\.\w[\w.]*|\w+\(\)|[A-Za-z]+\d\w*|\w*[a-z][A-Z]\w*|[A-Z]{2,}\w*|@\S+|\w+::\w+"
)
_DECIMAL: Final = re.compile(r"^\d[\d,]*\.\d+%?$|^e\.g$|^i\.e$")
_PLURALS: Final = frozenset({"modules", "files", "packages"})
_ODD_NUMBER: Final = re.compile(r"[-+/~^]\d|\d[A-Za-z_/]|\d-\d|\d\.\d+\.\d")
_DENYING: Final = frozenset({"unused", "dead", "untested", "acyclic", "hidden"})


class Verdict(NamedTuple):
    """Why a clause does not hold, and how far it got: who gets furthest tells best; None for one that holds."""

    reason: Removal | None
    stage: int


def judge(clause: str, fact: Fact, carried: frozenset[str] = frozenset(), *, advice: bool = False) -> Verdict:
    """Return whether a clause says what a fact says, and no more.

    Args:
        clause: Part of a sentence.
        fact: What it cites; not one of the kinds that are in words already.
        carried: What the sentence named before, for `it` and the like.
        advice: Whether it recommends: then it need not state the fact, but what it says must be right.
    """
    wording = WORDINGS[fact.kind]
    tokens, strange = tokens_of(clause, fact)
    if strange:
        return Verdict("wrong name", 0)
    if not names_subject(tokens, fact, carried, advice=advice):
        return Verdict("wrong name", 1)
    if _ODD_NUMBER.search(clause) or not _numbers_hold(tokens, fact, wording):
        return Verdict("wrong number", 2)
    if not _polarity_holds(tokens, wording, advice=advice) or not _direction_holds(tokens, fact, wording):
        return Verdict("wrong direction", 3)
    if not _ranking_holds(tokens, fact, wording, advice=advice):
        return Verdict("unbacked comparison", 4)
    if not advice and not any(_says(tokens, cue) for cue in wording.cues):
        return Verdict("unproven", 5)
    known = NEUTRAL | wording.words | ORDINALS.keys() | MOST | (ADVICE if advice else frozenset())
    if any(_is_word(token) and token not in known and token not in NEGATIONS for token in tokens):
        return Verdict("unproven", 5)
    return Verdict(None, 9)


def tokens_of(clause: str, fact: Fact) -> tuple[list[str], bool]:
    """Return the words of a clause, names of the fact as marks, and whether it has names that are not the fact's."""
    marked = clause
    subjects, others = names_of(fact.subjects), names_of(fact.others)
    shared = subjects & others
    marks = dict.fromkeys(subjects - shared, SUBJECT) | dict.fromkeys(others - shared, OTHER)
    marks |= {folder: FOLDER for folder in _folders((*fact.subjects, *fact.others)) if folder not in marks}
    for name in sorted(marks, key=lambda each: (-len(each), each)):
        bare = _is_plain(name) and "/" not in name and "." not in name and name not in fact.subjects + fact.others
        # A plain word is taken for a name only where it is written as one.
        pattern = rf"`{re.escape(name)}(?:\(\))?`" + (
            "" if bare else rf"|(?<![\w./`-]){re.escape(name)}(?:\(\))?(?![\w/`-]|\.\w)"
        )
        marked = re.sub(pattern, f" {marks[name]} ", marked, flags=re.IGNORECASE if _is_plain(name) else 0)
    strange = any(not _DECIMAL.match(found[0]) and "§" not in found[0] for found in _NAME.finditer(marked))
    plain = marked.lower()
    strange = strange or any(not letter.isascii() and letter.isalnum() for letter in plain)
    return _TOKEN.findall(plain), strange


def names_of(given: Sequence[str]) -> frozenset[str]:
    """Return the ways in which things may be named: a path by its end, a symbol by its last part."""
    found: set[str] = set()
    for each in given:
        found.add(each)
        path, _, symbol = each.partition("::")
        if symbol:
            found |= {symbol, symbol.rpartition(".")[2]}
            continue
        base = path.rpartition("/")[2]
        found.add(base)
        if "." in base:
            bare = path.rpartition(".")[0]
            found |= {bare.replace("/", "."), bare, base.rpartition(".")[0]}
    return frozenset(name for name in found if name)


def names_subject(tokens: Sequence[str], fact: Fact, carried: frozenset[str], *, advice: bool = False) -> bool:
    """Tell whether a clause names what its fact is about, as far as it must."""
    if fact.others and not advice:
        return SUBJECT in tokens and OTHER in tokens
    if not fact.subjects or advice:
        return True
    return SUBJECT in tokens or bool(carried & set(fact.subjects))


def figure_holds(written: str, value: float | None) -> bool:
    """Tell whether a number as written is a figure, rounded as far as it is written."""
    if value is None:
        return False
    digits = written.rstrip("%").replace(",", "")
    places = len(digits.partition(".")[2])
    return abs(float(digits) - value) <= 0.5 * 10**-places if value % 1 else float(digits) == value


def _numbers_hold(tokens: Sequence[str], fact: Fact, wording: Wording) -> bool:
    for at, token in enumerate(tokens):
        if token.endswith("%") and "%" not in wording.units:
            return False
        if not token[0].isdigit() and token not in NUMBER_WORDS:
            continue
        written = token if token[0].isdigit() else str(NUMBER_WORDS[token])
        before = tokens[at - 1] if at else ""
        behind = next((word for word in tokens[at + 1 :] if word not in ("other", "of", "the", "its")), "")
        counts = behind in wording.units or (behind not in UNITS and before in ("of", "is", "by", "at", "in"))
        if not figure_holds(written, fact.value) or not counts or before in ("the", "these", "those", "its", "their"):
            return False
    return True


def _polarity_holds(tokens: Sequence[str], wording: Wording, *, advice: bool) -> bool:
    denied = sum(token in NEGATIONS or token.endswith("n't") or token in _DENYING for token in tokens)
    return denied == int(wording.denies) or (advice and not denied)


def _ranking_holds(tokens: Sequence[str], fact: Fact, wording: Wording, *, advice: bool) -> bool:
    free = ADVICE if advice else frozenset()
    if any(token in (LEAST | MORE | LESS | {"than"}) - free for token in tokens):
        return False
    if any(token in SWEEPING and token not in wording.words for token in tokens):
        return False
    most = any(token in MOST for token in tokens)
    ordinals = [ORDINALS[token] for token in tokens if token in ORDINALS.keys() - free]
    if ordinals and (len(ordinals) > 1 or not most):
        return False
    return not most or (fact.rank > 0 and fact.rank == (ordinals[0] if ordinals else 1))


def _direction_holds(tokens: Sequence[str], fact: Fact, wording: Wording) -> bool:
    """Tell whether every verb and noun that has a direction has the one of the fact."""
    if fact.kind == "layer":
        return all(_stands(tokens, at) for at, token in enumerate(tokens) if token in ("above", "below"))
    if not wording.relation:
        return True
    claims = [claim for at in range(len(tokens)) if (claim := _claim(tokens, at, fact))]
    # Of two verbs one may have another subject than the fact.
    return claims in ([], [wording.relation])


def _stands(tokens: Sequence[str], at: int) -> bool:
    upper, lower = (SUBJECT, OTHER) if tokens[at] == "above" else (OTHER, SUBJECT)
    return upper in tokens[:at] and lower in tokens[at:] and lower not in tokens[:at]


def _claim(tokens: Sequence[str], at: int, fact: Fact) -> str:
    """Return which way a word turns the relation: `in`, `out`, `edge`, `wrong`; "" where it has no direction."""
    token, behind = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in INCOMING or token in OUTGOING:
        return "wrong" if fact.others else "in" if token in INCOMING else "out"
    passive = (token in PASSIVE and behind == "by") or (token, behind) == ("on", "by")
    active = (token in ACTIVE or (token, behind) in ACTIVE_PAIRS) and not passive
    if not passive and not active:
        return ""
    before, after = tokens[:at], tokens[at + 1 :]
    if fact.others:
        return _edge_claim(before, after, passive=passive)
    if SUBJECT in before and SUBJECT in after:
        return "wrong"
    if SUBJECT in after:
        between = after[: after.index(SUBJECT)]
        side = "out" if passive else "in"
    else:
        between = before[len(before) - before[::-1].index(SUBJECT) :] if SUBJECT in before else before
        side = "in" if passive else "out"
    return "wrong" if any(_counts(each) for each in between) else side


def _edge_claim(before: Sequence[str], after: Sequence[str], *, passive: bool) -> str:
    if SUBJECT in after and OTHER in after:  # the import from this to that
        places = (
            [after.index("from"), after.index(SUBJECT), after.index("to"), after.index(OTHER)]
            if ("from" in after and "to" in after)
            else []
        )
        return "edge" if places and places == sorted(places) and not passive else "wrong"
    first, second = (OTHER, SUBJECT) if passive else (SUBJECT, OTHER)
    return "edge" if first in before and second in after and second not in before and first not in after else "wrong"


def _counts(token: str) -> bool:
    return token[0].isdigit() or token in NUMBER_WORDS or token in _PLURALS


def _says(tokens: Sequence[str], cue: str) -> bool:
    words = cue.split()
    if cue == "%":
        return any(token.endswith("%") for token in tokens)
    return any(list(tokens[at : at + len(words)]) == words for at in range(len(tokens) - len(words) + 1))


def _is_word(token: str) -> bool:
    return token[0].isalpha() and token not in NUMBER_WORDS


def _is_plain(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z+#]+", name) is not None


def _folders(paths: Sequence[str]) -> set[str]:
    """Return where things lie, which may be said beside their names."""
    found: set[str] = set()
    for path in paths:
        file, _, symbol = path.partition("::")
        parts = file.split("/")
        found |= {"/".join(parts[: at + 1]) for at in range(len(parts) - 1)}
        found |= {file, parts[-1]} if symbol else set()
    return found
