"""Namespaces and mounts of the launcher's own: what a sandboxed command sees, and what of it can be changed.

Sources: mount(2), mount_setattr(2), open_tree(2), move_mount(2), user_namespaces(7), netdevice(7). The numbers of the
new calls are the same on all architectures. Imports nothing that is slow to import.
"""

import sys
from posix import O_CLOEXEC, O_CREAT, O_WRONLY, chmod, close, getegid, geteuid, mkdir, symlink, umask, write
from posix import open as open_file
from posix import stat as status

from vivek.workspace.sandbox.confine_calls import (
    HERE,
    SYSCALL_MOUNT_SETATTR,
    SYSCALL_MOVE_MOUNT,
    SYSCALL_OPEN_TREE,
    call,
    word,
)

NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = 0x20000, 0x08000000, 0x10000000, 0x20000000, 0x40000000

_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_PROGRAMS = 1, 2, 4, 8
_WITH_ALL, _PRIVATE = 0x4000, 0x40000
_RECURSIVE, _EMPTY_PATH, _CLONE = 0x8000, 0x1000, 1
_TARGET_EMPTY = 0x4  # MOVE_MOUNT_F_EMPTY_PATH
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

Mount = tuple[str, str, str]
"""Kind, source and target; the kinds are `ro`, `rw` and `tmpfs`, which has a size as its source."""


def put(path: str, text: str) -> None:
    """Write to a file of the kernel's."""
    handle = open_file(path, O_WRONLY | O_CLOEXEC)
    write(handle, text.encode())
    close(handle)


def enter_namespaces(flags: int) -> None:
    """Leave the namespaces of the others; the user stays who they are.

    Raises:
        OSError: If this system does not let users do that.
    """
    user, group = geteuid(), getegid()
    call("unshare", flags | NEW_USER | NEW_MOUNTS)
    put("/proc/self/setgroups", "deny")
    put("/proc/self/uid_map", f"{user} {user} 1")
    put("/proc/self/gid_map", f"{group} {group} 1")
    call("mount", None, b"/", None, _WITH_ALL | _PRIVATE, None)


def lay_over(project: str, changes: str, scratch: str) -> None:
    """Mount a project's folder with changes over it; what is written goes to `scratch`/upper.

    Raises:
        OSError: If it cannot be mounted.
    """
    layers = f"lowerdir={_escaped(changes)}:{_escaped(project)}"
    top = f"upperdir={_escaped(scratch)}/upper,workdir={_escaped(scratch)}/work"
    options = _raw(f"{layers},{top},userxattr,volatile")
    call("mount", b"overlay", _raw(project), b"overlay", _NO_SETUID | _NO_DEVICES, options)


def arrange(mounts: list[Mount]) -> None:
    """Make everything read-only, then mount in order; `/dev` and its shared memory become private.

    Raises:
        OSError: If the kernel refuses a mount.
    """
    taken = [(-1 if kind == "tmpfs" else _take(source), kind, source, target) for kind, source, target in mounts]
    devices = [(_take(f"/dev/{name}"), f"/dev/{name}") for name in _DEVICES]
    for handle, kind, _, _ in taken:
        if handle >= 0:
            _set(handle, b"", _READ_ONLY if kind == "ro" else 0)
    _set(HERE, b"/", _READ_ONLY)
    for handle, _, source, target in taken:
        if handle < 0:
            _memory(target, f"mode=1777,size={source}")
        else:
            _give(handle, target)
    _make_devices(devices)


def show_processes() -> None:
    """Mount the list of this namespace's processes.

    `arrange` makes it read-only: through it root could change the settings of the whole machine.
    """
    call("mount", b"proc", b"/proc", b"proc", _NO_SETUID | _NO_DEVICES | _NO_PROGRAMS, None)


def bring_up_loopback() -> None:
    """Switch the namespace's own loopback on, for tests that start a server."""
    handle = call("socket", 2, 2, 0)
    call("ioctl", handle, 0x8914, b"lo".ljust(16, b"\0") + word(0x41, 2) + bytes(22))
    close(handle)


def _make_devices(devices: list[tuple[int, str]]) -> None:
    _memory("/dev", "mode=755,size=1g")
    for handle, path in devices:
        _give(handle, path, file=True)
    for name in ("pts", "shm"):
        mkdir(f"/dev/{name}")
    chmod("/dev/shm", 0o1777)  # noqa: S108 - as everywhere, and private here
    call("mount", b"devpts", b"/dev/pts", b"devpts", _NO_SETUID | _NO_PROGRAMS, b"newinstance,ptmxmode=0666,mode=620")
    links = {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
    for name, target in links.items():
        symlink(target, f"/dev/{name}")


def _memory(target: str, options: str) -> None:
    call("mount", b"tmpfs", _raw(target), b"tmpfs", _NO_SETUID | _NO_DEVICES, options.encode())


def _take(path: str) -> int:
    try:
        return call("syscall", SYSCALL_OPEN_TREE, HERE, _raw(path), _CLONE | O_CLOEXEC | _RECURSIVE)
    except OSError as error:
        raise OSError(error.errno, "it cannot be shown to the command", path) from error


def _set(handle: int, path: bytes, attributes: int) -> None:
    flags = _RECURSIVE if path else _RECURSIVE | _EMPTY_PATH
    wanted = word(attributes | _NO_SETUID) + bytes(24)
    call("syscall", SYSCALL_MOUNT_SETATTR, handle, path, flags, wanted, len(wanted))


def _give(handle: int, target: str, *, file: bool = False) -> None:
    """Mount what was taken, at a place that is made when an empty file system was mounted above it."""
    if file:
        close(open_file(target, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
    else:
        _make_place(target)
    try:
        call("syscall", SYSCALL_MOVE_MOUNT, handle, b"", HERE, _raw(target), _TARGET_EMPTY)
    except OSError as error:
        raise OSError(error.errno, "nothing can be shown there", target) from error
    close(handle)


def _make_place(path: str) -> None:
    try:
        status(path)
    except FileNotFoundError:
        before = umask(0o022)
        for end in [place for place, letter in enumerate(path) if letter == "/" and place] + [len(path)]:
            try:
                mkdir(path[:end], 0o755)
            except OSError:
                continue  # it is there, or the next step says what is wrong
        umask(before)


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")


def _raw(path: str) -> bytes:
    return path.encode(sys.getfilesystemencoding(), "surrogateescape")
