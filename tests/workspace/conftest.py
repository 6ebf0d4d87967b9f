"""Folders, stores and journals for the tests of the workspace."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.store import Store


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """Return a folder in memory where there is one: the sweeps sync to disk some ten thousand times."""
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    folder = Path(tempfile.mkdtemp(prefix="vivek-tests-", dir=memory if usable else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    """Return the store of the project."""
    with Store.open(root / ".vivek") as opened:
        yield opened


@pytest.fixture
def journal(root: Path, store: Store) -> Journal:
    """Return the journal of the project."""
    return Journal(store, Files(root))
