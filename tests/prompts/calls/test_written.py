"""Tool calls in the text of replies: what models write, each with the calls and the text that were meant."""

import json
import random
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from vivek.prompts.calls.arguments import BadCall
from vivek.prompts.calls.written import CallReading, TextCallReader
from vivek.schema.chunk import FinishReason
from vivek.schema.tools import ToolCall, ToolCard

FOLDER = Path(__file__).parent / "tool_corpus"


def card(name: str, required: tuple[str, ...] = (), **types: str) -> ToolCard:
    properties = {member: {"type": kind} for member, kind in types.items()}
    return ToolCard(name, f"Can {name}.", {"type": "object", "properties": properties, "required": [*required]})


CARDS = (
    card("read", ("path",), path="string", line="integer"),
    card("write", ("path", "content"), path="string", content="string"),
    card("run", ("command",), command="string"),
    card("search", ("query",), query="string", exact="boolean", limit="integer", tags="array"),
    card("list_files"),
)
NAMES = {known.name for known in CARDS}


class Case(NamedTuple):
    """A reply: the text that stays of it, its calls as name and arguments, its bad calls as name and words."""

    family: str
    reply: str
    finish: FinishReason
    text: str
    calls: list[tuple[str, str]]
    bad: list[tuple[str, str]]


def _case(raw: dict[str, Any]) -> Case:
    assert set(raw) <= {"family", "reply", "finish", "text", "prose", "calls", "bad"}
    text = raw["reply"] if raw.get("prose") else raw.get("text", "")
    calls = [(name, json.dumps(json.loads(arguments))) for name, arguments in raw.get("calls", ())]
    bad = [(name, words) for name, words in raw.get("bad", ())]
    return Case(raw["family"], raw["reply"], raw.get("finish", "stop"), text, calls, bad)


CASES = [
    _case(raw) for path in sorted(FOLDER.glob("*.toml")) for raw in tomllib.loads(path.read_bytes().decode())["case"]
]


def read(text: str, finish: FinishReason, size: Callable[[], int] = lambda: 1_000_000) -> CallReading:
    """Read a reply in pieces of the given sizes."""
    reader = TextCallReader(CARDS)
    readings = [reader.feed(piece) for piece in pieces(text, size)] + [reader.flush(finish)]
    return CallReading("".join(r.text for r in readings), tuple(call for r in readings for call in r.calls))


def pieces(text: str, size: Callable[[], int]) -> Iterator[str]:
    while text:
        count = size()
        yield text[:count]
        text = text[count:]


def test_corpus_is_large() -> None:
    assert len(CASES) >= 180
    assert len({(case.reply, case.finish) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.family}: {case.reply[:40]!r}")
def test_calls_are_read_and_the_rest_stays_text(case: Case) -> None:
    reading = read(case.reply, case.finish)

    good = [call for call in reading.calls if isinstance(call, ToolCall)]
    bad = [call for call in reading.calls if isinstance(call, BadCall)]
    assert [(call.name, json.dumps(json.loads(call.arguments))) for call in good] == case.calls
    assert [call.name for call in bad] == [name for name, _ in case.bad]
    for call, (_, words) in zip(bad, case.bad, strict=True):
        assert words in call.words
        assert call.words.endswith(".")
        assert len(call.words) < 250
    assert reading.text == case.text
    assert len({call.id for call in reading.calls}) == len(reading.calls)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.family}: {case.reply[:40]!r}")
def test_it_does_not_matter_how_a_reply_is_cut_into_pieces(case: Case) -> None:
    whole = read(case.reply, case.finish)
    chance = random.Random(case.reply)

    assert read(case.reply, case.finish, lambda: 1) == whole
    for most in (2, 3, 7, 30):
        assert read(case.reply, case.finish, lambda most=most: chance.randint(1, most)) == whole
    for cut in range(1, len(case.reply), 3):
        assert read(case.reply[:cut], "length", lambda: 1) == read(case.reply[:cut], "length")
