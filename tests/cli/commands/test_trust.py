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
