"""Reading and replacing single files."""

import errno
import os
import socket
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from tests.workspace.faults import CHANGING, FaultyDisk, input_output, no_space, nothing, snapshot
from tests.workspace.forking import NOBODY, as_nobody
from vivek.errors import OutsideWorkspaceError, WorkspaceError
from vivek.workspace.disk import Disk
from vivek.workspace.files import Files

BYTES = [
    b"",
    b"no end of line",
    b"crlf\r\nlf\nlone\rmixed\r\n",
    b"\xef\xbb\xbfwith a mark\n",
    "utf-16".encode("utf-16"),
    b"latin-1 \xe9\xff",
    bytes(range(256)) * 300,
    b"\0" * 70_000,
]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("data", BYTES, ids=lambda data: repr(data[:12]))
def test_bytes_come_back_as_they_were_written(root: Path, data: bytes) -> None:
    files = Files(root)

    files.write("a.bin", b"something longer that was there before" * 9)
    files.write("a.bin", data)

    assert files.read("a.bin") == data
    assert (root / "a.bin").read_bytes() == data


def test_what_is_not_there_reads_as_none(root: Path) -> None:
    files = Files(root)

    assert files.read("absent") is None
    assert files.read("no/such/folder/file") is None
    assert files.mode("absent") is None
    assert files.kind("no/such") == "absent"


@pytest.mark.covers("F-B12")
@pytest.mark.parametrize("mode", [0o755, 0o600, 0o664, 0o777, 0o204])
def test_the_rights_of_a_file_are_kept(root: Path, mode: int) -> None:
    (root / "tool").write_bytes(b"old")
    (root / "tool").chmod(mode)

    Files(root).write("tool", b"new")

    assert mode_of(root / "tool") == mode
    assert Files(root).mode("tool") == mode


def test_rights_asked_for_are_given_whatever_the_umask(root: Path) -> None:
    before = os.umask(0o077)
    try:
        Files(root).write("tool", b"new", mode=0o755)
        Files(root).write("plain", b"new")
    finally:
        os.umask(before)

    assert mode_of(root / "tool") == 0o755
    assert mode_of(root / "plain") == 0o600


def test_a_new_file_gets_the_usual_rights(root: Path) -> None:
    before = os.umask(0o022)
    try:
        Files(root).write("new/deep/plain", b"new")
    finally:
        os.umask(before)

    assert mode_of(root / "new/deep/plain") == 0o644


def test_rights_to_act_as_the_owner_are_not_kept(root: Path) -> None:
    (root / "tool").write_bytes(b"old")
    (root / "tool").chmod(0o4755)

    Files(root).write("tool", b"new")

    assert mode_of(root / "tool") == 0o755


@pytest.mark.covers("F-B10")
def test_a_link_stays_a_link_and_its_target_is_replaced(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs/target").write_bytes(b"old")
    (root / "docs/target").chmod(0o640)
    (root / "link").symlink_to("docs/target")
    (root / "folder").symlink_to("docs", target_is_directory=True)

    Files(root).write("link", b"new")
    Files(root).write("folder/other", b"beside")

    assert (root / "link").is_symlink()
    assert (root / "docs/target").read_bytes() == b"new"
    assert mode_of(root / "docs/target") == 0o640
    assert (root / "docs/other").read_bytes() == b"beside"
    assert Files(root).read("link") == b"new"


@pytest.mark.covers("P03")
def test_a_link_that_leads_out_is_neither_read_nor_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "link").symlink_to(tmp_path / "secret")
    files = Files(root)

    for act in (files.read, files.delete, files.kind, files.mode, lambda path: files.write(path, b"new")):
        with pytest.raises(OutsideWorkspaceError):
            act("link")
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert (root / "link").is_symlink()


def test_a_link_is_not_deleted(root: Path) -> None:
    (root / "target").touch()
    (root / "link").symlink_to("target")

    with pytest.raises(WorkspaceError, match="is a link"):
        Files(root).delete("link")

    assert (root / "target").exists()


@pytest.mark.covers("F-B11")
def test_a_hard_link_is_cut_and_its_other_name_keeps_the_old_bytes(root: Path, tmp_path: Path) -> None:
    (tmp_path / "profile").write_bytes(b"old")
    (root / "a").hardlink_to(tmp_path / "profile")

    Files(root).write("a", b"new")

    assert (tmp_path / "profile").read_bytes() == b"old"
    assert (root / "a").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are asked for on Linux")
