import pytest

from vivek.errors import RequestInvalidError
from vivek.providers.wire.refusals import Refusals

BODY: dict[str, object] = {
    "model": "m",
    "messages": [],
    "stream": True,
    "stream_options": {"include_usage": True},
    "max_tokens": 5,
    "temperature": 0.2,
    "seed": 1,
    "tools": [],
    "tool_choice": "none",
    "response_format": {},
    "reasoning_effort": "none",
    "provider": {},
    "plugins": [],
}


def refusal(message: str, field: str = "") -> RequestInvalidError:
    return RequestInvalidError(message, field=field)


@pytest.mark.parametrize(
    ("message", "field", "gone"),
    [
        ("Unsupported parameter: 'temperature' is not supported with this model.", "temperature", {"temperature"}),
        ("Unsupported parameter: 'seed'.", "", {"seed"}),
        ("seed: Extra inputs are not permitted", "seed", {"seed"}),
        ("Unrecognized request argument supplied: stream_options", "", {"stream_options"}),
        ("'response_format.type' must be 'json_object' or 'text'", "", {"response_format"}),
        ("This model does not support structured outputs", "", {"response_format"}),
        ("m does not support tools", "", {"tools", "tool_choice"}),
        ('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser', "", {"tools", "tool_choice"}),
        ("No endpoints found that support tool use.", "", {"tools", "tool_choice"}),
        ("No endpoints found that can handle the requested parameters.", "", {"provider"}),
        ("Unknown name tool_choice", "tool_choice", {"tool_choice"}),
    ],
)
def test_a_refused_field_is_left_out_from_then_on(message: str, field: str, gone: set[str]) -> None:
    refusals = Refusals()

    told = refusals.learn("m", BODY, refusal(message, field))

    assert told.startswith("does not take `")
    assert BODY.keys() - refusals.fit("m", BODY).keys() == gone
    assert refusals.fit("another", BODY) == BODY, "another model of the server may take it"


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("messages must alternate", ""),
        ("Invalid 'messages[3].tool_call_id'", "messages"),
        ("max_tokens is too large: 99999. This model supports at most 4096 completion tokens.", "max_tokens"),
        ("Provider returned error", ""),
        ("the plugins of the provider failed", ""),
        ("model is required", "model"),
    ],
)
def test_a_refusal_that_leaving_out_cannot_mend_teaches_nothing(message: str, field: str) -> None:
    refusals = Refusals()
    assert refusals.learn("m", BODY, refusal(message, field)) == ""
    assert refusals.fit("m", BODY) == BODY


def test_the_bound_of_the_reply_has_two_names_and_is_never_left_out() -> None:
    refusals = Refusals()
    first = refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens")

    told = refusals.learn("m", BODY, first)
    fitted = refusals.fit("m", BODY)

    assert told == "does not take `max_tokens`; asked again with `max_completion_tokens`."
    assert fitted["max_completion_tokens"] == 5
    assert "max_tokens" not in fitted
    assert refusals.learn("m", fitted, refusal("Unsupported parameter", "max_completion_tokens")) == ""


def test_a_model_that_cannot_stop_thinking_thinks_as_little_as_it_can() -> None:
    refusals = Refusals()
    values = "Unsupported value: 'reasoning_effort' does not support '{}'. Supported values are: 'low' and 'high'."

    assert "with `minimal`" in refusals.learn("m", BODY, refusal(values.format("none"), "reasoning_effort"))
    second = refusals.fit("m", BODY)
    assert second["reasoning_effort"] == "minimal"
    assert "with `low`" in refusals.learn("m", second, refusal(values.format("minimal"), "reasoning_effort"))
    third = refusals.fit("m", BODY)
    assert third["reasoning_effort"] == "low"
    assert refusals.fit("m", BODY | {"reasoning_effort": "medium"})["reasoning_effort"] == "medium"
    assert "without it" in refusals.learn("m", third, refusal(values.format("low"), "reasoning_effort"))
    assert "reasoning_effort" not in refusals.fit("m", BODY)


def test_a_model_that_does_not_think_is_not_told_how_much() -> None:
    refusals = Refusals()
    told = refusals.learn("m", BODY, refusal("Unrecognized request argument supplied: reasoning_effort"))
    assert told == "does not take `reasoning_effort`; asked again without it."
    assert "reasoning_effort" not in refusals.fit("m", BODY)


def test_every_refusal_leaves_less_so_that_asking_again_ends() -> None:
    refusals, body, asked = Refusals(), dict(BODY), 0
    while True:
        body = refusals.fit("m", BODY)
        error = refusal("Unsupported value, one of: " + ", ".join(body), next(reversed(body)))
        if not refusals.learn("m", body, error):
            break
        asked += 1
    assert asked < 20
    assert {"model", "messages", "stream"} <= body.keys()
