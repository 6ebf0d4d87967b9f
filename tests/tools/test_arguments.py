import pytest

from vivek.schema.tools import ToolCard
from vivek.tools.arguments import number_of, settle, text_of

CARD = ToolCard(
    "show",
    "Show something.",
    {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "start": {"type": "integer"},
            "whole": {"type": "boolean"},
        },
        "required": ["path"],
    },
)
USAGE = "It takes `path` (a text), `start` (a whole number, optional), `whole` (true or false, optional)."


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ({"path": "a.py"}, {"path": "a.py"}),
        ({"path": "a.py", "start": 10, "whole": False}, {"path": "a.py", "start": 10, "whole": False}),
        ({"path": "a.py", "start": "10"}, {"path": "a.py", "start": 10}),
        ({"path": "a.py", "start": " 10 "}, {"path": "a.py", "start": 10}),
        ({"path": "a.py", "start": 10.0}, {"path": "a.py", "start": 10}),
        ({"path": "a.py", "start": None, "whole": None}, {"path": "a.py"}),
        ({"path": ["a.py"]}, {"path": "a.py"}),
        ({"path": 404}, {"path": "404"}),
        ({"path": "a.py", "whole": "True"}, {"path": "a.py", "whole": True}),
        ({"path": "a.py", "whole": 0}, {"path": "a.py", "whole": False}),
    ],
)
def test_what_can_mean_one_thing_only_is_taken(given: dict[str, object], settled: dict[str, object]) -> None:
    assert settle(CARD, given) == settled


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, f"`path` of `show` is missing. {USAGE}"),
        ({"path": None}, f"`path` of `show` is missing. {USAGE}"),
        ({"path": "a", "line": 3}, f"`show` has no argument `line`. {USAGE}"),
        ({"path": "a", "start": "ten"}, f"`start` of `show` must be a whole number, not 'ten'. {USAGE}"),
        ({"path": "a", "start": 1.5}, f"`start` of `show` must be a whole number, not 1.5. {USAGE}"),
        ({"path": "a", "start": True}, f"`start` of `show` must be a whole number, not True. {USAGE}"),
        ({"path": "a", "start": float("inf")}, f"`start` of `show` must be a whole number, not inf. {USAGE}"),
        ({"path": "a", "whole": "maybe"}, f"`whole` of `show` must be true or false, not 'maybe'. {USAGE}"),
        ({"path": {"a": 1}}, f"`path` of `show` must be a text, not {{'a': 1}}. {USAGE}"),
        ({"path": ["a", "b"]}, f"`path` of `show` must be a text, not ['a', 'b']. {USAGE}"),
    ],
)
def test_what_cannot_goes_back_with_what_the_tool_takes(given: dict[str, object], words: str) -> None:
    assert settle(CARD, given) == words


def test_words_about_a_huge_value_stay_short() -> None:
    words = settle(CARD, {"path": "a", "start": "9" * 10_000, "x`\n" * 100: 1})

    assert isinstance(words, str)
    assert len(words) < 300
    assert "\n" not in words


def test_settled_arguments_are_read_by_type() -> None:
    arguments = settle(CARD, {"path": "a", "start": 3})
    assert isinstance(arguments, dict)

    assert (text_of(arguments, "path"), text_of(arguments, "other", "b")) == ("a", "b")
    assert (number_of(arguments, "start"), number_of(arguments, "end")) == (3, None)
