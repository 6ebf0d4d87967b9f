"""`vivek init`: a first page out of what the files say; it overwrites nothing and says nothing untrue."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import load_settings


@pytest.fixture(autouse=True)
def _nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for no model of this machine: which there are is not this test's affair."""
    monkeypatch.setenv("OLLAMA_HOST", "http://models.example:11434")


def test_the_page_says_what_the_files_say(vivek: Vivek, workspace: Path) -> None:
    (workspace / "pyproject.toml").write_text("[tool.pytest.ini_options]\n[tool.ruff]\n")

    code, out, err = vivek("init", "--yes")

    page = (workspace / "vivek.md").read_text()
    assert (code, out) == (0, "")
    assert f"written: {workspace}/vivek.md" in err
    assert "languages: [python]\n" in page
    assert "# test: python3 -m pytest -q  # found in pyproject.toml" in page
    assert "- lint: `python3 -m ruff check .`" in page
    assert "- `till/`: " in page
    settings = load_settings(open_place(workspace), Choices())
    assert (settings.notices, settings.project.languages, settings.commands) == ((), ("python",), ())


def test_a_page_that_is_there_stays_and_the_new_one_is_printed(vivek: Vivek, workspace: Path) -> None:
    (workspace / "vivek.md").write_text("mine\n")

    code, out, err = vivek("init", "--yes")

    assert (code, (workspace / "vivek.md").read_text()) == (1, "mine\n")
    assert out.startswith("---\n")
    assert "There is a `vivek.md` already; it is left as it is." in err


def test_a_link_to_nowhere_is_something_of_that_name_too(vivek: Vivek, workspace: Path) -> None:
    (workspace / "vivek.md").symlink_to("nowhere.md")

    code, _, err = vivek("init", "--yes")

    assert code == 1
    assert "There is a `vivek.md` already" in err
    assert not (workspace / "nowhere.md").exists()


def test_printing_writes_nothing(vivek: Vivek, workspace: Path) -> None:
    code, out, _ = vivek("init", "--print")
    told = json.loads(vivek("init", "--print", "--format", "json")[1])

    assert (code, (workspace / "vivek.md").exists()) == (0, False)
    assert (told["page"], told["written"], told["languages"]) == (out, False, ["python"])
    assert told["version"] == 1


def test_no_other_machine_is_asked_for_models(vivek: Vivek) -> None:
    _, _, err = vivek("init", "--print")

    assert "OLLAMA_HOST is another machine, so no models are looked for." in err


def test_home_and_the_root_of_all_are_no_project(vivek: Vivek, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (home, Path("/")):
        monkeypatch.chdir(folder)
        code, out, err = vivek("init", "--yes")
        assert (code, out) == (1, "")
        assert "is no project" in err
    assert not (home / "vivek.md").exists()


def test_an_empty_project_gets_a_page_that_claims_nothing(
    vivek: Vivek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)

    assert vivek("init", "--yes")[0] == 0
    text = (folder / "vivek.md").read_text()
    assert "languages" not in text
    assert text.endswith("---\n# empty\n")


def test_what_was_measured_joins_the_page_and_no_command_counts_as_run(vivek: Vivek, workspace: Path) -> None:
    (workspace / "pyproject.toml").write_text('[project.scripts]\ntill = "till.report:total"\n[tool.ruff]\n')

    code, page, err = vivek("init", "--print", "--analyze")

    assert (code, "runs: " in err) == (0, False)
    assert "## Where it starts\n\n- `till` (pyproject.toml)\n" in page
    assert "- `till/report.py`; needs `till/prices.py`\n- `till/__init__.py`\n- `till/prices.py`\n" in page
    assert "- lint: `python3 -m ruff check .` (not run)\n" in page
    assert "- There is no cycle of imports.\n" in page


def test_commands_that_would_have_to_be_asked_for_are_not_run_where_nobody_answers(
    vivek: Vivek, workspace: Path
) -> None:
    (workspace / "Makefile").write_text("test:\n\ttouch made\n")

    code, out, err = vivek("init", "--print", "--run", "--format", "json")

    (told,) = json.loads(out)["commands"]
    assert (code, "runs: " in err, (workspace / "made").exists()) == (0, False, False)
    assert told["outcome"].startswith("not run: ")
    assert f"- test: `make test` ({told['outcome']})" in json.loads(out)["page"]
