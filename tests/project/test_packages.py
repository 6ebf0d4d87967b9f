"""What a project names and holds, by reading alone."""

from pathlib import Path

import pytest

from vivek.errors import OutsideWorkspaceError
from vivek.project.packages import installed_names, locked_names, named_hosts


def test_the_environment_of_a_project_says_what_can_be_imported(tmp_path: Path) -> None:
    assert installed_names(tmp_path) is None
    packages = tmp_path / ".venv/lib/python3.12/site-packages"
    for name in ("requests", "requests-2.32.dist-info", "__pycache__"):
        (packages / name).mkdir(parents=True)
    for name in ("six.py", "speed.cpython-312-x86_64-linux-gnu.so", "hook.pth"):
        (packages / name).touch()
    (tmp_path / ".venv/pyvenv.cfg").touch()

    assert installed_names(tmp_path) == {"requests", "six", "speed"}


def test_lists_of_dependencies_name_packages_wherever_they_lie() -> None:
    files = {
        "pyproject.toml": b'dependencies = ["httpx>=0.28", "rich"]',
        "deep/requirements-dev.txt": b"pytest-xdist==3\n# a remark\n",
        "package.json": b'{"dependencies": {"@types/node": "1", "left-pad": "2"}}',
        "notes.txt": b"secret-package",
        "deep/package.json": b'{"dependencies": {"too-deep": "1"}}',
    }

    names = locked_names(files, files.get)

    assert {"httpx", "rich", "pytest-xdist", "@types/node", "left-pad"} <= names
    assert not {"secret-package", "too-deep"} & names


def test_a_list_that_leads_out_of_the_project_or_is_monstrous_names_nothing() -> None:
    def read(path: str) -> bytes | None:
        if path == "Pipfile":
            msg = "It leads out."
            raise OutsideWorkspaceError(msg)
        return b"package " * 2_000_000

    assert locked_names(["Pipfile", "poetry.lock"], read) == frozenset()


@pytest.mark.parametrize("path", ["README.md", "readme", "pyproject.toml"])
def test_hosts_of_the_front_pages_are_known(path: str) -> None:
    text = "See https://Example.org/x and http://user:secret@10.0.0.1:80/y."

    assert named_hosts([path, "deep/README.md"], {path: text}.get) == {"example.org", "10.0.0.1"}
