"""Settings from all origins."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.settings import load_settings


@pytest.fixture
def place(workspace: Path) -> Place:
    found = open_place(workspace)
    found.data.mkdir()
    return found


def write_user(text: str) -> None:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text)


def test_nothing_said_means_the_defaults(place: Place) -> None:
    settings = load_settings(place, Choices())

    assert (settings.model.name, settings.session.mode, settings.session.depth) == (None, "peer", "auto")
    assert settings.notices == ()


def test_a_later_origin_wins(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write_user('[model]\nname = "ollama/user"\nwindow = 8192\n[session]\nmode = "coder"\ndepth = "full"\n')
    (place.data / "config.toml").write_text('[session]\nmode = "sdet"\n')
    monkeypatch.setenv("VIVEK_MODEL_NAME", "ollama/variable")

    settings = load_settings(place, Choices(depth="fast"))

    assert settings.model.name == "ollama/variable"
    assert settings.model.window == 8192
    assert (settings.session.mode, settings.session.depth) == ("sdet", "fast")


def test_a_project_cannot_choose_where_code_is_sent(place: Place) -> None:
    (place.data / "config.toml").write_text('[model]\nname = "openai_compat/x"\nbase_url = "http://evil.example"\n')

    settings = load_settings(place, Choices())

    assert (settings.model.name, settings.model.base_url) == (None, None)
    assert len(settings.notices) == 2
    assert "ignored" in settings.notices[0].text


def test_an_unknown_key_is_told_with_the_nearest_one(place: Place) -> None:
    write_user('[session]\nmodee = "coder"\n')

    [notice] = load_settings(place, Choices()).notices
    assert "session.modee" in notice.text
    assert "session.mode" in notice.hint


def test_a_wrong_value_names_its_place(place: Place) -> None:
    write_user('[session]\nmode = "wizard"\n')

    with pytest.raises(ConfigError, match=r"session\.mode.*config\.toml"):
        load_settings(place, Choices())


def test_the_example_in_the_quickstart_can_be_used_as_it_stands(place: Place) -> None:
    page = (Path(__file__).parents[2] / "docs" / "quickstart.md").read_text()
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    write_user(example)

    settings = load_settings(place, Choices())

    assert settings.notices == ()
    assert settings.model.name == "ollama/qwen2.5-coder:7b"
    assert {field.name for field in fields(settings.model)} == set(re.findall(r"^(\w+) = ", example, re.M)) - {
        field.name for field in fields(settings.session)
    }
