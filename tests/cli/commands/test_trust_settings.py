"""`vivek trust settings`: the models that a project asks for, shown and then used."""

from pathlib import Path

import pytest

from tests.cli.conftest import Vivek


@pytest.fixture
def page(workspace: Path) -> Path:
    path = workspace / "vivek.md"
    path.write_text("---\nmodel: ollama/theirs:7b\nmode: coder\n---\n")
    return path


def test_it_shows_what_a_project_asks_for_and_uses_it_from_then_on(vivek: Vivek, page: Path) -> None:
    assert vivek("config", "get", "model.name")[1] == "\n"

    code, out, err = vivek("trust", "settings", "--yes")

    assert (code, err) == (0, "")
    assert out == "vivek.md: model.name = ollama/theirs:7b\nused from now on: vivek.md\n"
    assert vivek("config", "get", "model.name")[1] == "ollama/theirs:7b\n"
    assert "  always use the settings of vivek.md\n" in vivek("trust", "list")[1]
    assert "asks for no settings that need your trust, or all of them are used" in vivek("trust", "settings")[1]


def test_without_somebody_to_ask_nothing_is_trusted(vivek: Vivek, page: Path) -> None:
    code, out, err = vivek("trust", "settings")

    assert code == 2
    assert out == "vivek.md: model.name = ollama/theirs:7b\n"
    assert "vivek trust settings --yes" in err
    assert vivek("trust", "list")[1] == "Nothing is trusted anywhere.\n"


def test_what_is_forgotten_is_not_used_any_more(vivek: Vivek, page: Path) -> None:
    vivek("trust", "settings", "--yes")

    assert vivek("trust", "forget")[0] == 0

    assert vivek("config", "get", "model.name")[1] == "\n"


def test_an_address_cannot_be_trusted(vivek: Vivek, page: Path) -> None:
    page.write_text("---\nmodel: ollama/theirs:7b@http://models.example\n---\n")

    assert "asks for no settings" in vivek("trust", "settings", "--yes")[1]
    assert "may not be set" in vivek("config", "show")[2]
