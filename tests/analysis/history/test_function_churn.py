"""Which commits are looked at for the functions of the hottest files."""

from tests.analysis.pasts import commit, past_of
from vivek.analysis.history.following import follow
from vivek.analysis.history.function_churn import COMMITS, HOT, missed, wanted_hunks
from vivek.schema.measures import Hotspot


def test_the_latest_commits_of_the_files_asked_for_are_looked_at_by_their_names_then() -> None:
    past = past_of(
        commit("new other", name="2"), commit("old>new", name="1"), commit("other", name="x"), commit("old", name="0")
    )

    wanted = wanted_hunks(follow(past, ["new", "other"]), ["new"])

    assert wanted == {"2": (("new", ""),), "1": (("new", "old"),), "0": (("old", ""),)}


def test_no_more_commits_are_looked_at_than_is_said() -> None:
    past = past_of(*(commit("a", name=f"{number}") for number in range(COMMITS + 9)))

    wanted = wanted_hunks(follow(past, ["a"]), ["a"])

    assert [*wanted] == [f"{number}" for number in range(COMMITS)]


def test_what_is_not_looked_at_is_said() -> None:
    hot = [Hotspot(f"{number}", "", 0, 1.0, 1, 1) for number in range(HOT + 1)]
    commits = [f"{number}" for number in range(COMMITS)]

    assert missed(hot[1:], commits[1:]) == ()
    assert [str(HOT) in missed(hot, [])[0], str(COMMITS) in missed([], commits)[0]] == [True, True]
