"""Code that changes often and is involved."""

from tests.analysis.pasts import DAY, commit, past_of
from vivek.analysis.history.following import follow
from vivek.analysis.history.hotspots import HALF_LIFE, hotspots_of, weight
from vivek.schema.measures import FileMeasures, FunctionMeasures, Hotspot


def measured(path: str, *cognitive: int) -> FileMeasures:
    """Return the measures of a file with functions that are so involved."""
    functions = [
        FunctionMeasures(f"f{at}", path, 10 * at + 1, 10 * at + 9, 1, each, 1, 9, 0)
        for at, each in enumerate(cognitive)
    ]
    return FileMeasures(path, functions=tuple(functions))


def test_a_file_is_hot_by_its_changes_times_what_its_functions_take_to_follow() -> None:
    past = past_of(commit("often plain involved"), commit("often plain"), commit("often plain", left_out="bulk"))
    measures = {path: measured(path, *each) for path, each in {"often": (4, 6), "involved": (40,), "plain": ()}.items()}

    assert hotspots_of(follow(past, [*measures, "unmeasured"]), measures) == (
        Hotspot("involved", "", 0, 1.0, 1, 40),
        Hotspot("often", "", 0, 0.5, 2, 10),
    )


def test_a_change_counts_half_after_each_half_life() -> None:
    past = past_of(commit("new"), commit("old", days=HALF_LIFE), commit("older", days=2 * HALF_LIFE))
    measures = {path: measured(path, 8) for path in ("new", "old", "older")}

    scores = {each.path: each.score for each in hotspots_of(follow(past, measures), measures)}

    assert scores == {"new": 1.0, "old": 0.5, "older": 0.25}
    assert weight(-5 * DAY) == 1.0


def test_hotspots_that_are_equally_hot_come_by_name() -> None:
    measures = {path: measured(path, 1) for path in ("b", "a")}

    assert [each.path for each in hotspots_of(follow(past_of(commit("b a")), measures), measures)] == ["a", "b"]