def test_extended_attributes_are_kept_where_the_disk_has_them(root: Path) -> None:
    (root / "a").write_bytes(b"old")
    try:
        os.setxattr(root / "a", "user.origin", b"somewhere")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")

    Files(root).write("a", b"new")

    assert os.getxattr(root / "a", "user.origin") == b"somewhere"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(root: Path) -> None:
    (root / "a").write_bytes(b"old")
    os.chown(root / "a", NOBODY, NOBODY)

    Files(root).write("a", b"new")

    assert ((root / "a").stat().st_uid, (root / "a").stat().st_gid) == (NOBODY, NOBODY)


def test_an_owner_that_cannot_be_kept_does_not_stop_the_write(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a").write_bytes(b"old")
    asked: list[tuple[int, int]] = []

    def fchown(handle: int, uid: int, gid: int) -> None:
        asked.append((uid, gid))
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchown", fchown)
    monkeypatch.setattr(os, "fstat", lambda handle: os.stat_result((0o100600, 0, 0, 1, 77, 77, 0, 0, 0, 0)))

    Files(root).write("a", b"new")

    assert asked == [((root / "a").stat().st_uid, (root / "a").stat().st_gid)]
    assert (root / "a").read_bytes() == b"new"


@pytest.mark.parametrize(("number", "taken"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_disk_that_cannot_sync_folders_is_good_enough_and_a_broken_one_is_not(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, taken: bool
) -> None:
    sync = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)

    if taken:
        Files(root).write("a", b"new")
        assert (root / "a").read_bytes() == b"new"
    else:
        with pytest.raises(WorkspaceError, match="Input/output"):
            Files(root).write("a", b"new")


def test_a_disk_with_one_mode_for_all_is_not_asked_to_change_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a").write_bytes(b"old")
    (root / "a").chmod(0o600)

    def fchmod(handle: int, mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchmod", fchmod)

    Files(root).write("a", b"new")

    assert (root / "a").read_bytes() == b"new"


@pytest.mark.covers("F-B06")
def test_a_read_only_file_is_refused_even_to_root(root: Path) -> None:
    (root / "kept").write_bytes(b"old")
    (root / "kept").chmod(0o444)
    before = snapshot(root)
    files = Files(root)

    for act in (files.check_writable, files.delete, lambda path: files.write(path, b"new")):
        with pytest.raises(WorkspaceError, match="read-only") as refused:
            act("kept")
        assert "chmod u+w kept" in refused.value.hint
    assert snapshot(root) == before


@pytest.mark.covers("F-B06")
def test_a_read_only_folder_is_refused_even_to_root(root: Path) -> None:
    (root / "kept").mkdir()
    (root / "kept/a").write_bytes(b"old")
    (root / "kept").chmod(0o555)
    before = snapshot(root)
    files = Files(root)

    try:
        for path in ("kept/a", "kept/new", "kept/new/deep"):
            with pytest.raises(WorkspaceError, match=r"folder of .* is read-only"):
                files.write(path, b"new")
        with pytest.raises(WorkspaceError, match=r"folder of .* is read-only"):
            files.delete("kept/a")
        assert snapshot(root) == before
    finally:
        (root / "kept").chmod(0o755)


def test_what_the_system_forbids_to_this_user_is_a_clear_error() -> None:
    base = Path(tempfile.mkdtemp(prefix="vivek-tests-"))
    try:
        base.chmod(0o755)
        (base / "foreign").write_bytes(b"old")  # root's, and this user may not write it
        (base / "hidden").write_bytes(b"old")
        (base / "hidden").chmod(0o000)
        (base / "open").mkdir()
        (base / "open/foreign").write_bytes(b"old")
        (base / "open").chmod(0o777)  # a rename would replace what lies in it

        def work() -> None:
            files = Files(base)
            for path in ("foreign", "hidden", "new", "open/foreign"):
                try:
                    files.write(path, b"new")
                except WorkspaceError as error:
                    assert error.hint
                else:
                    raise AssertionError(path)
            try:
                files.read("hidden")
            except WorkspaceError as error:
                assert "Permission denied" in error.message
            else:
                raise AssertionError
            files.write("open/own", b"new")

        if os.geteuid() != 0:
            pytest.skip("needs somebody else's files")
        as_nobody(work)
        assert (base / "open/foreign").read_bytes() == b"old"
        assert (base / "open/own").read_bytes() == b"new"
    finally:
        for path in sorted(base.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        base.rmdir()


@pytest.mark.covers("P08")
def test_what_is_no_plain_file_is_refused_without_waiting(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "socket"))
        files = Files(root)
        for path in ("pipe", "folder", "socket"):
            assert files.kind(path) == "other"
            for act in (files.read, files.delete, lambda name: files.write(name, b"new")):
                with pytest.raises(WorkspaceError, match="not a plain file"):
                    act(path)


def test_nothing_lies_beneath_a_file(root: Path) -> None:
    (root / "a").touch()
    files = Files(root)

    assert files.kind("a/b") == "other"
    with pytest.raises(WorkspaceError, match="not a plain file"):
        files.read("a/b")
    with pytest.raises(WorkspaceError, match="Not a directory") as refused:
        files.write("a/b", b"new")
    assert "folder is needed" in refused.value.hint


@pytest.mark.covers("P06")
def test_a_folder_swapped_for_a_link_after_the_look_leads_nowhere(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "docs").mkdir()
    (root / "docs/a").write_bytes(b"old")

    class SwappingDisk(Disk):
        def open_root(self, root: Path) -> int:
            (root / "docs/a").unlink(missing_ok=True)
            (root / "docs").rmdir()
            (root / "docs").symlink_to(outside, target_is_directory=True)
            return super().open_root(root)

    with pytest.raises(WorkspaceError):
        Files(root, disk=SwappingDisk()).steps.prepare("docs/a", b"new", "tag")

    assert list(outside.iterdir()) == []


def test_a_folder_that_has_gone_before_the_last_step_is_a_clear_error(root: Path) -> None:
    files = Files(root)
    files.steps.prepare("docs/a", b"new", "tag")
    (root / "docs/.vivek-tag.tmp").unlink()
    (root / "docs").rmdir()

    with pytest.raises(WorkspaceError, match="No such file"):
        files.steps.place("docs/a", "tag")


def test_a_file_is_deleted_once(root: Path) -> None:
    (root / "a").touch()
    files = Files(root)

    files.delete("a")
    files.delete("a")

    assert not (root / "a").exists()


@pytest.mark.covers("F-B19")
def test_a_project_that_has_gone_is_a_clear_error(root: Path) -> None:
    files = Files(root)
    root.rmdir()

    with pytest.raises(WorkspaceError, match="No such file") as refused:
        files.read("a")
    assert "moved" in refused.value.hint


@pytest.mark.covers("F-B01")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
def test_a_disk_that_fails_at_any_step_of_a_write_leaves_the_file_whole(quick_folder: Path, lasting: bool) -> None:
    old, new = b"old " * 50, b"new " * 70
    number = 0
    while True:
        number += 1
        root = quick_folder / str(number)
        root.mkdir()
        (root / "a").write_bytes(old)
        disk = FaultyDisk(number, no_space, lasting=lasting)
        if number == 1:
            counting = FaultyDisk(0, nothing)
            Files(root, disk=counting).write("a", old)
            assert set(CHANGING) - {"make_folder", "remove_folder", "remove"} <= set(counting.seen)
        try:
            Files(root, disk=disk).write("a", new)
        except WorkspaceError as error:
            assert "space" in error.hint
        else:
            assert not disk.struck
            break
        assert (root / "a").read_bytes() in (old, new)
        if not lasting:
            assert [path.name for path in root.iterdir()] == ["a"]
    assert number > 15


@pytest.mark.parametrize("step", ["read", "status", "open_root"])
def test_a_disk_that_cannot_read_is_a_clear_error(root: Path, step: str) -> None:
    (root / "a").write_bytes(b"old")

    with pytest.raises(WorkspaceError, match="Input/output error") as failed:
        Files(root, disk=FaultyDisk(1, input_output, calls=(step,))).read("a")
    assert isinstance(failed.value.__cause__, OSError)


def test_attributes_that_the_disk_cannot_hold_are_let_go_and_other_errors_are_not(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("extended attributes are asked for on Linux")
    (root / "a").write_bytes(b"old")
    errors = iter([errno.ENOTSUP, errno.EIO])

    def listxattr(handle: int) -> list[str]:
        number = next(errors)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "listxattr", listxattr)

    Files(root).write("a", b"new")
    with pytest.raises(WorkspaceError, match="Input/output"):
        Files(root).write("a", b"newer")

    assert (root / "a").read_bytes() == b"new"
