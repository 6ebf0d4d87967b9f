"""Places that a request speaks of, and the part a file plays."""

from collections.abc import Mapping, Sequence

import pytest

from vivek.project.places import places as places_of
from vivek.project.roles import Role, role_of
from vivek.project.words import Asked

PATHS = ["src/providers/retry.py", "src/providers/wire/sse.py", "src/providers/wire/http.py", "tests/test_retry.py"]


def places(words: Sequence[str], paths: Sequence[str], *, names: Sequence[str] = ()) -> Mapping[str, float]:
    """Return the places of a request of some words, and of names that are written like names."""
    return places_of(Asked(dict.fromkeys(names, 1.0), tuple(words)), paths)


def test_a_file_named_in_words_is_found_and_its_test() -> None:
    found = places(["retry"], PATHS)

    assert found["src/providers/retry.py"] == found["tests/test_retry.py"] > 0


def test_a_folder_tells_less_than_a_file_and_less_the_more_it_holds() -> None:
    found = places(["providers", "wire", "sse"], PATHS)

    assert found["src/providers/wire/sse.py"] > found["src/providers/wire/http.py"] > found["src/providers/retry.py"]


def test_all_words_of_a_name_must_be_there() -> None:
    assert places(["rate"], ["src/rate_limit.py"]) == {}
    assert places(["rate", "limit"], ["src/rate_limit.py"]) != {}


@pytest.mark.parametrize("word", ["locks", "lock"])
def test_one_or_many_are_the_same(word: str) -> None:
    assert "src/lock.py" in places(["locks"], ["src/lock.py"])
    assert places([word], ["src/lock.py"]) != {}


def test_a_name_that_is_written_whole_is_found_though_its_parts_are_short() -> None:
    assert places(["de_de"], ["person/de_DE/__init__.py"]) != {}


@pytest.mark.parametrize("word", ["src", "tests", "init", "index"])
def test_names_that_every_project_has_are_no_places(word: str) -> None:
    assert places([word], ["src/tests/__init__.py", "src/index.ts"]) == {}


def test_what_is_written_like_a_name_or_made_of_several_words_tells_more_than_one_plain_word() -> None:
    plain = places(["retry"], PATHS)["src/providers/retry.py"]

    assert places(["retry"], PATHS, names=["retry"])["src/providers/retry.py"] > 2 * plain
    assert places(["retry", "policy"], ["src/retry_policy.py"])["src/retry_policy.py"] > 2 * plain


def test_a_folder_of_very_many_files_tells_nothing() -> None:
    assert places(["orders"], [f"orders/part{number}.py" for number in range(400)]) == {}


def test_no_words_mean_no_place() -> None:
    assert places([], PATHS) == {}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/app.py", "source"),
        ("tests/app.py", "test"),
        ("src/app_test.go", "test"),
        ("src/app.spec.ts", "test"),
        ("conftest.py", "test"),
        ("src/contest.py", "source"),
        ("README.md", "text"),
        ("docs/changes.rst", "text"),
        ("pyproject.toml", "settings"),
        ("data/prices.csv", "data"),
        ("package-lock.json", "generated"),
        ("api/order_pb2.py", "generated"),
        ("static/app.min.js", "generated"),
        ("third_party/zlib/inflate.c", "vendored"),
        ("vendor/tests/app.py", "vendored"),
    ],
)
def test_the_path_tells_what_part_a_file_plays(path: str, role: Role) -> None:
    assert role_of(path) == role
