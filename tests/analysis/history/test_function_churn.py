"""Which functions commits changed, by lines that are followed back; which commits are looked at for that."""

from tests.analysis.pasts import commit, past_of
from vivek.analysis.history.following import follow
from vivek.analysis.history.function_churn import COMMITS, HOT, function_hotspots, missed, wanted_hunks
from vivek.schema.measures import FileMeasures, FunctionMeasures, Hotspot
from vivek.schema.past import Commit, Hunk


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


def function(name: str, start: int, end: int, cognitive: int = 2) -> FunctionMeasures:
    return FunctionMeasures(name, "a.py", start, end, 1, cognitive, 1, end - start + 1, 0)


def spots(
    functions: tuple[FunctionMeasures, ...],
    hunks: dict[str, tuple[Hunk, ...]],
    uncommitted: tuple[Hunk, ...] = (),
    commits: tuple[Commit, ...] = (),
) -> dict[str, tuple[int, float]]:
    """Return how often each function was changed, and its score; `hunks` are by commits, the latest first."""
    past = past_of(*(commits or (commit("a.py", name=name) for name in hunks)))
    measured = {"a.py": FileMeasures("a.py", "python", 90, 90, functions)}
    lines = {name: {"a.py": each} for name, each in hunks.items()}
    found = function_hotspots(follow(past, ["a.py"]), measured, lines, {"a.py": uncommitted})
    return {each.name: (each.changes, each.score) for each in found}


def test_a_function_is_changed_by_what_adds_replaces_or_takes_lines_within_it() -> None:
    one, other = function("one", 10, 20), function("other", 30, 40)

    assert spots((one, other), {"c": (Hunk(10, 0, 10, 1),)}) == {"one": (1, 1.0)}, "added, its first line"
    assert spots((one, other), {"c": (Hunk(20, 1, 20, 1),)}) == {"one": (1, 1.0)}, "replaced, its last line"
    assert spots((one, other), {"c": (Hunk(8, 2, 8, 2),)}) == {}, "the two lines before it"
    assert spots((one, other), {"c": (Hunk(21, 3, 21, 3),)}) == {}, "the lines behind it"
    assert spots((one, other), {"c": (Hunk(11, 2, 10, 0),)}) == {"one": (1, 1.0)}, "taken away behind its first line"
    assert spots((one, other), {"c": (Hunk(20, 2, 19, 0),)}) == {"one": (1, 1.0)}, "taken away before its last line"
    assert spots((one, other), {"c": (Hunk(21, 2, 20, 0),)}) == {}, "taken away behind it"
    assert spots((one, other), {"c": (Hunk(15, 20, 15, 20),)}) == {"one": (1, 1.0), "other": (1, 1.0)}, "both"


def test_a_function_is_followed_to_where_it_lay_before() -> None:
    moved = function("moved", 30, 35)
    above = Hunk(5, 0, 5, 10)  # ten lines added above: before, it lay from 20 to 25

    assert spots((moved,), {"new": (above,), "old": (Hunk(20, 1, 20, 1),)}) == {"moved": (1, 1.0)}
    assert spots((moved,), {"new": (above,), "old": (Hunk(30, 1, 30, 1),)}) == {}
    just = Hunk(10, 0, 10, 20)  # twenty lines added right above: before, it lay from 10 to 15
    assert spots((moved,), {"new": (just,), "old": (Hunk(10, 1, 10, 1),)}) == {"moved": (1, 1.0)}
    gone = Hunk(6, 10, 5, 0)  # ten lines taken away above: before, it lay from 40 to 45
    assert spots((moved,), {"new": (gone,), "old": (Hunk(45, 1, 45, 1),)}) == {"moved": (1, 1.0)}
    assert spots((moved,), {"new": (gone,), "old": (Hunk(35, 1, 35, 1),)}) == {}
    assert spots((moved,), {"old": (Hunk(20, 1, 20, 1),)}, (above,)) == {"moved": (1, 1.0)}, "not committed yet"


def test_a_function_that_was_replaced_is_followed_to_what_stood_in_its_place() -> None:
    whole = Hunk(10, 4, 10, 8)  # lines 10 to 13 became 10 to 17, and all of the function with them

    found = spots(
        (function("f", 12, 15),), {"new": (whole,), "old": (Hunk(13, 1, 13, 1),), "older": (Hunk(14, 1, 14, 1),)}
    )

    assert found == {"f": (2, 1.0)}


def test_a_function_has_no_changes_from_before_it_was_written() -> None:
    written = Hunk(9, 0, 10, 11)

    found = spots((function("f", 10, 20),), {"new": (written,), "old": (Hunk(10, 5, 10, 5),)})

    assert found == {"f": (1, 1.0)}


def test_old_changes_weigh_half_after_half_a_year_and_plain_functions_nothing() -> None:
    functions = (function("now", 10, 20), function("then", 30, 40), function("plain", 50, 60, cognitive=0))
    commits = (
        commit("a.py", name="new"),
        commit("a.py", name="left", days=1, left_out="merge"),
        commit("a.py", name="old", days=180),
    )
    line = {10: Hunk(10, 1, 10, 1), 30: Hunk(30, 1, 30, 1), 50: Hunk(50, 1, 50, 1)}

    found = spots(functions, {"new": (line[10], line[50]), "left": (line[10],), "old": (line[30],)}, commits=commits)

    assert found == {"now": (1, 1.0), "then": (1, 0.5)}
