"""Another model may go on with what one has begun: that is said, both are named, and neither is taken for the other."""

from pathlib import Path

from tests.session.reviewers import Reviewed, Reviewer, reviewed, spoil
from vivek.errors import ProviderUnavailableError
from vivek.session.options import Choices
from vivek.session.piecewise.review import open_review
from vivek.session.place import open_place
from vivek.session.reviewing.answers import open_answers
from vivek.session.threads.index import ThreadIndex

OTHER = Choices(model="other/default")


class OtherReviewer(Reviewer):
    """Reviews like the first, somewhere else."""

    name = "other"


def whole_reports() -> list[tuple[object, ...]]:
    with open_answers() as answers:
        return answers._do("SELECT model FROM reports")


async def test_a_review_goes_on_with_the_model_that_is_named_and_names_both(workspace: Path) -> None:
    spoil(workspace)
    dying, other = Reviewer(), OtherReviewer()

    def die(asked: str) -> None:
        if "The change: till/prices.py" in asked:
            raise ProviderUnavailableError("Connection refused.", hint="Start it.")

    dying.says = die
    broken = await reviewed(workspace, dying, thread="calm-otter-7")
    async with open_review(open_place(workspace), OTHER, thread="calm-otter-7", provider=other) as review:
        rest = Reviewed(review, [event async for event in review.run()])

    [told] = [notice for notice in review.notices if "goes on with it" in notice.text]
    assert told.text == "scripted/default began the review calm-otter-7; other/default goes on with it."
    assert "anew" in told.hint
    assert all("The change: till/prices.py" in asked for asked in other.asked), "the riskier file was read before"
    assert len(other.asked) == 2
    assert rest.report.status == "done"
    assert rest.report.findings == broken.report.findings
    assert {"scripted/default", "other/default"} <= rest.report.tools.keys()
    assert not whole_reports(), "neither read all of it"
    with ThreadIndex.open() as index:
        [row] = index.list(workspace)
    assert row.model == "other/default", "who goes on when it is opened again"


async def test_a_review_by_one_model_is_kept_as_its_own(workspace: Path) -> None:
    spoil(workspace)

    await reviewed(workspace, OtherReviewer())

    assert whole_reports() == [("other/default",)]
