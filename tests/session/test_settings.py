"""Settings from all origins."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.schema.request import Sampling
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
    (folder / "config.toml").chmod(0o600)


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
    write_user('[session]\ndepth = "wizard"\n')

    with pytest.raises(ConfigError, match=r"session\.depth.*config\.toml:2:1"):
        load_settings(place, Choices())


def test_the_example_in_the_documentation_can_be_used_as_it_stands(place: Place) -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    example = max(re.findall(r"```toml\n(.*?)```", page, re.DOTALL), key=len)
    write_user(example)

    settings = load_settings(place, Choices())

    assert settings.notices == ()
    assert settings.model.name == "ollama/qwen2.5-coder:7b"
    assert settings.model.window == 16_384
    tables = settings.model, settings.session, settings.sampling, settings.context, settings.index, settings.aids
    every = {field.name for spec in tables for field in fields(spec)}
    every |= {command.kind for command in settings.commands}
    assert set(re.findall(r"^(\w+) = ", example, re.M)) == every


@pytest.mark.parametrize(
    ("written", "tokens"), [('"8k"', 8_192), ('"32K"', 32_768), ("65536", 65_536), ('"4096"', 4_096)]
)
def test_a_window_is_written_as_people_say_it(written: str, tokens: int, place: Place) -> None:
    write_user(f"[model]\nwindow = {written}\n")

    assert load_settings(place, Choices()).model.window == tokens


def test_the_variable_and_the_option_of_the_window_are_heard(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_MODEL_WINDOW", "8k")

    assert load_settings(place, Choices()).model.window == 8_192
    assert load_settings(place, Choices(window=4_096)).model.window == 4_096


@pytest.mark.parametrize("written", ['"8 kilo"', '"-4k"', '"0"', "512", '"999999999k"', '"4.5k"', '""', "-1"])
def test_what_is_no_window_names_its_place(written: str, place: Place) -> None:
    write_user(f"[model]\nwindow = {written}\n")

    with pytest.raises(ConfigError, match=r"`model\.window` \(.*config\.toml.*no size of a window") as error:
        load_settings(place, Choices())
    assert "8k" in error.value.hint


def test_sampling_is_the_users_where_they_say_it(place: Place) -> None:
    write_user("[sampling]\ntemperature = 0\ntop_k = 20\nseed = 7\n")

    assert load_settings(place, Choices()).sampling == Sampling(temperature=0.0, top_k=20, seed=7)


@pytest.mark.parametrize(
    "line", ["temperature = 2.5", "top_p = 1.1", "top_k = -1", "repeat_penalty = 0.1", "seed = -1", "temperature = nan"]
)
def test_sampling_that_no_server_takes_names_its_place(line: str, place: Place) -> None:
    write_user(f"[sampling]\n{line}\n")

    with pytest.raises(ConfigError, match=rf"`sampling\.{line.partition(' ')[0]}` \(.*config\.toml.*between"):
        load_settings(place, Choices())


def test_a_model_that_is_named_later_is_for_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write_user('[model]\nname = "ollama/a"\nplanner = "ollama/p"\nexecutor = "ollama/e"\n')
    assert load_settings(place, Choices()).model.planner == "ollama/p"
    named = load_settings(place, Choices(model="ollama/b", planner="ollama/q")).model
    monkeypatch.setenv("VIVEK_MODEL_EXECUTOR", "ollama/v")
    variable = load_settings(place, Choices()).model

    assert (named.name, named.planner, named.executor) == ("ollama/b", "ollama/q", None)
    assert (variable.name, variable.planner, variable.executor) == ("ollama/a", "ollama/p", "ollama/v")


def test_each_node_can_have_its_model_and_a_list_stands_by(place: Place) -> None:
    write_user('[model]\nplanner = "ollama/small"\nfallbacks = ["llamacpp/default", "ollama/b"]\nthink = false\n')

    model = load_settings(place, Choices(executor="ollama/big")).model

    assert (model.planner, model.executor, model.reviewer) == ("ollama/small", "ollama/big", None)
    assert model.fallbacks == ("llamacpp/default", "ollama/b")
    assert model.think is False
