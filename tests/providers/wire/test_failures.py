import json

import pytest

from vivek.errors import (
    AuthenticationError,
    ContextWindowExceededError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderUnavailableError,
    RateLimitError,
    RequestInvalidError,
)
from vivek.providers.wire.failures import Failure, error_for, failure_of, parse_retry_after, read_failure

CONTEXT = {
    "error": {
        "code": 400,
        "message": "request (9012 tokens) exceeds the available context size (2048 tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 9012,
        "n_ctx": 2048,
    }
}


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ({"error": "it broke"}, Failure("it broke")),
        ({"error": {"message": "bad", "type": "server_error", "code": None}}, Failure("bad", "server_error")),
        ({"error": {"message": "slow", "code": "502"}}, Failure("slow", "502", 502)),
        ({"error": {"message": "odd", "code": 7}}, Failure("odd", "7")),
        ({"error": {"message": "bad", "param": "seed"}}, Failure("bad", field="seed")),
        ({"error": {"message": "bad", "param": "messages[3].content"}}, Failure("bad", field="messages")),
        ({"error": {"message": "bad", "param": "response_format.type"}}, Failure("bad", field="response_format")),
        ({"error": {"message": "bad", "param": None}}, Failure("bad")),
        ({"error": {"reason": "x"}}, Failure('{"reason": "x"}')),
        ({"error": ["a", 1]}, Failure('["a", 1]')),
        ({"object": "error", "message": "too much", "type": "Bad", "code": 400}, Failure("too much", "Bad 400", 400)),
        (CONTEXT, Failure(CONTEXT["error"]["message"], "exceed_context_size_error 400", 400, 9012, 2048)),
    ],
)
def test_every_shape_of_an_error_is_read(body: dict[str, object], failure: Failure) -> None:
    assert read_failure(body) == failure


@pytest.mark.parametrize("body", [{}, {"error": None}, {"error": ""}, {"error": {}}, {"choices": []}])
def test_no_error_is_no_failure(body: dict[str, object]) -> None:
    assert read_failure(body) is None


@pytest.mark.parametrize("text", [json.dumps(CONTEXT), f"llama-server said {json.dumps(CONTEXT)}"])
def test_an_error_within_the_text_of_an_error_is_read(text: str) -> None:
    found = read_failure({"error": text})
    assert found is not None
    assert (found.needed, found.window) == (9012, 2048)


@pytest.mark.parametrize("text", ["a brace { and no JSON", "odd {} end", 'x {"a": 1}'])
def test_a_brace_in_the_words_is_no_object(text: str) -> None:
    assert read_failure({"error": text}) == Failure(text)


def test_words_of_a_server_are_shortened_and_escaped() -> None:
    found = read_failure({"error": "\x1b[31m" + "x" * 1000})
    assert found is not None
    assert found.message.startswith("\\x1b[31m")
    assert len(found.message) == 300


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"detail": "Not Found"}', "Not Found"),
        ("<html>\n", "<html>\\n"),
        ("", ""),
        ("[1]", "[1]"),
        ('{"error": "x"}', "x"),
    ],
)
def test_a_status_comes_with_whatever_body(body: str, message: str) -> None:
    assert failure_of(418, body) == Failure(message, status=418)


@pytest.mark.parametrize(
    ("detail", "message", "field"),
    [
        (
            [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}],
            "seed: Extra inputs are not permitted",
            "seed",
        ),
        ([{"loc": ["body", "messages", 0, "role"], "msg": "wrong"}], "messages.0.role: wrong", "messages"),
        ([{"msg": "wrong"}], "wrong", ""),
        ([{"loc": "body"}], "", ""),
    ],
)
def test_a_fastapi_server_says_which_part_is_wrong(detail: object, message: str, field: str) -> None:
    assert failure_of(422, json.dumps({"detail": detail})) == Failure(message, status=422, field=field)


@pytest.mark.parametrize("detail", [[], ["x"], {"loc": 1}, 7])
def test_a_detail_that_says_nothing_is_shown_as_it_came(detail: object) -> None:
    body = json.dumps({"detail": detail})
    assert failure_of(422, body) == Failure(body, status=422)


