"""Files followed through their commits to the names they have now."""

from tests.analysis.pasts import TODAY, commit, past_of
from vivek.analysis.history.following import Followed, follow
from vivek.schema.past import Past


def touched(followed: Followed) -> dict[str, list[str]]:
    """Return the commits that changed each file."""
    return {path: [each.commit.id for each in changes] for path, changes in followed.files.items()}


def test_a_file_is_known_under_all_its_names() -> None:
    past = past_of(
        commit("c", name="4"),
        commit("b>c", name="3"),
        commit("b x", name="2"),
        commit("a>b", name="1"),
        commit("a", name="0"),
    )

    followed = follow(past, ["c"])

    assert touched(followed) == {"c": ["4", "3", "2", "1", "0"]}
    assert followed.names["2"] == {"b": "c"}


def test_two_files_that_changed_places_keep_their_own_past() -> None:
    past = past_of(commit("a", name="2"), commit("a>b b>a", name="1"), commit("a", name="0"))

    assert touched(follow(past, ["a", "b"])) == {"a": ["2", "1"], "b": ["1", "0"]}


def test_a_name_that_was_given_up_and_taken_again_is_another_file() -> None:
    past = past_of(commit("a", name="3"), commit("a", name="2"), commit("a>b", name="1"), commit("a", name="0"))

    assert touched(follow(past, ["a", "b"])) == {"a": ["3", "2"], "b": ["1", "0"]}


def test_a_side_branch_may_go_on_with_the_name_that_another_gave_up() -> None:
    past = past_of(commit("old", name="side"), commit("old>mid", name="1"), commit("mid>new", name="0"))

    assert touched(follow(past, ["new"])) == {"new": ["side", "1", "0"]}


def test_names_that_go_round_in_a_circle_end() -> None:
    past = past_of(commit("b>a", name="2"), commit("x>y y>x", name="1"), commit("x", name="0"))

    assert touched(follow(past, ["now"])) == {"now": []}


def test_files_that_are_gone_are_left_out_and_those_without_commits_are_not() -> None:
    followed = follow(past_of(commit("gone here")), ["here", "new"])

    assert [(path, len(changes)) for path, changes in followed.files.items()] == [("here", 1), ("new", 0)]


def test_now_is_the_time_of_the_latest_commit() -> None:
    assert follow(past_of(commit("a", days=9), commit("a", days=2)), ["a"]).until == TODAY - 2 * 86_400
    assert follow(Past(), ["a"]).until == 0
