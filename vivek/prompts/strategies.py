"""What a new generation carries over of the conversation before it: three strategies, none longer than its room.

Exchanges are carried word for word or not at all; the user's requests are kept under every strategy.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import log
from typing import Literal

from vivek.prompts.compaction import Facts, compact
from vivek.schema.messages import Message

Strategy = Literal["recent", "summary", "selective"]

CARRIED_SHARE = 0.7
"""Share of the room that exchanges may take; the rest holds the requests of the others, and what vivek knows."""

_COMPARED = 2_000  # characters of a text that are looked at
_WORD = re.compile(r"[^\W\d_][\w./-]*\w", re.ASCII)
_Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of the user and what the user was answered; `number` counts the requests of a thread from 1."""

    number: int
    request: str
    answer: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What a new generation begins with: a summary, then exchanges word for word, oldest first.

    Attributes:
        text: The summary, "" if there is none.
        exchanges: What is repeated as it was said.
    """

    text: str
    exchanges: tuple[Exchange, ...] = ()

    def size(self, count: _Count) -> int:
        """Return its tokens."""
        said = (text for each in self.exchanges for text in (each.request, each.answer))
        return sum(map(count, said), count(self.text) if self.text else 0)


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation that is to be carried over.

    Attributes:
        exchanges: What was asked and answered, oldest first.
        messages: What the model was sent and said; the last answers of a summary come from here.
        facts: What is known of it without a model; its goals are those of the exchanges.
        summary: What the model noted of it, or "".
    """

    exchanges: Sequence[Exchange] = ()
    messages: Sequence[Message] = ()
    facts: Facts = field(default_factory=Facts)
    summary: str = ""


def carry(strategy: Strategy, past: Past, request: str, room: int, count: _Count) -> Carried:
    """Return what the next generation begins with, at most `room` tokens.

    Args:
        strategy: `recent` repeats the last exchanges, `selective` those that share files and names with the request,
            `summary` none: it tells what was asked, changed, noted and answered.
        past: The conversation so far.
        request: What the user asks now.
        room: Tokens it may take.
        count: Tokens of a text.
    """
    chosen: tuple[Exchange, ...] = ()
    if strategy != "summary":
        answered = [each for each in past.exchanges if each.answer.strip()]
        best = reversed(answered) if strategy == "recent" else _related(answered, request)
        chosen = _fitting(best, int(CARRIED_SHARE * room), count, stop=strategy == "recent")
    repeated = {each.number for each in chosen}
    told = [each for each in past.exchanges if each.number not in repeated]
    facts = replace(past.facts, goals=[each.request for each in told], numbers=[each.number for each in told])
    left = room - Carried("", chosen).size(count)
    return Carried(compact(() if chosen else past.messages, facts, left, count, summary=past.summary), chosen)


def _fitting(best: Iterable[Exchange], room: int, count: _Count, *, stop: bool) -> tuple[Exchange, ...]:
    """Return the best exchanges that fit together, oldest first; `stop` at the first that does not."""
    chosen: list[Exchange] = []
    for each in best:
        # A text has a token for every hundred characters at the least; so long a one need not be counted.
        if len(each.request) + len(each.answer) > 100 * max(room, 0):
            size = room + 1
        else:
            size = count(each.request) + count(each.answer)
        if size <= room:
            chosen.append(each)
            room -= size
        elif stop:
            break
    return tuple(sorted(chosen, key=lambda each: each.number))


def _related(exchanges: Sequence[Exchange], request: str) -> list[Exchange]:
    """Return the exchanges that share words with a request, the best first, the newer of two equals first."""
    wanted = _words(request)
    if not wanted:
        return []
    shared = {each.number: wanted & (_words(each.request) | _words(each.answer)) for each in exchanges}
    seen_in = Counter(word for words in shared.values() for word in words)
    # A word that many exchanges hold says little about any of them; a path or a compound name says much.
    weight = {word: (2 if _is_name(word) else 1) * log(1 + len(exchanges) / seen_in[word]) for word in seen_in}
    scores = {number: sum(weight[word] for word in words) for number, words in shared.items()}
    related = [each for each in exchanges if scores[each.number] > 0]
    return sorted(related, key=lambda each: (scores[each.number], each.number), reverse=True)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text[:_COMPARED]))


def _is_name(word: str) -> bool:
    return any(mark in word for mark in "._/") or not (word.islower() or word.istitle())
