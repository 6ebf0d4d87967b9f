import pytest

from tests.providers.conversation import ask
from vivek.errors import ContextWindowExceededError, RequestInvalidError
from vivek.providers.validation import check_request
from vivek.schema.messages import Message
from vivek.schema.request import Request

BOUNDED = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["a"]},
        "fixed": {"type": "string", "const": "a"},
        "steps": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 9}},
        "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "maxLength": {"type": "integer"},
    },
    "$defs": {"name": {"type": "string", "maxLength": 3}},
}


def test_a_good_request_passes() -> None:
    check_request(ask())
    check_request(ask(window=None, schema=BOUNDED))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ask(model=""), "No model"),
        (Request("m", (), 5), "nothing to ask"),
        (Request("m", (Message("user", " \n"),), 5), "nothing to ask"),
        (ask(max_tokens=0), "0 tokens"),
        (ask("half a pair \ud83d"), "no Unicode"),
        (ask(schema={"type": "string"}), "`maxLength`"),
        (ask(schema={"type": "object", "properties": {"a": {"type": "string"}}}), "`a` lacks `maxLength`"),
        (ask(schema={"type": "object", "properties": {"a": {"type": "array", "items": {}}}}), "`a` lacks `maxItems`"),
        (
            ask(schema={"type": "array", "maxItems": 2, "items": {"type": "string"}}),
            "an item of the reply lacks `maxLength`",
        ),
        (ask(schema={"anyOf": [{"type": "null"}, {"type": "string"}]}), "`maxLength`"),
        (ask(schema={"$defs": {"n": {"type": "string"}}}), "`n` lacks `maxLength`"),
    ],
)
def test_a_bad_request_is_refused_with_the_reason(request_: Request, words: str) -> None:
    with pytest.raises(RequestInvalidError, match=words):
        check_request(request_)


def test_a_reply_as_large_as_the_window_is_refused_with_both_numbers() -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        check_request(ask(max_tokens=4096, window=4096))
    assert (caught.value.needed, caught.value.window) == (4096, 4096)
