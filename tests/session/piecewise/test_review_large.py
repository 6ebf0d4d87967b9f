"""A change beyond what one review takes: the limits are said before, and every file has a receipt that says why."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.session.reviewers import Reviewed, Reviewer
from vivek.cli.render.review import Limits, choose
from vivek.cli.render.review_text import review_lines
from vivek.cli.render.reviewing import cost_line
from vivek.flows.review.costing import NO_TIME
from vivek.flows.review.planning import MOST_PIECES, TOO_MANY
from vivek.schema.changes import ScopeWish
from vivek.schema.known import Known
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.piecewise.review import open_review
from vivek.session.place import open_place

BEYOND = "more than 3,000 files are changed"


async def test_limits_are_said_before_and_what_they_leave_out_has_receipts(workspace: Path) -> None:
    for number in range(MOST_PIECES + 3):
        (workspace / f"new{number:03}.txt").write_text("x\n")
    place = open_place(workspace)
    changes = replace(collect_changes(place, ScopeWish()), left_out=(("yet/another.txt", BEYOND),))
    static = review_static(place, changes)
    model = Reviewer()

    async with open_review(place, Choices(), changes, static, provider=model) as review:
        told = cost_line(review.cost, review.model)
        object.__setattr__(review.desk, "known", lambda: Known("", prefill_rate=1.0, decode_rate=1.0))
        heard = Reviewed(review, [event async for event in review.run()])

    assert "200 pieces" in told
    assert "not asked about: 3 pieces" in told
    assert 1 <= len(model.asked) <= 2, "there is time for the first piece only"
    assert heard.report.status == "incomplete"
    reasons = Counter(each.skipped for each in heard.report.receipts)
    assert reasons == {"": 1, NO_TIME: MOST_PIECES - 1, TOO_MANY: 3, BEYOND: 1}
    [beyond] = [each for each in heard.report.receipts if each.skipped == BEYOND]
    assert (beyond.path, beyond.read_by, beyond.lines) == ("yet/another.txt", (), 0)
    lines = [text for _, text in review_lines(heard.report, choose(heard.report, Limits("medium")))]
    assert any(line.startswith("not read by the model") and TOO_MANY in line and NO_TIME in line for line in lines)
    assert any(line.startswith("not read:") and BEYOND in line for line in lines)


async def test_files_beyond_the_limit_are_told_one_by_one_without_a_model_too(workspace: Path) -> None:
    (workspace / "new.txt").write_text("x\n")
    place = open_place(workspace)
    changes = replace(collect_changes(place, ScopeWish()), left_out=(("a.txt", BEYOND), ("b.txt", BEYOND)))

    static = review_static(place, changes)

    assert [(each.path, each.skipped) for each in static.receipts if not each.read_by] == [
        ("a.txt", BEYOND),
        ("b.txt", BEYOND),
    ]
    assert len({each.id for each in static.receipts}) == 3
    assert static.told == (f"2 files were not looked at: {BEYOND}.",)
