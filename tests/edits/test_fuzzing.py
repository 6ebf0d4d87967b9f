"""Mutated replies: a few thousand here, a million in the benchmark."""

from tests.edits.fuzzing import judged, mutated

REPLIES = 3_000


def test_no_mutated_reply_crashes_the_reader_or_reaches_what_it_must_not() -> None:
    outcomes = [judged(number) for number in range(REPLIES)]

    assert any(outcome.files for outcome in outcomes)
    assert any(outcome.refusals for outcome in outcomes)
    assert mutated(7) == mutated(7)
