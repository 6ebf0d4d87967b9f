"""Broken replies of models, each with the object that was meant, or `refuse` and why nobody can know it.

The expectations were written by hand beside the replies, before anything read them.
"""

import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import json_repair

from vivek.errors import JSONParsingError
from vivek.prompts.objects.object import read_object
from vivek.schema.chunk import FinishReason

FOLDER = Path(__file__).parent / "json_corpus"
REFUSED = "refused"


@dataclass(frozen=True)
class Case:
    """A reply and what it says; `value` is JSON text, None where reading must be refused."""

    family: str
    reply: str
    finish: FinishReason
    keys: tuple[str, ...]
    value: str | None


def _case(raw: dict[str, Any]) -> Case:
    unit, times = raw.get("fill", ["", 0])
    reply, value = (
        str(text).replace("@@", unit * times) if text else None for text in (raw["reply"], raw.get("value"))
    )
    assert (value is None) == ("refuse" in raw), raw
    assert set(raw) <= {"family", "reply", "finish", "keys", "fill", "value", "refuse"}
    return Case(raw["family"], reply or "", raw.get("finish", "stop"), tuple(raw.get("keys", ())), value)


CASES = [
    _case(raw) for path in sorted(FOLDER.glob("*.toml")) for raw in tomllib.loads(path.read_bytes().decode())["case"]
]


# Of each of these one reply is refused although a person can read it.
NOT_ALL_READ = {
    "bare line ends and quotes",
    "quotation at the begin",
    "text in three quotes",
    "words without quotes",
}


def _exact(value: object) -> str:
    """Return a text that differs wherever values differ in JSON: 1, 1.0 and true are three."""
    return json.dumps(value)


def _read(case: Case) -> str:
    try:
        return _exact(read_object(case.reply, case.finish, case.keys))
    except JSONParsingError as error:
        assert error.message
        assert error.hint
        return REFUSED


def _expected(case: Case) -> str:
    return REFUSED if case.value is None else _exact(json.loads(case.value))


def test_corpus_is_large_and_no_reply_stands_in_it_twice() -> None:
    replies = Counter((case.reply, case.finish, case.keys) for case in CASES)

    assert len(replies) >= 450
    assert len({case.family for case in CASES}) >= 80
    assert sum(case.value is not None for case in CASES) >= 290
    assert [reply for reply, times in replies.items() if times > 1] == []


def test_nothing_of_the_corpus_is_read_wrongly_and_nearly_all_of_it_is_read() -> None:
    seen = [(case, _read(case)) for case in CASES]
    wrong = [(case, read) for case, read in seen if read not in {_expected(case), REFUSED}]
    readable = [(case, read) for case, read in seen if case.value is not None]
    missed = [case for case, read in readable if read == REFUSED]

    assert wrong == []
    assert len(missed) <= 0.03 * len(readable), missed
    assert {case.family for case in missed} <= NOT_ALL_READ
    assert len(missed) <= len(NOT_ALL_READ)


def test_repair_alone_would_be_silently_wrong_where_this_is_not() -> None:
    """json-repair turns almost any text into some value; here it only confirms what was read without it."""
    alone: Counter[str] = Counter()
    for case in CASES:
        value = json_repair.loads(case.reply)
        if isinstance(value, dict) and _exact(value) != _expected(case):
            alone[case.family] += 1

    assert alone.total() >= 150, alone
    assert set(INVENTED) <= set(alone)


# What it invents, drops or bends without a word, by family of the corpus.
INVENTED = {
    "a key with two values": "keeps the last",
    "a quote missing": "ends the string somewhere",
    "backslashes of two meanings": "reads C:\\Users\\new as a line end",
    "bare line ends in a string": "drops the last line end",
    "bracket missing, place unknown": "closes at the end",
    "closed too early": "moves members into the outer object, or loses them",
    "comma too many": "makes a number a text with a comma",
    "end missing, keys unknown": "closes what may go on",
    "half a character": "lets it pass",
    "left out": "drops the dots",
    "no numbers": "reads 50% as 50, 12 apples as 12",
    "no values": "reads NaN as a number, nil as a text",
    "other languages": "reads an expression as a text",
    "quotes of two meanings": "picks one reading",
    "thought only": "takes a draft for the answer",
    "two objects": "takes the last",
    "value or colon missing": "makes up an empty text",
}
