import pytest

from vivek.providers.wire.openai import read_progress, read_usage
from vivek.schema.chunk import Usage


@pytest.mark.parametrize(
    ("payload", "usage"),
    [
        ({}, None),
        ({"usage": None}, None),
        ({"usage": {}}, None),
        ({"usage": {"prompt_tokens": -3, "completion_tokens": "4", "cost": "free"}}, Usage()),
        ({"usage": {"prompt_tokens": 1.5, "completion_tokens": True, "cost": -0.1}}, Usage()),
        ({"usage": {"prompt_tokens": None, "prompt_tokens_details": 7, "completion_tokens_details": []}}, Usage()),
        ({"usage": "many"}, None),
        (
            {"usage": {"completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 5}, "cost": 0.0021}},
            Usage(completion_tokens=9, thinking_tokens=5, cost=0.0021),
        ),
        ({"usage": {"cost": 0}}, Usage(cost=0.0)),
        ({"usage": {"cost": {"total": 1}}}, Usage()),
        (
            {"usage": {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 8}}},
            Usage(12, 8, 3),
        ),
        ({"usage": {"prompt_tokens": 12}, "timings": {}}, Usage(12)),
        (
            {
                "usage": {"prompt_tokens": 12, "completion_tokens": 3},
                "timings": {"cache_n": 8, "prompt_n": 4, "prompt_ms": 500, "predicted_n": 3, "predicted_ms": 250.0},
            },
            Usage(12, 8, 3, prefill_seconds=0.5, decode_seconds=0.25),
        ),
        ({"usage": {"prompt_tokens": 12}, "timings": {"prompt_n": 4}}, Usage(12)),
    ],
)
def test_figures_are_read_where_they_were_measured(payload: dict[str, object], usage: Usage | None) -> None:
    assert read_usage(payload) == usage


@pytest.mark.parametrize("value", [None, {}, {"total": 5}, {"total": "5", "processed": 1}])
def test_progress_that_says_nothing_is_none(value: object) -> None:
    assert read_progress(value) is None
