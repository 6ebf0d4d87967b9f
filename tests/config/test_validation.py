from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from vivek.config.layers import merge
from vivek.config.validation import build_spec, defaults_of, unknown_keys
from vivek.errors import ConfigError
from vivek.schema.settings import Origin, Setting


@dataclass(frozen=True, slots=True)
class ChatSpec:
    """Settings to try things with."""

    mode: Literal["peer", "coder"] = "peer"
    limit: int = 8
    patience: float = 1.5
    stream: bool = True
    title: str = ""
    folder: Path | None = None
    skip: tuple[str, ...] = field(default_factory=lambda: ("a",))
    window: int | None = None


def build(origin: Origin, **values: object) -> ChatSpec:
    settings = {
        f"chat.{key}": Setting(f"chat.{key}", value, origin, "config.toml:3", untyped=origin == "environment")
        for key, value in values.items()
    }
    return build_spec(ChatSpec, "chat", settings)


def test_a_spec_is_made_of_its_own_defaults() -> None:
    defaults = defaults_of(ChatSpec, "chat")

    assert defaults["chat.mode"] == "peer"
    assert defaults["chat.skip"] == ("a",)
    assert build_spec(ChatSpec, "chat", merge(defaults)) == ChatSpec()


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("mode", "coder", "coder"),
        ("limit", 3, 3),
        ("patience", 2, 2.0),
        ("stream", False, False),
        ("skip", ["x", "y"], ("x", "y")),
        ("folder", "~x/y", Path("~x/y")),
        ("window", 4096, 4096),
        ("window", None, None),
    ],
)
def test_a_value_of_the_right_type_is_taken(key: str, value: object, read: object) -> None:
    assert getattr(build("user", **{key: value}), key) == read


def test_a_path_may_begin_at_the_home_folder(home: Path) -> None:
    assert build("user", folder="~/x").folder == home / "x"


@pytest.mark.parametrize(
    ("key", "text", "read"),
    [
        ("mode", "coder", "coder"),
        ("limit", "3", 3),
        ("patience", "0.5", 0.5),
        ("stream", "No", False),
        ("stream", "1", True),
        ("skip", "x, y,", ("x", "y")),
        ("title", "12", "12"),
        ("window", "4096", 4096),
        ("folder", "/x", Path("/x")),
    ],
)
def test_a_text_of_the_environment_is_read_as_the_type_of_its_setting(key: str, text: str, read: object) -> None:
    assert getattr(build("environment", **{key: text}), key) == read


@pytest.mark.parametrize(
    ("origin", "key", "value", "wanted"),
    [
        ("user", "mode", "poet", "one of `peer`, `coder`"),
        ("user", "limit", "3", "a whole number"),
        ("user", "limit", True, "a whole number"),
        ("user", "limit", 3.0, "a whole number"),
        ("user", "patience", "long", "a number"),
        ("user", "stream", 1, "true or false"),
        ("user", "title", 5, "a text"),
        ("user", "skip", "x", "a list"),
        ("user", "skip", [1], "a list"),
        ("user", "folder", 1, "a path"),
        ("project", "window", "wide", "a whole number"),
        ("environment", "limit", "many", "a whole number"),
        ("environment", "stream", "maybe", "true or false"),
        ("flag", "mode", 1, "one of `peer`, `coder`"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_with_its_place(
    origin: Origin, key: str, value: object, wanted: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        build(origin, **{key: value})

    assert caught.value.message == f"`chat.{key}` (config.toml:3) must be {wanted}, not {value!r}."


def test_a_key_that_nothing_knows_is_told_with_the_nearest_that_exists() -> None:
    settings = {key: Setting(key, 1, "flag") for key in ("chat.mode", "chat.mood", "__class__")}

    notices = unknown_keys(settings, defaults_of(ChatSpec, "chat"))

    assert [(notice.text, notice.hint) for notice in notices] == [
        ("There is no setting `chat.mood` (flag); it is ignored.", "Did you mean `chat.mode`?"),
        ("There is no setting `__class__` (flag); it is ignored.", ""),
    ]
