"""Profiles: tables of their own in a file of settings."""

from pathlib import Path

import pytest

from vivek.config.formats import parse_toml
from vivek.config.profiles import check_profile, split_profiles
from vivek.errors import ConfigError


def test_a_profile_has_the_keys_of_its_table_and_the_rest_has_the_others() -> None:
    text = '[session]\nmode = "peer"\n[profiles.ci.session]\nmode = "coder"\n[profiles.ci.model]\nthink = false\n'

    usual, profiles = split_profiles(parse_toml(text, Path("config.toml")))

    assert {key: entry.value for key, entry in usual.items()} == {"session.mode": "peer"}
    assert {key: (entry.value, entry.place) for key, entry in profiles["ci"].items()} == {
        "session.mode": ("coder", "config.toml:4"),
        "model.think": (False, "config.toml:6"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[profiles]\nci = 1\n", r"`profiles\.ci` \(config\.toml:2\) must be a table"),
        ("profiles = 1\n", r"`profiles` \(config\.toml:1\) must be a table"),
        ('[profiles."a b".x]\ny = 1\n', "`a b` .* is no name of a profile"),
    ],
)
def test_what_is_no_profile_names_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        split_profiles(parse_toml(text, Path("config.toml")))


@pytest.mark.parametrize(
    ("known", "hint"), [(["ci", "laptop"], "Did you mean `laptop`?"), (["x"], "There are: x."), ([], "[profiles.lptop")]
)
def test_an_unknown_profile_names_the_nearest_one(known: list[str], hint: str) -> None:
    with pytest.raises(ConfigError, match=r"There is no profile `lptop` \(--profile\)") as caught:
        check_profile("lptop", known, "--profile")

    assert hint in (caught.value.hint or "")
