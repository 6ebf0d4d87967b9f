"""Which messages have the form of a question that an index answers, and which never have."""

import pytest

from vivek.errors import ConfigError
from vivek.project.questions import FORMS, LONGEST, own_forms, read_question


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("where is Till.total", "where", "Till.total"),
        ("Where is Till.total?", "where", "Till.total"),
        ("where's `discount`", "where", "discount"),
        ("where is discount() defined?", "where", "discount"),
        ("where is the function discount", "where", "discount"),
        ("where is the Till class", "where", "Till"),
        ("where is class Till defined", "where", "Till"),
        ("definition of discount", "where", "discount"),
        ("show me the definition of @Till.total", "where", "Till.total"),
        ("where is till/prices.py::discount", "where", "till/prices.py::discount"),
        ("Till.total", "where", "Till.total"),
        ("  @Till  ", "where", "Till"),
        ("`total`", "where", "total"),
        ("get_total()", "where", "get_total"),
        ("till/prices.py", "where", "till/prices.py"),
        ("who calls discount", "callers", "discount"),
        ("what uses Till.total?", "callers", "Till.total"),
        ("where is discount used", "callers", "discount"),
        ("find all usages of discount", "callers", "discount"),
        ("what imports till.prices", "importers", "till.prices"),
        ("which files import till/prices.py?", "importers", "till/prices.py"),
        ("where is httpx imported", "importers", "httpx"),
        ("what is in till/prices.py", "contents", "till/prices.py"),
        ("what's in Till?", "contents", "Till"),
        ("what does till/prices.py define?", "contents", "till/prices.py"),
        ("outline of till/prices.py", "contents", "till/prices.py"),
        ("what breaks if I change discount?", "impact", "discount"),
        ("What will break when we remove `Till.total`?", "impact", "Till.total"),
        ("what does renaming Till.total break", "impact", "Till.total"),
        ("show me the impact of changing till/prices.py", "impact", "till/prices.py"),
        ("what depends on till/prices.py?", "impact", "till/prices.py"),
        ("Where do I start reading?", "tour", ""),
        ("where should we begin reading the code base", "tour", ""),
        ("give me a tour of this repository", "tour", ""),
        ("In what order should I read this code?", "tour", ""),
    ],
)
def test_a_question_of_a_known_form_is_read(text: str, kind: str, name: str) -> None:
    asked = read_question(text)

    assert asked is not None
    assert (asked.kind, asked.name) == (kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "discount",
        "Till",
        "hello",
        "where is the total",
        "where is the bug in Till.total and can you fix it",
        "who calls the shots here?",
        "what breaks if I change it?",
        "what depends on this",
        "where do I start",
        "where do I start reading about Till.total",
        "give me a tour",
        "what imports should I add",
        "where is Till.total and who calls it",
        "where is\nTill.total",
        "what is in it for me?",
        "`",
        "where is ``",
        "where is 50%",
        f"where is {'a' * LONGEST}",
    ],
)
def test_what_only_begins_like_one_is_none(text: str) -> None:
    assert read_question(text) is None


def test_what_looks_like_code_is_surer_than_what_could_be_a_word() -> None:
    sure = [
        asked.sure
        for text in ("where is total", "where is discount", "where is Till", "where is `total`", "where is Till.total")
        if (asked := read_question(text)) is not None
    ]

    assert sure == sorted(sure)
    assert sure[0] < 0.7 <= sure[1] < sure[2] < sure[3] == sure[4]


def test_a_question_that_speaks_of_code_is_surer_than_one_that_need_not() -> None:
    plain, told = read_question("where is total"), read_question("where is total defined")

    assert plain is not None
    assert told is not None
    assert plain.sure < 0.7 <= told.sure


def test_an_own_pattern_asks_in_other_words() -> None:
    forms = (*own_forms([r"wo (?:ist|liegt) (?P<where>\S+)", r"wer ruft (?P<callers>\S+) auf"]), *FORMS)

    for text, kind, name in (("Wo liegt discount?", "where", "discount"), ("wer ruft Till auf", "callers", "Till")):
        asked = read_question(text, forms)
        assert asked is not None
        assert (asked.kind, asked.name, asked.sure >= 0.9) == (kind, name, True)
    assert read_question("Wo liegt discount, und warum?", forms) is None, "a pattern is for the whole message"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("wo ist (", "no regular expression"),
        (r"wo ist (\S+)", "must have one group"),
        (r"wo ist (?P<what>\S+)", "must have one group"),
        (r"(?P<where>\S+) (?P<callers>\S+)", "must have one group"),
        (r"(?P<where>\S+) (\S+)", "must have one group"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        own_forms([pattern])

    assert "(?P<where>" in caught.value.hint
