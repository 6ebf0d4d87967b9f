from pathlib import Path

import pytest

from vivek.project.root import RootChoice, find_root


def no_git(start: Path) -> Path | None:
    return None


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a home folder with a project in it."""
    home = tmp_path.resolve() / "home" / "tess"
    (home / "shop" / "till" / "tests").mkdir(parents=True)
    return home


def test_the_nearest_mark_upwards_is_the_root(house: Path) -> None:
    (house / "shop" / ".vivek").mkdir()
    (house / "shop" / "till" / "vivek.md").write_text("notes")

    assert find_root(house / "shop" / "till" / "tests", home=house, toplevel=no_git).root == house / "shop" / "till"
    assert find_root(house / "shop", home=house, toplevel=no_git) == RootChoice(house / "shop", restricted=False)


def test_a_file_named_like_the_folder_and_a_folder_named_like_the_notes_mark_nothing(house: Path) -> None:
    (house / "shop" / ".vivek").write_text("")
    (house / "shop" / "vivek.md").mkdir()

    assert find_root(house / "shop" / "till", home=house, toplevel=no_git).root == house / "shop" / "till"


def test_without_a_mark_the_top_of_the_repository_is_the_root(house: Path) -> None:
    chosen = find_root(house / "shop" / "till", home=house, toplevel=lambda start: house / "shop")

    assert chosen == RootChoice(house / "shop", restricted=False)


def test_a_mark_is_stronger_than_the_repository_around_it(house: Path) -> None:
    (house / "shop" / "till" / ".vivek").mkdir()

    assert find_root(house / "shop" / "till", home=house, toplevel=lambda start: house / "shop").root.name == "till"


def test_without_mark_and_repository_the_start_is_the_root(house: Path) -> None:
    assert find_root(house / "shop", home=house, toplevel=no_git) == RootChoice(house / "shop", restricted=False)


def test_marks_and_repositories_of_the_home_folder_do_not_count(house: Path) -> None:
    (house / ".vivek").mkdir()
    (house.parent / "vivek.md").write_text("notes of everyone")

    chosen = find_root(house / "shop", home=house, toplevel=lambda start: house)

    assert chosen == RootChoice(house / "shop", restricted=False)


@pytest.mark.parametrize("up", [0, 1, 2])
def test_the_home_folder_and_what_holds_it_are_restricted(house: Path, up: int) -> None:
    start = (house, *house.parents)[up]
    (start / ".vivek").mkdir()

    assert find_root(start, home=house, toplevel=lambda start: start) == RootChoice(start, restricted=True)


def test_the_top_of_the_disk_is_restricted(house: Path) -> None:
    assert find_root(Path("/"), home=house, toplevel=no_git) == RootChoice(Path("/"), restricted=True)


def test_links_are_resolved_before_the_home_folder_is_recognised(house: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(house)

    assert find_root(link, home=house, toplevel=no_git).restricted
    assert find_root(house, home=link, toplevel=no_git).restricted


def test_a_repository_that_does_not_hold_the_start_is_not_believed(house: Path) -> None:
    elsewhere = house / "other"

    assert find_root(house / "shop", home=house, toplevel=lambda start: elsewhere).root == house / "shop"


def test_a_mark_that_cannot_be_looked_at_does_not_count(house: Path) -> None:
    (house / "shop" / ".vivek").symlink_to(".vivek")
    too_long = house / "shop" / ("x" * 300)

    assert find_root(house / "shop", home=house, toplevel=no_git).root == house / "shop"
    assert find_root(too_long, home=house, toplevel=no_git).root == too_long
