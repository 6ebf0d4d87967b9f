"""`vivek doctor` as a user starts it."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.engine.forced import ForcedEngine


def test_without_a_model_everything_else_is_told_and_nothing_is_made(run: Run, workspace: Path, home: Path) -> None:
    before = sorted(home.rglob("*")) + sorted(workspace.rglob("*"))

    done = run("doctor")

    assert done.returncode == 4
    assert done.stderr == ""
    for topic in ("vivek", "machine", "folders", "project", "network", "servers", "model", "sandbox", "terminal"):
        assert f"\n{topic}\n" in f"\n{done.stdout}"
    assert "No model was found" in done.stdout
    # What was found of the sandbox is kept where things lie that can be made again.
    made = [path for path in sorted(home.rglob("*")) if home / "cache" not in (path, *path.parents)]
    assert made + sorted(workspace.rglob("*")) == before


@pytest.mark.engine
def test_with_a_model_all_is_well(run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]) -> None:
    done = run("doctor", *there, "--format", "json")

    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert found["version"] == 1
    marks = {(each["topic"], each["name"]): each["mark"] for each in found["findings"]}
    assert marks["model", "in use"] == marks["model", "window"] == "good"
    assert set(found["findings"][0]) == {"topic", "name", "mark", "text", "hint", "makes_faster"}


@pytest.mark.covers("F-H05")
def test_settings_that_cannot_be_read_are_told_with_their_place(run: Run, home: Path) -> None:
    done = run("doctor", env={"VIVEK_CONFIG_DIR": str(_broken(home))})

    assert done.returncode == 2
    assert "config.toml" in done.stdout
    assert "FAIL" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.covers("F-H08")
def test_a_state_folder_on_a_file_is_broken(run: Run, home: Path) -> None:
    (home / "state").write_text("a file")

    done = run("doctor", env={"VIVEK_STATE_DIR": str(home / "state")})

    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr


def test_it_runs_in_the_home_folder_too(run: Run, home: Path) -> None:
    done = run("doctor", cwd=home)

    assert done.returncode == 4
    assert "is no project" in done.stdout


@pytest.mark.covers("F-F11")
def test_it_runs_without_git(run: Run, tmp_path: Path) -> None:
    done = run("doctor", cwd=tmp_path, env={"PATH": str(tmp_path)})

    assert "`git` cannot be started" in done.stdout
    assert done.returncode == 4


def _broken(home: Path) -> Path:
    folder = home / "settings"
    folder.mkdir()
    (folder / "config.toml").write_text("[model\n")
    return folder
