import re
from importlib.resources import files
from pathlib import Path

import pytest

from vivek.prompts.templates import render

FOLDER = Path(str(files("vivek.prompts") / "templates"))
NAMES = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.md"))


def _places(name: str) -> set[str]:
    return set(re.findall(r"\{\{(.*?)\}\}", (FOLDER / f"{name}.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_every_template_renders_with_its_own_places_and_nothing_left_open(name: str) -> None:
    values = {place: f"<{place}>" for place in _places(name)}

    text = render(name, **values)

    assert text == text.strip("\n") != ""
    assert "{{" not in text
    assert all(value in text for value in values.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_template_refuses_a_value_it_has_no_place_for(name: str) -> None:
    values = dict.fromkeys(_places(name), "x")

    with pytest.raises(ValueError, match=r"no place for \['extra'\]"):
        render(name, **values, extra="x")


@pytest.mark.parametrize("name", [name for name in NAMES if _places(name)])
def test_every_template_refuses_to_leave_a_place_empty(name: str) -> None:
    with pytest.raises(ValueError, match=f"`{name}`: no value for"):
        render(name)


def test_a_value_is_never_read_as_a_place() -> None:
    assert "{{modes}} and \\1" in render("planner", mode="{{modes}} and \\1", modes="all of them")


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        render("novelist")
