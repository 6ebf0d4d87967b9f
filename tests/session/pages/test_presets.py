"""What a mode brings along: a model and a window, which count where the command line names none."""

from dataclasses import replace

import pytest

from vivek.errors import ConfigError
from vivek.prompts.modes import Modes
from vivek.schema.modes import Mode
from vivek.schema.secret import Secret
from vivek.schema.settings import Setting
from vivek.session.options import Choices
from vivek.session.pages.presets import preset
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice, SessionSpec

DEEP = Mode("deep", "thinks", model="ollama/deep:7b", window=8_192, text="Think.", origin="modes/deep.md")


def settled(mode: Mode = DEEP, choices: Choices | None = None, **model: object) -> Settings:
    named = replace(ModelChoice(), **model)  # type: ignore[arg-type]  # names are checked by the class
    settings = Settings(model=named, session=SessionSpec(mode="deep"))
    return preset(settings, Modes({"deep": mode}), choices or Choices())


def test_the_model_and_the_window_of_a_mode_count() -> None:
    model = settled(name="ollama/small:1b", executor="ollama/other:1b", base_url="http://127.0.0.1:5").model

    assert (model.name, model.window, model.executor) == ("ollama/deep:7b", 8_192, None)
    assert model.base_url == "http://127.0.0.1:5", "another model of the same server"


def test_the_address_of_another_server_is_not_asked_for_a_modes_model() -> None:
    assert settled(name="llamacpp/default", base_url="http://127.0.0.1:5").model.base_url is None


def test_a_key_that_was_entered_for_no_address_stays_with_its_server() -> None:
    key, bound = Secret("k"), Secret("k", entered_for="https://api.example.org")

    assert settled(name="ollama/a:1b", api_key=key).model.api_key is key
    assert settled(name="openai/a", api_key=key).model.api_key is None
    assert settled(name="openai/a", api_key=bound).model.api_key is bound, "it is sent to that address alone"


def test_the_command_line_wins_over_a_mode() -> None:
    chosen = settled(choices=Choices(model="ollama/mine:7b", window=16_384), name="ollama/mine:7b", window=16_384).model

    assert (chosen.name, chosen.window) == ("ollama/mine:7b", 16_384)
    assert settled(choices=Choices(executor="ollama/mine:7b"), name="ollama/a:1b").model.name == "ollama/a:1b"


def test_a_mode_that_there_is_not_is_told_with_the_file_that_names_it() -> None:
    said = Setting("session.mode", "depe", "project", ".vivek/config.toml:2", 1)
    settings = Settings(model=ModelChoice(), session=SessionSpec(mode="depe"), origins={"session.mode": said})

    with pytest.raises(ConfigError, match=r"^\.vivek/config\.toml:2: There is no mode `depe`") as caught:
        preset(settings, Modes({"deep": DEEP}), Choices())
    assert "Did you mean `deep`?" in caught.value.hint
    with pytest.raises(ConfigError, match=r"^There is no mode"):
        preset(replace(settings, origins={}), Modes({"deep": DEEP}), Choices())


def test_a_model_that_cannot_be_is_told_with_the_page_that_names_it() -> None:
    with pytest.raises(ConfigError, match=r"modes/deep\.md"):
        settled(replace(DEEP, model="nowhere/x"))
