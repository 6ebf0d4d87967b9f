"""Writes the command line that runs a command in the sandbox, for each rung. Starts nothing, changes nothing."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which

from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.sandbox.confine_mounts import NEW_IPC, NEW_MOUNTS, NEW_NETWORK, NEW_PIDS, NEW_USER
from vivek.workspace.sandbox.seccomp import IPV4, IPV6, NETLINK, UNIX, build_filter, has_filter
from vivek.workspace.sandbox.view import Part, parts_of_view

MACHINE = os.uname().machine

_VIVEK = Path(__file__).resolve().parents[3]
_PROFILE = Path(__file__).with_name("seatbelt.sb")
_START = "import sys;sys.path.append(sys.argv.pop(1));from vivek.workspace.sandbox.{} import main;main()"
_GIB = 1024**3
_FILE_SIZE, _DATA, _CORE, _PROCESSES = 1, 2, 4, 6  # resource limits, as Linux numbers them
_LARGEST_FILE = 4 * _GIB
_MOST_PROCESSES = 4096
_MOST_OF_USER = 16_384  # where all processes of the user count
_FILTER_HANDLE = "9"
_OWN_NETWORK = (UNIX, IPV4, IPV6, NETLINK)
_DEVICES = tuple(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty"))
_TEMPORARY = "/tmp"  # noqa: S108 - a private one


@dataclass(frozen=True, slots=True)
class Ground:
    """The folders of one command.

    Attributes:
        root: The project.
        folder: Where the command runs.
        scratch: What is its own: `upper` and `work` of the overlay, `tmp` where `/tmp` is not private.
        changes: What lies over the project, None without an overlay.
        copy: What stands in for the project, None without a copy.
        borrowed: Folders of the project, relative to it, that the copy shows read-only.
    """

    root: Path
    folder: Path
    scratch: Path
    changes: Path | None = None
    copy: Path | None = None
    borrowed: tuple[str, ...] = ()

    @property
    def standing_in(self) -> Path:
        """Where a command without namespaces works."""
        return self.copy or self.root


def temporary_folder(status: SandboxStatus, ground: Ground) -> str:
    """Return where a command may keep what it does not need later."""
    return _TEMPORARY if status.apart else str(ground.scratch / "tmp")


def build_command(
    argv: Sequence[str], ground: Ground, status: SandboxStatus, *, writable: bool, network: bool
) -> list[str]:
    """Return what to start so that a command runs in the sandbox.

    Args:
        argv: Program and arguments.
        ground: Its folders.
        status: The rung.
        writable: Whether it may change the project, or what stands in for it.
        network: Whether it may reach the network.
    """
    match status.confinement:
        case "bubblewrap":
            return _before_wrapper(ground) + _wrapped(argv, ground, writable=writable, network=network)
        case "landlock" if status.apart:
            return _apart(argv, ground, writable=writable, network=network)
        case "landlock":
            return _held(argv, ground, writable=writable, network=network)
        case "seatbelt":
            return _on_a_mac(argv, ground, writable=writable, network=network)
        case "none":
            return list(argv)


def launcher(module: str = "confine") -> list[str]:
    """Return how the launcher starts; the bare interpreter starts faster than that of an environment.

    Args:
        module: `confine` for one command, which follows, `confine_forking` for many.
    """
    python = getattr(sys, "_base_executable", "") or sys.executable
    return [python, "-I", "-S", "-c", _START.format(module), str(_VIVEK)]


def _launcher(*words: str) -> list[str]:
    return [*launcher(), *words]


def _before_wrapper(ground: Ground) -> list[str]:
    """Return the launcher that lays the changes over the project, which an old bubblewrap cannot, and becomes it."""
    words = []
    if ground.changes is not None:
        flags = NEW_USER | NEW_MOUNTS
        if os.geteuid() == 0:
            # Root's processes are not counted: a room with few numbers for processes bounds them.
            flags |= NEW_PIDS
            words = ["pids", str(_MOST_PROCESSES)]
        words += ["namespaces", str(flags), *_overlay(ground)]
    words += [*_limits(apart=ground.changes is not None), *_filter(_OWN_NETWORK), "wrapped", "--"]
    return _launcher(*words)


def _wrapped(argv: Sequence[str], ground: Ground, *, writable: bool, network: bool) -> list[str]:
    user, group = str(os.geteuid()), str(os.getegid())
    wrap = [which("bwrap") or "bwrap", "--unshare-user", "--uid", user, "--gid", group, "--cap-drop", "ALL"]
    wrap += ["--unshare-pid", "--unshare-ipc", *(() if network else ("--unshare-net",)), "--disable-userns"]
    wrap += ["--die-with-parent", "--new-session", *(("--seccomp", _FILTER_HANDLE) if has_filter(MACHINE) else ())]
    # bubblewrap leaves root the files of the kernel's settings, whose owner root is: all of /proc goes read-only.
    wrap += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--remount-ro", "/proc"]
    for part in _shown(ground, writable=writable, network=network):
        wrap += _flags(part)
    return [*wrap, "--chdir", str(ground.folder), "--", *argv]


def _flags(part: Part) -> list[str]:
    if part.kind == "tmpfs":
        return ["--perms", "1777", "--size", part.source, "--tmpfs", part.target]
    return ["--bind" if part.kind == "rw" else "--ro-bind", part.source, part.target]


def _apart(argv: Sequence[str], ground: Ground, *, writable: bool, network: bool) -> list[str]:
    """The launcher does what bubblewrap does, and Landlock on top."""
    flags = NEW_USER | NEW_MOUNTS | NEW_PIDS | NEW_IPC | (0 if network else NEW_NETWORK)
    words = ["namespaces", str(flags), "pids", str(_MOST_PROCESSES)]
    words += _overlay(ground) if ground.changes is not None else []
    for part in _shown(ground, writable=writable, network=network):
        words += ["mount", part.kind, part.source, part.target]
    words += ["landlock", "tcp", "write", _TEMPORARY, "write", "/dev"]
    words += ["write", str(ground.root)] if writable else []
    words += [*_limits(apart=True), *_filter(_OWN_NETWORK), "folder", str(ground.folder)]
    return _launcher(*words, "--", *argv)


def _held(argv: Sequence[str], ground: Ground, *, writable: bool, network: bool) -> list[str]:
    """No namespaces: Landlock and the filter alone, and no sockets but pairs."""
    words = ["landlock", "tcp" if network else "no", "write", str(ground.scratch / "tmp")]
    for path in (*_DEVICES, *((str(ground.standing_in),) if writable else ())):
        words += ["write", path]
    words += [*_limits(apart=False), *_filter((IPV4, IPV6, NETLINK) if network else ())]
    return _launcher(*words, "folder", str(ground.folder), "--", *argv)


def _on_a_mac(argv: Sequence[str], ground: Ground, *, writable: bool, network: bool) -> list[str]:
    """`sandbox-exec` with a profile; not run here."""
    given = {
        "PROJECT": str(ground.standing_in) if writable else str(ground.scratch / "tmp"),
        "SCRATCH": str(ground.scratch / "tmp"),
        "HOME": os.path.realpath(Path.home()),
        "NETWORK": "yes" if network else "no",
    }
    definitions = [word for name, value in given.items() for word in ("-D", f"{name}={value}")]
    return ["/usr/bin/sandbox-exec", "-f", str(_PROFILE), *definitions, *argv]


def _shown(ground: Ground, *, writable: bool, network: bool) -> list[Part]:
    parts = parts_of_view(ground.root, writable=writable, network=network)
    if ground.copy is None:
        return parts
    root = str(ground.root)
    shown = [Part(part.kind, str(ground.copy), root) if part.target == root else part for part in parts]
    return shown + [Part("ro", f"{root}/{name}", f"{root}/{name}") for name in ground.borrowed]


def _overlay(ground: Ground) -> list[str]:
    return ["overlay", str(ground.root), str(ground.changes), str(ground.scratch)]


@cache
def _filter(families: tuple[int, ...]) -> list[str]:
    return ["filter", build_filter(MACHINE, families).hex()] if has_filter(MACHINE) else []


def _limits(*, apart: bool) -> list[str]:
    """Return what bounds a command; memory is what it writes to, so that large reservations stay possible."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    bounds = {
        _FILE_SIZE: _LARGEST_FILE,
        _DATA: max(2 * _GIB, memory * 3 // 4),
        _CORE: 0,
        _PROCESSES: _MOST_PROCESSES if apart else _MOST_OF_USER,
    }
    return [word for number, value in bounds.items() for word in ("limit", str(number), str(value))]
