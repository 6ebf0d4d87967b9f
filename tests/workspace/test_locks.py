"""Locks between processes."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from tests.workspace.forking import as_nobody, die, killed_or_done
from vivek.errors import WorkspaceError
from vivek.workspace.locks import hold


def test_a_second_holder_waits_and_then_is_told(tmp_path: Path) -> None:
    with (
        hold(tmp_path / "locks/a", wait=0),
        pytest.raises(WorkspaceError, match="Another vivek") as refused,
        hold(tmp_path / "locks/a", wait=0.05),
    ):
        raise AssertionError
    assert refused.value.hint

    with hold(tmp_path / "locks/a", wait=0):
        pass


def test_a_folder_is_locked_apart_from_what_lies_in_it(tmp_path: Path) -> None:
    with (
        hold(tmp_path, wait=0),
        hold(tmp_path / "a", wait=0),
        pytest.raises(WorkspaceError),
        hold(tmp_path, wait=0),
    ):
        raise AssertionError


@pytest.mark.kill
def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    def work() -> None:
        with hold(tmp_path / "a", wait=0):
            die()

    assert killed_or_done(work)
    with hold(tmp_path / "a", wait=0):
        pass


def test_a_lock_file_is_private_and_never_a_link(tmp_path: Path) -> None:
    with hold(tmp_path / "locks/a", wait=0):
        assert (tmp_path / "locks/a").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "locks").stat().st_mode & 0o777 == 0o700
    (tmp_path / "locks/b").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(WorkspaceError, match="cannot be locked"), hold(tmp_path / "locks/b", wait=0):
        raise AssertionError
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_may_not_be_written_is_a_clear_error() -> None:
    def work() -> None:
        try:
            with hold(Path("/proc/locks-of-vivek/a"), wait=0):
                raise AssertionError
        except WorkspaceError as error:
            assert error.hint

    as_nobody(work)


@pytest.mark.covers("F-D10")
def test_a_disk_without_locks_does_not_stop_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(handle: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)

    with hold(tmp_path / "a", wait=0):
        pass
