import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek.session.trust import Trust


@pytest.fixture
def trusted(workspace: Path) -> Path:
    trust = Trust.open()
    trust.remember(workspace, "test", ["pytest"], "pyproject.toml", "always")
    trust.remember(workspace, "lint", ["make", "lint"], "Makefile", "never")
    trust.allow(workspace, "git commit")
    return workspace


def test_an_empty_list_says_so(vivek: Vivek) -> None:
    assert vivek("trust", "list")[1] == "Nothing is trusted anywhere.\n"


def test_the_list_names_folders_kinds_and_sources(vivek: Vivek, trusted: Path) -> None:
    assert vivek("trust", "list")[1] == (
        f"{trusted}\n"
        "  always run the test command of pyproject.toml\n"
        "  never run the lint command of Makefile\n"
        "  always run `git commit`\n"
    )
    assert json.loads(vivek("trust", "list", "--format", "json")[1]) == {
        "version": 1,
        "folders": [
            {
                "folder": str(trusted),
                "commands": [
                    {"kind": "test", "source": "pyproject.toml", "answer": "always"},
                    {"kind": "lint", "source": "Makefile", "answer": "never"},
                ],
                "allowed": ["git commit"],
            }
        ],
    }


@pytest.mark.parametrize("named", [True, False])
def test_a_folder_is_forgotten_once(named: bool, vivek: Vivek, trusted: Path) -> None:
    arguments = ("trust", "forget", *([str(trusted)] if named else []))

    first, second = vivek(*arguments), vivek(*arguments)

    assert first == (0, f"forgotten: {trusted}\n", "")
    assert second[:2] == (1, "")
    assert f"Nothing was answered for {trusted}." in " ".join(second[2].split())
    assert Trust.open().folders == {}


def test_a_damaged_file_is_told(vivek: Vivek, trusted: Path) -> None:
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "trust.toml"
    file.write_text("[[folder")

    _, out, err = vivek("trust", "list")

    assert "nothing is trusted" in " ".join(err.split())
    assert out == "Nothing is trusted anywhere.\n"


def _brought(workspace: Path, text: str = "Be kind.\x1b[2J\n") -> None:
    folder = workspace / ".vivek" / "templates"
    folder.mkdir(parents=True)
    (folder / "reviewer.md").write_text(text)


def test_the_prompts_of_a_project_are_shown_and_used_once_that_is_said(vivek: Vivek, workspace: Path) -> None:
    _brought(workspace)

    shown = vivek("trust", "templates")
    assert shown[0] == 2
    assert shown[1] == ".vivek/templates/reviewer.md, instead of the prompt `reviewer`:\n\nBe kind.\\x1b[2J\n\n\n"
    assert "vivek trust templates --yes" in shown[2]
    assert Trust.open().folders == {}

    assert vivek("trust", "templates", "--yes")[0] == 0
    assert vivek("trust", "templates") == (0, "All prompts that this project brings are used.\n", "")
    assert "  always use the prompt .vivek/templates/reviewer.md\n" in vivek("trust", "list")[1]


def test_the_rules_of_a_project_are_shown_and_used_once_that_is_said(vivek: Vivek, workspace: Path) -> None:
    (workspace / ".vivek/rules").mkdir(parents=True)
    (workspace / ".vivek/rules/money.md").write_text("Money is an int.\n")

    assert vivek("trust", "templates")[1] == ".vivek/rules/money.md, the rule `money`:\n\nMoney is an int.\n\n\n"
    assert vivek("trust", "templates", "--yes")[0] == 0
    assert "  always use the rule .vivek/rules/money.md\n" in vivek("trust", "list")[1]


def test_a_faulty_prompt_of_a_project_is_not_trusted(vivek: Vivek, workspace: Path) -> None:
    _brought(workspace, "Be {{kind}}.\n")

    code, _, err = vivek("trust", "templates", "--yes")

    assert code == 2
    assert "there is no variable `kind`" in err
    assert Trust.open().folders == {}


def test_a_project_without_prompts_says_so(vivek: Vivek) -> None:
    assert vivek("trust", "templates") == (0, "This project brings no prompts.\n", "")


def test_a_prompt_with_an_unknown_variable_ends_vivek_before_a_turn_begins(vivek: Vivek) -> None:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek" / "templates" / "planner.md"
    path.parent.mkdir(parents=True)
    path.write_text("Plan.\n{{mood}}\n")

    code, out, err = vivek("ask", "Rename it.")

    assert (code, out) == (2, "")
    assert f"{path}, line 2: there is no variable `mood` in this template." in " ".join(err.split())


def test_the_commands_of_a_project_are_shown_and_trusted_as_they_are(vivek: Vivek, workspace: Path) -> None:
    (workspace / "Makefile").write_text("lint:\n\ttrue\n")

    refused = vivek("trust", "commands")
    taken = vivek("trust", "commands", "--yes")
    again = vivek("trust", "commands")
    (workspace / "Makefile").write_text("lint:\n\tfalse\n")
    changed = vivek("trust", "commands")

    assert refused[0] == 2
    assert "vivek trust commands --yes" in refused[2]
    assert "Makefile: make lint\n" in taken[1]
    assert "may run from now on: " in taken[1]
    assert again == (0, "This project names no tests or linters that you did not decide on.\n", "")
    assert changed[1] == "Makefile: make lint\n"
