"""Unpacks stored databases into a project of its own."""

import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.config.folders import state_folder

HERE = Path(__file__).parent
FORMS = sorted(path.name.removesuffix(".tar.xz") for path in HERE.glob("*.tar.xz"))

Unpack = Callable[[str], Path]


@pytest.fixture
def unpack(workspace: Path) -> Unpack:
    """Return a function that puts the databases of a form in place and returns the project's folder."""

    def put(form: str) -> Path:
        data = workspace / ".vivek"
        data.mkdir(mode=0o700, exist_ok=True)
        with tarfile.open(HERE / f"{form}.tar.xz") as packed:
            packed.extractall(data, filter="data")
        (data / "prices.py").rename(workspace / "till" / "prices.py")
        state = state_folder()
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        (data / "threads.db").rename(state / "threads.db")
        connection = sqlite3.connect(state / "threads.db")
        connection.execute("UPDATE threads SET directory = ?", (str(workspace),))
        connection.commit()
        connection.close()
        return workspace

    return put
