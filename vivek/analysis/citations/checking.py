"""Holds what a model writes against what was measured: a sentence stays if what it cites proves every word of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from vivek.analysis.citations.quotes import judge_quote
from vivek.analysis.citations.sense import SUBJECT, Verdict, judge, names_subject, tokens_of
from vivek.analysis.citations.sentences import Said, Written, split_sentences
from vivek.analysis.citations.words import (
    ADVICE,
    CONNECTING,
    LESS,
    MARKS,
    MORE,
    NUMBER_WORDS,
    QUOTED,
)
from vivek.schema.architecture import Sentence
from vivek.schema.narrative import Fact, Removal

_JOINT: Final = re.compile(r",? (?:and|but|while)\b(?: which\b)?|; |, which\b|,")
_PLAIN_WORD: Final = re.compile(r"[A-Za-z][a-z']*$")
_MOST_FACTS = 6  # that a piece may cite; the ways to share its clauses among them grow with their number


class Checked(NamedTuple):
    """What came of a text: the sentences that hold, and how many do not, by reason."""

    sentences: tuple[Sentence, ...]
    removed: dict[str, int]


class Evidence:
    """The facts that a model was shown.

    Args:
        facts: All of them; one with a place can be cited by it as well.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._by_id: dict[str, tuple[Fact, ...]] = {}
        for fact in facts:
            self._add(fact.id, fact)
            if fact.place is not None and fact.place.line:
                self._add(f"{fact.place.path}:{fact.place.line}", fact)

    def __contains__(self, cite: str) -> bool:
        return cite in self._by_id

    def __getitem__(self, cite: str) -> tuple[Fact, ...]:
        """Return what an id may stand for."""
        return self._by_id[cite]

    def _add(self, cite: str, fact: Fact) -> None:
        known = self._by_id.get(cite, ())
        if fact not in known:
            self._by_id[cite] = (*known, fact)


def check(text: str, evidence: Evidence) -> Checked:
    """Return the sentences of a text that hold, without their citations in brackets, which are beside them.

    Args:
        text: What the model wrote.
        evidence: What it was shown.
    """
    kept: list[Sentence] = []
    removed: dict[str, int] = {}
    for written in split_sentences(text):
        reason = refuse(written, evidence)
        if reason is None:
            kept.append(Sentence(written.text, written.cites))
        else:
            removed[reason] = removed.get(reason, 0) + 1
    return Checked(tuple(kept), removed)


def refuse(written: Written, evidence: Evidence) -> Removal | None:
    """Return why a sentence must go, None where it may stay."""
    mark = next((mark for mark in MARKS if written.text.lower().startswith(mark)), "")
    if not written.cites:
        return None if _is_free(written.text[len(mark) :], advice=bool(mark)) else "no citation"
    if any(cite not in evidence for cite in written.cites):
        return "unknown citation"
    carried: frozenset[str] = frozenset()
    for at, piece in enumerate(written.pieces):
        said = piece.text[len(mark) :] if at == 0 else piece.text
        proof = _prove(Said(said, piece.cites), evidence, carried, advice=bool(mark))
        if proof.reason is not None:
            return proof.reason
        carried = proof.carried
    return None


class _Proof(NamedTuple):
    reason: Removal | None
    carried: frozenset[str]


def _prove(piece: Said, evidence: Evidence, carried: frozenset[str], *, advice: bool) -> _Proof:
    """Hold a piece of a sentence against what it cites: as a whole, as a comparison, or clause by clause."""
    facts = [fact for cite in piece.cites for fact in evidence[cite]]
    if not facts or len(facts) > _MOST_FACTS:
        return _Proof("unproven", carried)
    proof = _one(piece.text, facts, carried, advice=advice)
    if proof.reason is None or len(facts) == 1:
        return proof
    if any(word in MORE | LESS for word in piece.text.lower().split()):
        return _Proof(None if _compares(piece.text, facts) else "unbacked comparison", carried)
    clauses = [clause for clause in _JOINT.split(piece.text) if clause and clause.strip(" .,;")]
    if len(clauses) < 2:
        return proof
    for clause in clauses:
        part = _one(clause, facts, carried, advice=advice)
        if part.reason is not None:
            return part
        carried = part.carried
    return _Proof(None, carried)


def _one(clause: str, facts: Sequence[Fact], carried: frozenset[str], *, advice: bool) -> _Proof:
    """Return whether one of the facts proves a clause; else the reason of the one that came closest."""
    worst = Verdict("unproven", -1)
    for fact in facts:
        by = judge_quote if fact.kind in QUOTED else judge
        verdict = by(clause, fact, carried, advice=advice)
        if verdict.reason is None:
            return _Proof(None, frozenset(fact.subjects) or carried)
        worst = max(worst, verdict, key=lambda each: each.stage)
    return _Proof(worst.reason, carried)


def _compares(clause: str, facts: Sequence[Fact]) -> bool:
    """Tell whether a clause says truly which of two figures of one kind is the larger one."""
    left, than, right = clause.partition(" than ")
    pairs = [(one, two) for one in facts for two in facts if one is not two and one.kind == two.kind]
    words = left.lower().split()
    turned = [word for word in words if word in MORE | LESS]
    if not than or " than " in right or len(turned) != 1:
        return False
    bare = " ".join(word for word in left.split() if word.lower() not in MORE | LESS)
    for one, two in pairs:
        if one.value is None or two.value is None or one.kind in QUOTED:
            continue
        larger = one.value > two.value if turned[0] in MORE else one.value < two.value
        tokens, strange = tokens_of(right, two)
        rest = [token for token in tokens if token != SUBJECT]
        named = names_subject(tokens, replace(two, others=()), frozenset()) and not strange
        plain = all(token in ("the", "module", "file", "package", "is", "does", "has") for token in rest)
        counted = any(token[0].isdigit() or token in NUMBER_WORDS for token in tokens_of(bare, one)[0])
        if larger and named and plain and two.subjects and not counted and judge(bare, one).reason is None:
            return True
    return False


def _is_free(text: str, *, advice: bool) -> bool:
    """Tell whether a sentence that cites nothing names nothing, counts nothing and claims nothing."""
    known = CONNECTING | (ADVICE if advice else frozenset())
    words = [word for raw in text.split() if (word := raw.strip(",;:.!?\"'()"))]
    return all(_PLAIN_WORD.match(word) and word.lower() in known - NUMBER_WORDS.keys() for word in words)
