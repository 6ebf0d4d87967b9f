"""The same verdicts with the kernel's own call and step by step."""

import errno
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from vivek.errors import OutsideWorkspaceError, WorkspaceError
from vivek.workspace.disk import Disk
from vivek.workspace.files import Files
from vivek.workspace.openat2 import Open, openat2

WAYS = ("one call", "step by step")


class StepwiseDisk(Disk):
    """A disk of a kernel without `openat2`."""

    one_call = staticmethod(lambda: None)


class CallingDisk(Disk):
    """A disk of a kernel with it, which counts its calls."""

    opened = 0

    def open_beneath(self, root: int, folders: Sequence[str]) -> int | None:
        handle = super().open_beneath(root, folders)
        self.opened += handle is not None
        return handle


@pytest.fixture(params=WAYS)
def disk(request: pytest.FixtureRequest) -> Disk:
    """Return a disk of each kind."""
    if request.param == WAYS[1]:
        return StepwiseDisk()
    if openat2() is None:
        pytest.skip("this kernel has no openat2")
    return CallingDisk()


def refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except OutsideWorkspaceError:
        return True
    return False


def every_act(files: Files, path: str) -> list[Callable[[], object]]:
    return [
        lambda: files.read(path),
        lambda: files.kind(path),
        lambda: files.write(path, b"new"),
        lambda: files.delete(path),
        lambda: files.steps.prepare(path, b"new", "tag"),
    ]


def test_files_far_down_are_read_and_written(root: Path, disk: Disk) -> None:
    files = Files(root, disk=disk)

    files.write("a/b/c/d.txt", b"one")
    files.write("a/b/c/d.txt", b"two")
    files.write("a/b/x/y/e.txt", b"three")

    assert (files.read("a/b/c/d.txt"), files.read("a/b/x/y/e.txt")) == (b"two", b"three")
    assert files.missing_folders("a/b/n/o/p.txt") == 2
    if isinstance(disk, CallingDisk):
        assert disk.opened > 3


@pytest.mark.covers("P01", "P02", "P03", "P04", "P05", "P09")
def test_nothing_outside_is_reached(root: Path, disk: Disk, tmp_path: Path) -> None:
    sibling = tmp_path / "project-secret"
    (sibling / "deep").mkdir(parents=True)
    (sibling / "x").write_bytes(b"secret")
    (root / "src").mkdir()
    (root / "file").symlink_to(sibling / "x")
    (root / "folder").symlink_to(sibling, target_is_directory=True)
    (root / "src/up").symlink_to("../..", target_is_directory=True)
    (root / "dangling").symlink_to(sibling / "absent")
    (root / "magic").symlink_to("/proc/self/root", target_is_directory=True)
    (root / "descriptor").symlink_to("/dev/fd/0")
    before = sorted(sibling.rglob("*"))
    files = Files(root, disk=disk)

    for path in (
        *("../project-secret/x", "src/../../project-secret/x", str(sibling / "x")),
        *("file", "folder/x", "folder/new", "folder/deep/new", "src/up/project-secret/x", "dangling"),
        *("magic/etc/passwd", "descriptor", "/proc/self/root/etc/passwd", "/dev/fd/3"),
    ):
        assert [refused(act) for act in every_act(files, path)] == [True] * 5, path
    assert sorted(sibling.rglob("*")) == before
    assert (sibling / "x").read_bytes() == b"secret"


@pytest.mark.covers("P06")
@pytest.mark.parametrize("swapped", ["a", "a/b", "a/b/c"])
def test_a_folder_swapped_for_a_link_between_look_and_use_leads_nowhere(
    root: Path, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    outside = tmp_path / "outside"
    (outside / "b/c").mkdir(parents=True)
    (outside / "c").mkdir()
    (root / "a/b/c").mkdir(parents=True)
    looked = disk.open_root

    def swap(place: Path) -> int:
        (root / swapped).rename(root / "away")
        (root / swapped).symlink_to(outside, target_is_directory=True)
        return looked(place)

    monkeypatch.setattr(disk, "open_root", swap)
    with pytest.raises(WorkspaceError):
        Files(root, disk=disk).steps.prepare("a/b/c/d.txt", b"new", "tag")

    assert not [path for path in outside.rglob("*") if path.is_file()]


@pytest.mark.covers("P08")
def test_pipes_sockets_and_devices_are_refused_at_once(root: Path, disk: Disk) -> None:
    (root / "deep").mkdir()
    os.mkfifo(root / "deep/pipe")
    names = ["deep/pipe"]
    if os.geteuid() == 0:
        try:
            os.mknod(root / "deep/zero", 0o020666, os.makedev(1, 5))
            names.append("deep/zero")
        except OSError:
            pass  # a container without the right to make devices
    files = Files(root, disk=disk)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "deep/socket"))
        for path in (*names, "deep/socket"):
            for act in every_act(files, path)[:1] + every_act(files, path)[2:4]:
                with pytest.raises(WorkspaceError, match="not a plain file"):
                    act()


@pytest.mark.covers("P06", "P08")
def test_a_pipe_put_there_since_the_look_is_not_read(root: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a").write_bytes(b"old")
    plain = disk.status

    def swap(folder: int, name: str) -> os.stat_result | None:
        seen = plain(folder, name)
        (root / "a").unlink()
        os.mkfifo(root / "a")
        return seen

    monkeypatch.setattr(disk, "status", swap)

    with pytest.raises(WorkspaceError, match="not a plain file"):
        Files(root, disk=disk).read("a")


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EPERM, errno.E2BIG])
def test_a_kernel_that_has_no_such_call_or_forbids_it_is_found_out(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    from vivek.workspace import openat2 as module

    def forbidden() -> Open:
        def opener(folder: int, path: str, flags: int) -> int:
            raise OSError(number, os.strerror(number))

        return opener

    monkeypatch.setattr(module, "_bound", forbidden)

    assert module.openat2.__wrapped__() is None


def test_another_system_has_no_such_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")

    assert openat2.__wrapped__() is None


def test_an_error_that_is_no_verdict_is_told(root: Path) -> None:
    (root / "deep").mkdir()

    def broken(folder: int, path: str, flags: int) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    class BrokenDisk(Disk):
        one_call = staticmethod(lambda: broken)

    with pytest.raises(WorkspaceError, match="Input/output"):
        Files(root, disk=BrokenDisk()).read("deep/a")
