"""Objects in noise and objects with one fault: they come back equal or they are refused, never different."""

import json
import random
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import JSONParsingError
from vivek.prompts.objects.object import read_object

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
NASTY = st.sampled_from(
    ["</think>", "<think>", "```", "{", "}", '"', "\\", "\n", "{'a': 1}", '{"a": 1}', "//", "...", "'"]
)
TEXTS = st.lists(st.text(max_size=8) | NASTY, max_size=6).map("".join)
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4)
BEFORE = (
    *("", "\ufeff", "Here is the JSON:\n", "Sure! ", "# Plan\n\n", "```json\n", "~~~\n", "<think>Hm {x}.</think>\n"),
    *(
        "So {a} and {1, 2}.\n",
        "thought\n</think>\n",
        "<tool_call>\n",
        "[",
        "plan = ",
        "- ",
        "> ",
        "**",
        "`",
        "<|message|>",
    ),
)
AFTER = (
    *(
        "",
        "\n",
        "\n```",
        "\n~~~\n",
        "\n\nLet me know!",
        " Done.",
        "\n</tool_call>",
        "]",
        ";",
        "**",
        "`",
        ".",
        "<|end|>",
    ),
    *("\n\nIt's done.", "</s>", "\r\n"),
)


def exact(value: object) -> str:
    """Return a text that differs wherever values differ in JSON: 1, 1.0 and true are three."""
    return json.dumps(value)


@given(OBJECTS, st.sampled_from(BEFORE), st.sampled_from(AFTER), st.sampled_from([None, 2]), st.booleans())
def test_any_object_in_noise_comes_back_equal_or_not_at_all(
    value: dict[str, object], before: str, after: str, indent: int | None, escaped: bool
) -> None:
    text = before + json.dumps(value, indent=indent, ensure_ascii=escaped) + after

    for finish in ("stop", "length"):
        try:
            assert exact(read_object(text, finish)) == exact(value)
        except JSONParsingError:
            # One bracket more on one side may be the rest of something larger.
            assert "[" in before or "]" in after


Words = Callable[[random.Random], str]
KEYS = ["kind", "steps", "a", "b", "files", "it's", "x y", "note"]
WORDS = (
    *("fix", "a.py", "it's", 'say "hi"', "C:\\new", "x, y", 'print("a", "b")', "line\nbreak", "{x}", "[1]", "a: b", ""),
    *("don't", "é", "# not", "// no", "```py\nf()\n```", '"quoted"', "true", "12", 'a, "b": 1', "key", "end}", "] ok"),
    *("\\d+", "tab\t", 'he said "no", then', '"x" and "y"', "'single'", "use `x`", "...", "</think>", "50%", "\\"),
)


def some_value(chance: random.Random, depth: int = 0) -> object:
    kind = chance.random()
    if kind < 0.5 or (depth > 1 and kind > 0.6):
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 3)))
    if kind < 0.6:
        return chance.choice([0, 1, -3, 2.5, 100, True, False, None])
    if kind < 0.8:
        return [some_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return {chance.choice(KEYS): some_value(chance, depth + 1) for _ in range(chance.randint(0, 3))}


def marks(text: str) -> list[int]:
    """Return where the quotes, brackets, colons and commas of a JSON text stand, not those inside strings."""
    places, inside, at = [], False, 0
    while at < len(text):
        if inside and text[at] == "\\":
            at += 1
        elif text[at] == '"':
            inside = not inside
            places.append(at)
        elif not inside and text[at] in "{}[]:,":
            places.append(at)
        at += 1
    return places


def lost(chance: random.Random, text: str) -> str:
    at = chance.choice(marks(text))
    return text[:at] + text[at + 1 :]


def doubled(chance: random.Random, text: str) -> str:
    at = chance.choice(marks(text))
    return text[:at] + text[at] + text[at:]


def exchanged(chance: random.Random, text: str) -> str:
    at = chance.choice(marks(text))
    return text[:at] + chance.choice("{}[]:,\"'") + text[at + 1 :]


def cut(chance: random.Random, text: str) -> str:
    return text[: chance.randint(1, len(text) - 1)]


def as_python(_: random.Random, text: str) -> str:
    return repr(json.loads(text))


def in_single_quotes(_: random.Random, text: str) -> str:
    quotes = {at for at in marks(text) if text[at] == '"'}
    return "".join("'" if at in quotes else character for at, character in enumerate(text))


def with_bare_quotes(_: random.Random, text: str) -> str:
    return text.replace('\\"', '"')


def with_bare_line_ends(_: random.Random, text: str) -> str:
    quotes = text.replace("\\\\", "\0")
    return quotes.replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\\\")


def with_single_backslashes(_: random.Random, text: str) -> str:
    return text.replace("\\\\", "\\")


FAULTS = (lost, doubled, exchanged, cut, as_python, in_single_quotes, with_bare_quotes, with_bare_line_ends)
# Nearly all of these are mended; of the others a reader cannot know what was meant, so most are refused.
MENDED = {"as_python": 0.99, "in_single_quotes": 0.6, "with_bare_line_ends": 0.9, "with_bare_quotes": 0.3}


def test_an_object_with_one_fault_is_never_read_as_another() -> None:
    chance = random.Random(20_261)
    tried: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for _ in range(6_000):
        value = {key: some_value(chance) for key in chance.sample(KEYS, chance.randint(1, 4))}
        fault = chance.choice((*FAULTS, with_single_backslashes))
        text = fault(chance, json.dumps(value, ensure_ascii=False, indent=chance.choice([None, None, 2])))
        if is_json(text):
            continue
        tried[fault.__name__] += 1
        try:
            got = exact(read_object(text, "stop"))
        except JSONParsingError:
            continue
        read[fault.__name__] += 1
        assert got == exact(value), text

    assert all(tried[name] > 100 and read[name] > share * tried[name] for name, share in MENDED.items()), (tried, read)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
