import re
from importlib.resources import files
from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.prompts.templates import SHIPPED, shipped_text, template_names

render = SHIPPED.render
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


def test_an_own_text_stands_in_for_the_one_that_ships() -> None:
    own = SHIPPED.with_own("planner", "Plan in {{mode}}.\r\nOne of: {{modes}}\n", "planner.md")

    assert own.render("planner", mode="peer", modes="all") == "Plan in peer.\nOne of: all"
    assert own.render("reviewer") == render("reviewer")
    assert "Plan in" not in render("planner", mode="peer", modes="all")


@pytest.mark.parametrize(
    ("text", "line", "variable"),
    [
        ("{{mode}}\n{{modes}}\nand {{mood}}\n", 3, "mood"),
        ("{{mode}}\n{{modes}}\nand {{ mode }}\n", 3, "{{ mode }}"),
        ("{{mode}}{{modes}} {{\n", 1, "{{"),
        ("{{}} {{mode}} {{modes}}", 1, "{{}}"),
        ("{{modes}}\n\nPlan.\n\n", 3, "mode"),
        ("", 1, "mode"),
    ],
)
def test_an_own_text_with_an_unknown_or_a_missing_variable_is_refused_with_its_line(
    text: str, line: int, variable: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        SHIPPED.with_own("planner", text, "/home/t/planner.md")

    assert caught.value.message.startswith(f"/home/t/planner.md, line {line}: ")
    assert f"`{variable}`" in caught.value.message
    assert "`{{mode}}`, `{{modes}}`" in caught.value.hint


def test_an_own_text_that_says_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"reviewer\.md, line 1: the template is empty"):
        SHIPPED.with_own("reviewer", " \n", "reviewer.md")


def test_every_template_that_ships_could_be_a_users_own() -> None:
    assert set(template_names()) == set(NAMES)
    for name in template_names():
        assert SHIPPED.with_own(name, shipped_text(name), "x.md").own[name] == shipped_text(name)
