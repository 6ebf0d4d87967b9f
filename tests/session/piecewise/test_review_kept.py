"""Reviews that were made before: found without a model, and what is kept of them is bounded."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import PRICES
from tests.session.reviewers import Reviewer, reviewed, spoil
from vivek.config.folders import cache_folder
from vivek.schema.changes import ScopeWish
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.doors.review_kept import kept_review
from vivek.session.place import open_place
from vivek.session.reviewing import answers as reviewing_answers
from vivek.session.reviewing.answers import KeptAnswers, open_answers
from vivek.workspace.database import open_database

CHILD = """
import json, sys
from pathlib import Path
from vivek.schema.changes import ScopeWish
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.doors.review_kept import kept_review
from vivek.session.place import open_place

place = open_place(Path(sys.argv[1]))
changes = collect_changes(place, ScopeWish())
report = kept_review(place, changes, review_static(place, changes), effort="quick", model="scripted/default")
heavy = {"langgraph", "langchain_core", "httpx", "tiktoken", "pydantic"} & set(sys.modules)
print(json.dumps([[finding.title for finding in report.findings], sorted(heavy)]))
"""


async def test_a_second_review_of_the_same_asks_nobody_and_loads_no_graph(workspace: Path) -> None:
    spoil(workspace)
    first = (await reviewed(workspace, Reviewer())).report

    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(workspace)], stdout=subprocess.PIPE, check=True, cwd=Path(__file__).parents[3]
    )

    titles, heavy = json.loads(child.stdout)
    assert titles == [finding.title for finding in first.findings] == ["The first price is left out."]
    assert heavy == []


async def test_a_report_is_found_for_the_same_change_effort_model_and_rules_only(workspace: Path) -> None:
    spoil(workspace)
    place = open_place(workspace)
    report = (await reviewed(workspace, Reviewer())).report
    changes = collect_changes(place, ScopeWish())
    static = review_static(place, changes)

    assert kept_review(place, changes, static, effort="quick", model=None) == report
    assert kept_review(place, changes, static, effort="quick", model="scripted/default") == report
    assert kept_review(place, changes, static, effort="quick", model="ollama/other") is None
    assert kept_review(place, changes, static, effort="deep", model=None) is None
    (workspace / "till/prices.py").write_text(PRICES)
    other = collect_changes(place, ScopeWish())
    assert kept_review(place, other, review_static(place, other), effort="quick", model=None) is None


async def test_a_review_that_is_not_whole_is_not_kept(workspace: Path) -> None:
    spoil(workspace)
    model = Reviewer()
    model.says = lambda asked: "Fine." if "till/prices.py" in asked else None
    place = open_place(workspace)

    report = (await reviewed(workspace, model)).report

    changes = collect_changes(place, ScopeWish())
    assert report.status == "incomplete"
    assert kept_review(place, changes, review_static(place, changes), effort="quick", model=None) is None


def test_what_is_kept_is_bounded_and_the_oldest_goes(tmp_path: Path) -> None:
    clock = iter(range(1, 1_000_000))
    opened = open_database(tmp_path / "reviews.db", migrations=reviewing_answers._MIGRATIONS)
    answers = KeptAnswers(opened.connection, clock=lambda: next(clock))

    for number in range(reviewing_answers.MOST_REPORTS + 3):
        answers.put_report(f"change {number}", "a model", "{}")

    assert answers.report("change 2", "a model") is None
    assert answers.report("change 3", "a model") == "{}"
    assert answers.report("change 3", None) == "{}"
    opened.connection.close()


async def test_a_cache_that_cannot_be_used_is_done_without(workspace: Path) -> None:
    spoil(workspace)
    cache_folder().mkdir(parents=True)
    (cache_folder() / "reviews.db").mkdir()

    report = (await reviewed(workspace, Reviewer())).report

    assert report.status == "done"
    with open_answers() as answers:
        answers.put("key", "text")
        assert answers.get("key") is None
