import json

import jsonschema
import pytest

from vivek.prompts.schema_probe import PROBE_REQUEST, PROBE_SCHEMA, judge_probe
from vivek.schema.chunk import FinishReason

HELD = {"kettle": "oboe-17", "levels": [9_173, 4_093]}


def test_probe_schema_is_a_schema_that_every_engine_takes() -> None:
    jsonschema.Draft202012Validator.check_schema(PROBE_SCHEMA)
    jsonschema.validate(HELD, PROBE_SCHEMA)
    assert PROBE_SCHEMA["required"] == list(PROBE_SCHEMA["properties"])
    assert "kettle" not in PROBE_REQUEST


@pytest.mark.parametrize("text", [json.dumps(HELD), json.dumps(HELD, indent=8), f"\n  {json.dumps(HELD)}\n"])
@pytest.mark.parametrize("finish", ["stop", "length", None])
def test_the_one_object_that_the_schema_allows_shows_that_it_is_enforced(text: str, finish: FinishReason) -> None:
    assert judge_probe(text, finish) == "enforced"


@pytest.mark.parametrize(
    "text",
    [
        "Hello, nice to meet you!",
        '{"greeting": "Hello!"}',
        f"Sure: {json.dumps(HELD)}",
        f"```json\n{json.dumps(HELD)}\n```",
        *(
            json.dumps(HELD | wrong)
            for wrong in ({"kettle": "oboe-18"}, {"levels": [9_173]}, {"levels": [9_173, 4_093.0]})
        ),
        *(
            json.dumps(HELD | wrong)
            for wrong in ({"x": 1}, {"levels": [True, 9_173]}, {"kettle": None}, {"levels": None})
        ),
        json.dumps([HELD]),
        '{"kettle": "oboe-17"}',
        '{"kettle": "oboe-17", "levels": [9173, 4093',
        "[" * 5_000 + "]" * 5_000,
    ],
)
def test_anything_else_shows_that_the_schema_was_ignored(text: str) -> None:
    assert judge_probe(text, "stop") == "ignored"


@pytest.mark.parametrize(
    ("text", "finish"),
    [
        ("", "stop"),
        (" \n", "length"),
        ("{", "length"),
        ('{\n "ket', "length"),
        ('{"kettle": "obo', None),
        ("x", "content_filter"),
    ],
)
def test_a_reply_that_was_cut_off_says_nothing(text: str, finish: FinishReason) -> None:
    assert judge_probe(text, finish) == "unknown"


@pytest.mark.parametrize("text", ["Hello, I am", '{"greeting": "Hel', "{}"])
def test_prose_that_was_cut_off_shows_that_the_schema_was_ignored(text: str) -> None:
    assert judge_probe(text, "length") == "ignored"