def test_an_error_carries_status_and_field() -> None:
    error = error_for(Failure("no seed", status=400, field="seed"), "S")
    assert isinstance(error, RequestInvalidError)
    assert (error.status, error.field) == (400, "seed")
    unavailable = error_for(Failure("", status=503), "S")
    assert isinstance(unavailable, ModelAPIError)
    assert unavailable.status == 503


def test_a_call_that_was_not_paid_for_says_what_helps() -> None:
    assert "credits" in error_for(Failure("Insufficient credits", status=402), "S").hint


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", 500),
        ("No endpoints found that support image input", 404),
        ("m does not support image input", 400),
    ],
)
def test_a_model_that_cannot_see_never_will(message: str, status: int) -> None:
    error = error_for(Failure(message, status=status), "S")
    assert type(error) is RequestInvalidError
    assert error.hint == "Choose a model that can see, or ask without the picture."


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Failure("no", status=401), AuthenticationError),
        (Failure("no", status=403), AuthenticationError),
        (Failure("pay", status=402), ModelAPIError),
        (Failure("model 'x' not found", status=404), ModelNotFoundError),
        (Failure("gone", "model_not_found", status=404), ModelNotFoundError),
        (Failure("Cannot find an appropriate cached snapshot folder", status=404), ModelNotFoundError),
        (Failure("Repository Not Found for url", status=404), ModelNotFoundError),
        (Failure("File Not Found", "not_found_error 404", status=404), RequestInvalidError),
        (Failure("no", status=400), RequestInvalidError),
        (Failure("no", status=422), RequestInvalidError),
        (Failure("no", status=429), RateLimitError),
        *((Failure("no", status=status), ProviderUnavailableError) for status in (408, 409, 425, 500, 502, 503, 504)),
        (Failure("no", status=501), ModelAPIError),
        (Failure("no"), ModelAPIError),
    ],
)
def test_a_failure_becomes_the_error_that_says_what_can_be_done(failure: Failure, kind: type[ModelAPIError]) -> None:
    error = error_for(failure, "Server at http://x")
    assert type(error) is kind
    assert error.message.startswith("Server at http://x")


def test_a_failure_without_words_is_told_all_the_same() -> None:
    assert error_for(Failure("", status=500), "S").message == "S answered 500."


def test_a_server_that_loads_its_model_is_told_apart() -> None:
    loading = error_for(Failure("Loading model", "unavailable_error", 503), "S")
    busy = error_for(Failure("server busy, please try again", "", 503), "S")
    assert isinstance(loading, ProviderUnavailableError)
    assert isinstance(busy, ProviderUnavailableError)
    assert (loading.loading, busy.loading) == (True, False)


@pytest.mark.parametrize(
    ("failure", "needed", "window"),
    [
        (
            Failure("This model's maximum context length is 4096 tokens. However, you requested 5000 tokens", "x", 400),
            5000,
            4096,
        ),
        (
            Failure(
                "Trying to keep the first 6000 tokens when context the overflows. However, the model is loaded "
                "with context length of only 4096 tokens"
            ),
            6000,
            4096,
        ),
        (Failure("the prompt is longer than the context length currently available", "", 400), None, None),
        (Failure("input is too big", "context_length_exceeded", 400), None, None),
        (Failure("zu lang", "", 400, 9, 5), 9, 5),
    ],
)
def test_a_prompt_that_is_too_long_is_known_by_its_words(
    failure: Failure, needed: int | None, window: int | None
) -> None:
    error = error_for(failure, "S")
    assert isinstance(error, ContextWindowExceededError)
    assert (error.needed, error.window) == (needed, window)


DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("3", None, 3.0),
        (" 2.5 ", None, 2.5),
        ("1000000000", None, 1e9),
        ("-4", None, None),
        ("soon", DATE, None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", DATE, 30.0),
        ("Wed, 21 Oct 2026 07:28:30 -0000", DATE, 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", DATE, 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", None, None),
    ],
)
def test_retry_after_is_read_as_seconds(value: str | None, date: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, date) == seconds
