"""Files that change together."""

from tests.analysis.pasts import commit, past_of
from vivek.analysis.history.coupling import WIDEST, couplings, scattered
from vivek.analysis.history.following import Followed, follow
from vivek.schema.past import Coupling, Scattered

IMPORTS = {"a": {"b"}, "b": set[str](), "c": set[str]()}


def changed(*commits: tuple[str, int], files: str = "a b c doc") -> Followed:
    """Return files with so many commits of each kind."""
    told = [commit(names, days=number) for names, times in commits for number in range(times)]
    return follow(past_of(*told), files.split())


def test_files_that_share_five_commits_are_coupled_and_by_the_rarer_one_of_them() -> None:
    followed = changed(("a b", 5), ("a c", 4), ("c", 2), ("a", 11))

    assert couplings(followed, IMPORTS) == (Coupling("a", "b", 5, 1.0, hidden=False),)


def test_files_that_share_few_of_their_commits_are_not() -> None:
    assert couplings(changed(("a b", 5), ("a", 12), ("b", 12)), IMPORTS) == ()
    assert couplings(changed(("a b", 6), ("a", 14), ("b", 14)), IMPORTS) != ()


def test_a_coupling_is_hidden_when_no_import_explains_it_and_both_are_modules() -> None:
    found = couplings(changed(("a b", 5), ("b c", 6), ("c doc", 7)), IMPORTS)

    assert [(each.one, each.other, each.hidden) for each in found] == [
        ("c", "doc", False),
        ("a", "b", False),
        ("b", "c", True),
    ]
    assert couplings(changed(("a b", 5)), {"a": set[str](), "b": {"a"}}) == (Coupling("a", "b", 5, 1.0, hidden=False),)


def test_a_file_that_got_another_name_is_still_coupled() -> None:
    before = [commit("old b", days=10 + number) for number in range(4)]
    past = past_of(commit("a b", days=1), commit("old>a", days=2), *before)

    (found,) = couplings(follow(past, ["a", "b"]), IMPORTS)

    assert (found.one, found.other, found.together) == ("a", "b", 5)


def test_wide_commits_and_those_that_tell_nothing_couple_nothing() -> None:
    wide = " ".join(f"f{number}" for number in range(WIDEST + 1))
    bulk = [commit("a b", days=number, left_out="bulk") for number in range(9)]

    assert couplings(changed((wide, 9), files=wide), {}) == ()
    assert couplings(follow(past_of(*bulk), ["a", "b"]), {}) == ()


def test_a_file_whose_changes_take_five_others_along_is_scattered() -> None:
    followed = changed(("a b c d e f", 6), ("a", 6), ("b", 7), ("g", 9), files="a b c d e f g")

    found = {each.path: each for each in scattered(followed, followed.files)}

    assert found["a"] == Scattered("a", 12, tuple((other, 6) for other in "bcdef"))
    assert set(found) == {"a", "c", "d", "e", "f"}  # b does so in less than half of its commits
    assert scattered(followed, ["a", "b", "c", "d", "e"]) == ()
