"""No edit lands in the wrong place, and most of those that can be placed are."""

from collections import Counter

from tests.edits.places import PATH, Case, cases
from vivek.edits.engine import read_reply

CASES = 900


def outcome_of(case: Case) -> str:
    """Return `applied`, `refused`, or `wrong` for anything else."""
    before = case.before.encode()
    outcome = read_reply(case.reply, current={PATH: before}, exists=[PATH], shown=[PATH])
    if PATH not in outcome.files:
        return "refused"
    after = outcome.files[PATH]
    return "applied" if case.after is not None and after == case.after.encode() else "wrong"


def test_no_edit_lands_in_the_wrong_place_and_most_that_can_be_placed_are() -> None:
    wrong: list[Case] = []
    solvable: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    for case in cases(CASES):
        outcome = outcome_of(case)
        if outcome == "wrong":
            wrong.append(case)
        if case.after is not None:
            solvable[case.kind] += 1
            applied[case.kind] += outcome == "applied"

    assert not wrong, f"{len(wrong)} wrong, such as {wrong[0]}"
    assert applied.total() >= 0.9 * solvable.total(), {kind: (applied[kind], solvable[kind]) for kind in solvable}


def test_the_cases_are_made_alike_each_time_and_of_every_kind() -> None:
    first, second = list(cases(300)), list(cases(300))
    assert first == second
    assert len({case.kind for case in first}) >= 18
    assert all(case.after != case.before for case in first)
