"""`/test` and `/lint`: the project's own commands, run apart for the user."""

import shutil
from pathlib import Path

import pytest

from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.slash.registry import run_slash
from vivek.errors import ToolDeniedError, WorkspaceError
from vivek.session.options import Choices
from vivek.session.place import Place

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


def desk_in(root: Path, **choices: object) -> FakeDesk:
    return FakeDesk(place=Place(root, root / ".vivek", restricted=False), choices=Choices(**choices))  # type: ignore[arg-type] # as given


def name_commands(root: Path, text: str) -> None:
    (root / ".vivek").mkdir(exist_ok=True)
    (root / ".vivek" / "config.toml").write_text(f"[project]\n{text}\n")


@needs_sandbox
async def test_the_projects_tests_run_apart_and_say_how_they_ended(workspace: Path) -> None:
    name_commands(workspace, 'test = "echo x > made; echo 3 passed; exit 2"')
    desk = desk_in(workspace)

    await run_slash(desk, "/test")

    assert desk.told[0].startswith("$ sh -c ")
    assert desk.told[1] == "3 passed\nexit 2"
    assert not (workspace / "made").exists()


@needs_sandbox
async def test_the_linter_runs_the_same_way(workspace: Path) -> None:
    name_commands(workspace, "lint = 'printf \"cl\\033[8mean\"'")
    desk = desk_in(workspace)

    await run_slash(desk, "/lint")

    assert desk.told[1] == "clean\nexit 0"
    assert "\x1b" not in "".join(desk.told)


async def test_a_project_without_such_a_command_is_told_how_to_name_one(workspace: Path) -> None:
    with pytest.raises(WorkspaceError, match="no command to lint") as refused:
        await run_slash(desk_in(workspace), "/lint")
    assert refused.value.hint == "Set `project.lint` in .vivek/config.toml, such as `ruff check`."


async def test_without_a_sandbox_the_projects_command_is_not_run_unseen(workspace: Path) -> None:
    name_commands(workspace, 'test = "touch made"')

    with pytest.raises(ToolDeniedError, match="without a sandbox"):
        await run_slash(desk_in(workspace, sandbox="off"), "/test")
    assert not (workspace / "made").exists()


@pytest.mark.covers("C31")
async def test_a_project_cannot_name_a_catastrophe(workspace: Path) -> None:
    name_commands(workspace, 'test = "rm -rf ~"')

    with pytest.raises(ToolDeniedError, match="deletes everything"):
        await run_slash(desk_in(workspace), "/test")
