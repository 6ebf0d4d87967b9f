"""Where keys are kept: a file that others can read is told, and the system's keyring can hold them."""

import importlib.util
import os
from pathlib import Path

import pytest

from vivek.config.redaction import redact
from vivek.errors import ConfigError
from vivek.schema.secret import Secret
from vivek.session.keyring import from_keyring
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import load_settings

KEY = "kr47-very-secret-0123456789"


def write_user(text: str, mode: int) -> Path:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.covers("K08")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_in_a_file_that_others_can_read_is_told(mode: int, workspace: Path) -> None:
    path = write_user(f'[model]\napi_key = "{KEY}"\n', mode)

    [notice] = load_settings(open_place(workspace), Choices()).notices

    assert notice.text == f"{path} holds a key, and others on this machine can read it."
    assert f"chmod 600 {path}" in notice.hint
    assert "keyring" in notice.hint


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        (f'[model]\napi_key = "{KEY}"\n', 0o600),
        ('[model]\nname = "ollama/x"\n', 0o644),
        ("[model]\napi_key = ''\n", 0o644),
    ],
)
def test_otherwise_nothing_is_told(text: str, mode: int, workspace: Path) -> None:
    write_user(text, mode)

    assert load_settings(open_place(workspace), Choices()).notices == ()


@pytest.mark.covers("K01")
def test_a_key_of_the_settings_is_taken_out_of_texts_before_it_is_used(workspace: Path) -> None:
    key = "ks52 plain words that no pattern knows".replace(" ", "-")
    write_user(f'[model]\napi_key = "{key}"\n', 0o600)
    load_settings(open_place(workspace), Choices())

    assert key not in redact(f"said {key}")


def test_a_setting_can_name_a_key_of_the_keyring() -> None:
    held = {("vivek", "work"): KEY}
    named = Secret("keyring:work", source="`model.api_key` (config.toml:2)", entered_for="openai")

    key = from_keyring(named, lambda service, name: held.get((service, name)))

    assert (key.reveal(), key.source, key.entered_for) == (KEY, named.source, "openai")
    plain = Secret(KEY)
    assert from_keyring(plain, lambda service, name: "another") is plain


def test_a_key_that_the_keyring_does_not_hold_is_told_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"holds no key `work`, which `model\.api_key`") as error:
        from_keyring(Secret("keyring:work", source="`model.api_key` (config.toml:2)"), lambda service, name: None)

    assert error.value.hint == "Run `keyring set vivek work`."


@pytest.mark.skipif(importlib.util.find_spec("keyring") is not None, reason="the package for keyrings is installed")
def test_without_the_package_its_extra_is_named(workspace: Path) -> None:
    write_user('[model]\napi_key = "keyring:work"\n', 0o644)

    with pytest.raises(ConfigError, match="is not installed") as error:
        load_settings(open_place(workspace), Choices())
    assert "vivek[keyring]" in error.value.hint
