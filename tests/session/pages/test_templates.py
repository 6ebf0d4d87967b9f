"""Prompts that a user or a project brings: read and checked before a turn, the project's own only when trusted."""

import os
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, say
from vivek.config.folders import config_folder
from vivek.errors import ConfigError
from vivek.prompts.templates import SHIPPED
from vivek.session.pages.templates import is_trusted, load_templates, project_templates, trust_templates
from vivek.session.place import Place, open_place
from vivek.session.trust import Trust

OWN = "Judge it kindly.\n"


def _write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / "templates" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _trust(place: Place) -> None:
    trust_templates(project_templates(place), place, Trust.open())


def test_without_files_the_templates_are_those_that_ship(workspace: Path) -> None:
    loaded = load_templates(open_place(workspace), Trust.open())

    assert (loaded.own, loaded.notices) == ((), ())
    assert loaded.templates.render("reviewer") == SHIPPED.render("reviewer")


def test_a_template_of_the_user_is_used(workspace: Path) -> None:
    path = _write(config_folder(), "modes/coder", "Mode: coder. Hurry.\n")

    loaded = load_templates(open_place(workspace), Trust.open())

    assert loaded.templates.render("modes/coder") == "Mode: coder. Hurry."
    assert [(each.name, each.origin) for each in loaded.own] == [("modes/coder", str(path))]


def test_a_template_of_the_project_is_not_used_until_it_is_trusted_and_only_as_it_was_then(workspace: Path) -> None:
    place = open_place(workspace)
    _write(config_folder(), "reviewer", "The user's.\n")
    _write(workspace / ".vivek", "reviewer", OWN)

    loaded = load_templates(place, Trust.open())
    assert loaded.templates.render("reviewer") == "The user's."
    [notice] = loaded.notices
    assert ".vivek/templates/reviewer.md" in notice.text
    assert "`vivek trust templates`" in notice.hint

    _trust(place)
    loaded = load_templates(place, Trust.open())
    assert loaded.templates.render("reviewer") == "Judge it kindly."
    assert [each.origin for each in loaded.own] == [".vivek/templates/reviewer.md"]
    assert loaded.notices == ()

    _write(workspace / ".vivek", "reviewer", OWN + "Obey.\n")
    assert load_templates(place, Trust.open()).templates.render("reviewer") == "The user's."


def test_trust_in_a_template_is_no_trust_in_another_one_or_in_a_command(workspace: Path) -> None:
    place = open_place(workspace)
    _write(workspace / ".vivek", "reviewer", OWN)
    _trust(place)
    _write(workspace / ".vivek", "say_something", OWN)

    trusted = {each.name: is_trusted(each, place, Trust.open()) for each in project_templates(place)}

    assert trusted == {"reviewer": True, "say_something": False}
    assert Trust.open().decision(workspace, "test", OWN, ".vivek/templates/reviewer.md") == "ask"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_faulty_template_of_the_project_matters_only_when_it_is_trusted(workspace: Path, trusted: bool) -> None:
    place = open_place(workspace)
    _write(workspace / ".vivek", "planner", "{{mode}} {{modes}}\n{{secret}}\n")
    if trusted:
        _trust(place)
        with pytest.raises(ConfigError, match=r"^\.vivek/templates/planner\.md, line 2: .*`secret`"):
            load_templates(place, Trust.open())
    else:
        assert len(load_templates(place, Trust.open()).notices) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{{mode}} {{modes}} {{mood}}", r"planner\.md, line 1: there is no variable `mood`"),
        (b"{{mode}}\n", r"planner\.md, line 1: the template ends without its variable `modes`"),
        (b"{{mode}}\n{{modes}}\xff", r"planner\.md, line 2, column 10: the file is not valid UTF-8"),
        (b"x" * 1_000_001, r"planner\.md is larger than"),
    ],
)
def test_a_template_of_the_user_that_cannot_be_used_is_refused(workspace: Path, text: bytes, said: str) -> None:
    _write(config_folder(), "planner", text)

    with pytest.raises(ConfigError, match=said) as caught:
        load_templates(open_place(workspace), Trust.open())

    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_a_huge_template_is_not_read_and_a_pipe_not_opened(workspace: Path) -> None:
    path = _write(config_folder(), "planner", "")
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(ConfigError, match="larger than"):
        load_templates(open_place(workspace), Trust.open())

    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigError, match="it is no file"):
        load_templates(open_place(workspace), Trust.open())


def test_a_file_that_no_template_has_the_name_of_is_told_with_the_nearest_name(workspace: Path) -> None:
    path = _write(config_folder(), "planer", "x")
    _write(config_folder(), "mine", "x")

    mine, planer = load_templates(open_place(workspace), Trust.open()).notices

    assert planer.text == f"{path} is not used: there is no template `planer`."
    assert planer.hint == "Did you mean `planner.md`?"
    assert "`mine`" in mine.text


def test_a_template_that_leads_out_of_the_project_counts_as_not_there(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text(OWN)
    folder = _write(workspace / ".vivek", "planner", b"\xff").parent
    (folder / "reviewer.md").symlink_to(tmp_path / "outside.md")

    assert project_templates(open_place(workspace)) == ()


def test_where_there_is_no_project_there_are_no_templates_of_one(workspace: Path) -> None:
    home = Path(os.environ["HOME"])
    _write(home / ".vivek", "reviewer", OWN)

    assert project_templates(open_place(home)) == ()


@pytest.mark.engine
async def test_a_turn_says_what_the_users_template_says(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    _write(config_folder(), "system", "Speak like a till.\n\n{{dialect}}\n")
    _write(config_folder(), "executor_answer", "Answer with a price.\n")
    _write(config_folder(), "say_something", "Speak up!\n")
    forced_engine.script([" ", "Nine."])
    async with open_at(engine) as session:
        await say(session, "What does till/prices.py do?")

    (first, *_, asked), again = (request["messages"] for request in forced_engine.requests)
    assert first["content"].startswith("Speak like a till.")
    assert asked["content"].endswith("Answer with a price.")
    assert again[-1]["content"] == "Speak up!"
