"""Keys in settings: never in a message, a traceback or a log line."""

import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest

from vivek.config.formats import load_toml
from vivek.config.layers import build_layer, environment_layer, merge
from vivek.config.redaction import MARK, redact, remember
from vivek.config.validation import build_spec, defaults_of, secrets_of
from vivek.errors import ConfigError
from vivek.schema.secret import Secret

KEY = "kq81-very-secret-0123456789"


@dataclass(frozen=True)
class Spec:
    name: str = "m"
    window: int = 1
    key: Secret | None = None


def load(text: str, path: Path) -> Spec:
    path.write_text(text)
    secret = secrets_of(Spec, "model")
    layers = (
        build_layer("user", load_toml(path), secret=secret),
        environment_layer(list(defaults_of(Spec, "model")), secret=secret),
    )
    return build_spec(Spec, "model", merge(defaults_of(Spec, "model"), layers))


def test_the_secrets_of_a_spec_are_known_by_their_type() -> None:
    assert secrets_of(Spec, "model") == {"model.key"}


def test_a_key_of_a_file_is_a_secret_that_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    spec = load(f'[model]\nname = "x"\nkey = "{KEY}"\n', path)
    assert spec.key is not None
    assert (spec.key.reveal(), spec.key.source) == (KEY, f"`model.key` ({path}:3)")
    assert KEY not in repr(spec)


def test_a_key_of_the_environment_is_a_secret_that_knows_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVEK_MODEL_KEY", KEY)
    spec = load("", tmp_path / "config.toml")
    assert spec.key is not None
    assert (spec.key.reveal(), spec.key.source) == (KEY, "`VIVEK_MODEL_KEY`")


def test_a_mistake_elsewhere_in_the_file_does_not_show_the_key(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigError, match=r"model\.window") as caught:
        load(f'[model]\nkey = "{KEY}"\nwindow = "wide"\n', path)

    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown.stack[:] = [frame for frame in shown.stack if frame.filename != __file__]
    assert KEY not in "".join(shown.format())


def test_a_key_of_the_wrong_type_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load("[model]\nkey = 8123456789\n", tmp_path / "config.toml")
    assert caught.value.message == f"`model.key` ({tmp_path}/config.toml:2:1) must be a text."


def test_a_key_that_is_remembered_is_taken_out_of_every_text() -> None:
    assert redact(f"it said {KEY} twice: {KEY}!") == f"it said {KEY} twice: {KEY}!"
    remember(Secret(f"Bearer {KEY}"))
    assert redact(f"it said {KEY} twice: {KEY}!") == f"it said {MARK} twice: {MARK}!"
    remember(Secret("short"))
    assert redact("a short word") == "a short word"
