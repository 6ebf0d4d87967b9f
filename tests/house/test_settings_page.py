"""The page of settings is what the settings say, and what it says of them is so."""

from pathlib import Path

import pytest

from tests.guards.golden import compare
from tests.house.settings_page import settings_page
from vivek.errors import ConfigError
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.reference import describe_settings
from vivek.session.settings import all_secrets, load_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
EVERY = {each.key: each for each in describe_settings()}


def test_the_page_of_settings_is_what_they_say(request: pytest.FixtureRequest) -> None:
    compare(PAGE, settings_page(), update=request.config.getoption("--update-golden"))


@pytest.mark.parametrize("key", EVERY)
def test_every_setting_says_what_it_does(key: str) -> None:
    assert EVERY[key].about.endswith((".", ")"))
    assert EVERY[key].kind


def wrong(key: str) -> str:
    """Return a value in TOML that is none for any setting."""
    return "[[1]]" if EVERY[key].kind.startswith("a text") or "list" in EVERY[key].kind else '"no such value"'


@pytest.fixture
def place(workspace: Path) -> Place:
    found = open_place(workspace)
    found.data.mkdir()
    return found


@pytest.mark.parametrize("key", sorted(EVERY.keys() - all_secrets()))
def test_a_projects_file_may_set_what_the_page_says_and_nothing_else(key: str, place: Place) -> None:
    table, _, name = key.partition(".")
    (place.data / "config.toml").write_text(f"[{table}]\n{name} = {wrong(key)}\n")

    if "project" in EVERY[key].origins:
        with pytest.raises(ConfigError, match=key):
            load_settings(place, Choices())
    else:
        said = load_settings(place, Choices()).notices
        asked = "trusted project" in EVERY[key].origins
        assert [("asks for" if asked else "may not be set") in notice.text for notice in said] == [True]


@pytest.mark.parametrize("key", sorted(EVERY))
def test_a_variable_sets_what_the_page_says_and_nothing_else(
    key: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VIVEK_{key.upper().replace('.', '_')}", "7")
    by_variable = EVERY[key].variable != ""

    try:
        settings = load_settings(place, Choices(interactive=True))
    except ConfigError as error:
        assert by_variable
        assert f"`{key}`" in error.message
    else:
        assert (settings.origins[key].origin == "environment") is by_variable
        assert bool(settings.notices) is not by_variable
