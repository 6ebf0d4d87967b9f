"""Who wrote which files, how often they change and how old they are."""

from tests.analysis.pasts import DAY, TODAY, commit, past_of
from vivek.analysis.history.following import follow
from vivek.analysis.history.ownership import AUTHORS, history_of
from vivek.schema.past import FileHistory, History, Past, Touch


def test_a_file_tells_its_churn_its_age_and_its_authors() -> None:
    past = past_of(
        commit([Touch("b", "", 6, 1)], days=1, author="Bob"),
        commit([Touch("b", "a", 0, 2)], days=2, author="Cy"),
        commit([Touch("a", "", 3, 0)], days=3),
        commit([Touch("a", "", 2, 0)], days=4, author="Dot"),
    )

    (file,) = history_of(follow(past, ["b"]), {}).files

    assert file == FileHistory(
        path="b",
        commits=4,
        added=11,
        removed=3,
        first=TODAY - 4 * DAY,
        last=TODAY - DAY,
        authors=(("Bob", 6), ("Ann", 3), ("Dot", 2)),
        bus_factor=1,
    )


def test_half_of_the_lines_decides_how_many_may_not_leave() -> None:
    def factor(*lines: int) -> int:
        commits = [commit([Touch("a", "", each, 0)], author=f"author {at}") for at, each in enumerate(lines)]
        (file,) = history_of(follow(past_of(*commits), ["a"]), {}).files
        return file.bus_factor

    assert [factor(5, 5), factor(4, 3, 3), factor(1, 1, 1, 1, 1), factor(0)] == [1, 2, 3, 0]


def test_many_authors_are_named_as_far_as_they_fit_and_counted_all() -> None:
    commits = [commit("a", author=f"author {number}") for number in range(40)]

    (file,) = history_of(follow(past_of(*commits), ["a"]), {}).files

    assert (len(file.authors), file.bus_factor) == (AUTHORS, 20)


def test_commits_that_tell_nothing_count_only_for_when_a_file_came() -> None:
    past = Past(
        (
            commit("a", days=1, left_out="bot"),
            commit("a", days=2),
            commit("a alone", days=3, left_out="bulk", author="Importer"),
        ),
        merges=4,
        told=("It is shallow.",),
    )

    history = history_of(follow(past, ["a", "alone"]), {})

    assert (history.commits, history.left_out) == (1, {"bot": 1, "bulk": 1, "merge": 4})
    assert (history.since, history.until, history.told) == (TODAY - 3 * DAY, TODAY - DAY, ("It is shallow.",))
    assert history.files == (
        FileHistory("a", 1, 1, 0, TODAY - 3 * DAY, TODAY - 2 * DAY, (("Ann", 1),), 1),
        FileHistory("alone", 0, 0, 0, TODAY - 3 * DAY, TODAY - 3 * DAY, (), 0),
    )


def test_without_commits_there_is_no_history() -> None:
    assert history_of(follow(Past(), ["a"]), {}) == History()
