"""What a review costs: arithmetic that never says 0 for what nobody knows."""

import pytest

from vivek.flows.review.pricing import Price, lanes, promise, total, within
from vivek.schema.known import Known

KNOWN = Known("", prefill_rate=100.0, decode_rate=10.0, load_seconds=7.0)
SLOW = Price(calls=2, kept=0, shared=1_000, asked=200)
FREE = Price(calls=0, kept=2, shared=1_000, asked=0)


def test_seconds_follow_from_the_measured_rates() -> None:
    # 1,000 tokens are read once; two questions and half a second look read 100 each and write 120.
    assert SLOW.seconds(KNOWN) == pytest.approx(10 + 2.5 * (1 + 12))
    assert SLOW.read == 1_200


def test_what_is_answered_costs_nothing_and_what_nobody_measured_is_unknown() -> None:
    unknown = Known("", prefill_rate=100.0)

    assert (FREE.seconds(unknown), FREE.read) == (0.0, 0)
    assert SLOW.seconds(unknown) is None
    assert total([SLOW, FREE], unknown, load=False) is None
    assert total([FREE], unknown, load=True) == 0.0


def test_a_model_that_is_not_loaded_is_waited_for_once() -> None:
    assert total([SLOW, FREE], KNOWN, load=True) == pytest.approx(42.5 + 7)


def test_only_the_least_effort_promises_three_minutes_for_each_300_lines() -> None:
    assert [promise("quick", lines) for lines in (0, 1, 300, 301, 900)] == [180, 180, 180, 360, 540]
    assert promise("normal", 10) is promise("deep", 10) is None


def test_what_fits_the_promise_is_read_in_order_and_what_is_kept_in_any_case() -> None:
    read = within([SLOW, SLOW, FREE, SLOW], KNOWN, 90)

    assert read == [SLOW, SLOW, FREE]
    assert within([SLOW, SLOW], KNOWN, 1) == [SLOW], "one piece is read whatever it takes"
    assert within([SLOW, SLOW], Known(""), 1) == [SLOW, SLOW], "nobody knows yet"
    assert within([SLOW, SLOW], KNOWN, None) == [SLOW, SLOW]


@pytest.mark.parametrize(
    ("calls", "shared", "known", "most", "side_by_side"),
    [
        # 1,000 tokens at 100 a second: a second slot reads ten seconds, counted twice, to spare twelve of writing.
        (3, 1_000, KNOWN, 4, 1),
        # At 2,000 a second each slot more costs one, and the fourth spares nothing.
        (6, 1_000, Known("", prefill_rate=2_000.0, decode_rate=10.0), 4, 3),
        (6, 1_000, Known("", prefill_rate=2_000.0, decode_rate=10.0), 2, 2),
        (6, 1_000, Known("", prefill_rate=2_000.0, decode_rate=10.0), 1, 1),
        (6, 1_000, Known("", prefill_rate=2_000.0, decode_rate=10.0), 0, 1),
        (1, 1_000, Known("", prefill_rate=2_000.0, decode_rate=10.0), 4, 1),
        (0, 1_000, Known("", prefill_rate=2_000.0, decode_rate=10.0), 4, 1),
        (6, 1_000, Known("", prefill_rate=2_000.0), 4, 1),
        (6, 1_000, Known(""), 4, 1),
    ],
)
def test_questions_are_asked_side_by_side_only_where_that_is_known_to_be_quicker(
    calls: int, shared: float, known: Known, most: int, side_by_side: int
) -> None:
    assert lanes(calls, shared, known, most) == side_by_side
