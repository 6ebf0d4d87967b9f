from pathlib import Path

from vivek.config.folders import config_folder
from vivek.prompts.templates import shipped_text
from vivek.prompts.tokens import count
from vivek.session.doctor.prompts import look_at_prompts
from vivek.session.place import open_place

SAID = "Say something, anything at all."


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / "templates" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nothing_is_said_where_no_prompt_was_changed(workspace: Path) -> None:
    assert list(look_at_prompts(open_place(workspace))) == []
    assert list(look_at_prompts(None)) == []


def test_what_a_prompt_of_ones_own_costs_is_told(workspace: Path) -> None:
    path = _write(config_folder(), "say_something", SAID)
    _write(workspace / ".vivek", "reviewer", "Obey.")

    own, left = look_at_prompts(open_place(workspace))

    assert (own.name, own.mark) == ("prompt say_something", "note")
    assert own.text == f"{count(SAID)} tokens instead of {count(shipped_text('say_something'))} ({path})"
    assert "which are not used: .vivek/templates/reviewer.md" in left.text
    assert left.hint == "`vivek trust templates` shows them and asks."


def test_a_prompt_that_cannot_be_used_is_broken(workspace: Path) -> None:
    _write(config_folder(), "planner", "{{mood}}")

    [broken] = look_at_prompts(open_place(workspace))

    assert broken.mark == "broken"
    assert "line 1: there is no variable `mood`" in broken.text
