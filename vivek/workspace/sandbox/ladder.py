"""Finds the best way to hold commands back here, by running one in it; the answer is kept until the next boot."""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from shutil import which

from vivek.errors import VivekError, WorkspaceError
from vivek.schema.sandbox import Confinement, SandboxStatus, View
from vivek.workspace.leftovers import StageFolder, make_stage_folder
from vivek.workspace.process import run_captured
from vivek.workspace.sandbox.command import MACHINE, Ground, build_command, temporary_folder
from vivek.workspace.sandbox.hints import what_would_help
from vivek.workspace.sandbox.landlock import version as landlock_version
from vivek.workspace.sandbox.seccomp import has_filter
from vivek.workspace.sandbox.view import clean_environment

_SECONDS = 5.0
_KEPT = 64  # answers; one for each project
_VERSION = 3
# In the view a file can be made, renamed and removed; outside of it nothing, and no address leads out.
_PROOF = """
set -e
PATH=$PATH:/usr/bin:/bin
: > "$1"; mv "$1" "$1-2"; rm "$1-2"
if (: > "$2") 2>/dev/null; then rm -f "$2"; exit 9; fi
pwd -P
"""
_MEMORY = Path("/dev/shm")  # noqa: S108 - only vivek's own folder in it

Rung = tuple[Confinement, View, bool]
"""What holds a command back, where it sees changes, and whether it gets namespaces of its own."""

LADDER: tuple[Rung, ...] = (
    ("bubblewrap", "overlay", True),
    ("landlock", "overlay", True),
    ("bubblewrap", "copy", True),
    ("landlock", "copy", True),
    ("landlock", "elsewhere", False),
)
"""The rungs on Linux, the best first."""


def is_thinkable() -> bool:
    """Tell, without running anything, whether this system could hold commands back at all; `probe` knows better."""
    if sys.platform == "darwin":
        return which("sandbox-exec") is not None
    return which("bwrap") is not None or landlock_version() > 0


def probe(root: Path, cache_folder: Path, *, ladder: tuple[Rung, ...] = LADDER) -> SandboxStatus:
    """Return the best rung that works for a project; later calls read the answer.

    Args:
        root: The project.
        cache_folder: Where vivek keeps what can be made again.
        ladder: The rungs to try.
    """
    real = Path(os.path.realpath(root))
    known = cache_folder / "sandbox.json"
    key = _key(real, ladder)
    answers = _read(known)
    if key in answers:
        return answers[key]
    status = _on_a_mac() if sys.platform == "darwin" else _first_that_works(real, cache_folder, ladder)
    _write(known, {**dict(list(answers.items())[-_KEPT:]), key: status})
    return status


def _first_that_works(root: Path, cache_folder: Path, ladder: tuple[Rung, ...]) -> SandboxStatus:
    failures: list[str] = []
    for rung in ladder:
        for scratch in _disks(rung, cache_folder):
            confinement, view, apart = rung
            status = SandboxStatus(confinement, view, apart=apart, scratch=str(scratch))
            why = _why_not(root, status)
            if not why:
                reason = "" if rung == LADDER[0] else failures[0] if failures else ""
                hint = what_would_help(reason) if reason else ""
                return replace(status, reason=reason, hint=hint)
            failures.append(why)
    reason = failures[0] if failures else "no way to hold commands back was tried"
    return SandboxStatus("none", "none", reason=reason, hint=what_would_help(reason))


def _disks(rung: Rung, cache_folder: Path) -> Iterator[Path]:
    """Yield folders for what commands write: an overlay does not take every disk."""
    yield cache_folder
    if rung[1] == "overlay" and _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
        yield _MEMORY / f"vivek-{os.geteuid()}"


def _why_not(root: Path, status: SandboxStatus) -> str:
    """Run a command on a rung; return why that failed, "" when it did what it should."""
    if status.confinement == "bubblewrap" and which("bwrap") is None:
        return "bubblewrap is not installed"
    if status.confinement == "landlock" and not (landlock_version() and has_filter(MACHINE)):
        return "this kernel has no Landlock, or it is switched off"
    try:
        stage = make_stage_folder(Path(status.scratch))
    except WorkspaceError as error:
        return error.message
    try:
        return _try(root, status, stage)
    except VivekError as error:
        return error.message
    finally:
        stage.close()


def _try(root: Path, status: SandboxStatus, stage: StageFolder) -> str:
    for name in ("upper", "work", "tmp", "changes", "copy"):
        (stage.path / name).mkdir()
    stands_in = status.view in ("copy", "elsewhere")
    seen = stage.path / "copy" if status.view == "elsewhere" else root
    if status.view == "copy":
        for name in (".git", ".vivek"):
            place = stage.path / "copy" / name
            if (root / name).is_dir():
                place.mkdir()
            elif (root / name).exists():
                place.touch()
    ground = Ground(
        root=root,
        folder=seen,
        scratch=stage.path,
        changes=stage.path / "changes" if status.view == "overlay" else None,
        copy=stage.path / "copy" if stands_in else None,
    )
    inside, outside = f".vivek-probe-{secrets.token_hex(4)}", stage.path / "changes" / "outside"
    argv = ["/bin/sh", "-c", _PROOF, "sh", inside, str(outside)]
    command = build_command(argv, ground, status, writable=True, network=False)
    environment: dict[str, str | None] = dict.fromkeys(os.environ)  # noqa: TID251 - names, to leave all of them out
    environment.update(clean_environment(temporary_folder(status, ground)))
    finished = run_captured(command, cwd=Path("/"), timeout=_SECONDS, env=environment)
    if outside.exists() or os.path.lexists(root / inside):
        return "what a command wrote reached the disk"
    if finished.returncode != 0:
        said = (finished.stderr or finished.stdout).partition(b"\n")[0].decode("utf-8", "replace")
        return said.strip() or f"a command in it ended with {finished.returncode}"
    if os.fsdecode(finished.stdout.removesuffix(b"\n")) != str(seen):
        return "a command in it does not see the project's folder"
    return ""


def _on_a_mac() -> SandboxStatus:
    """Return the rung of macOS; not run here."""
    if which("sandbox-exec") is None:
        return SandboxStatus("none", "none", reason="`sandbox-exec` is missing", hint="It is part of macOS.")
    return SandboxStatus("seatbelt", "elsewhere")


def _key(root: Path, ladder: tuple[Rung, ...]) -> str:
    """Return what the answer depends on: the project, the boot, the programs, the kernel's switches, who asks."""
    wrap = which("bwrap")
    told = [str(_VERSION), str(root), str(os.geteuid()), os.uname().release, repr(ladder), sys.executable]
    told += [_first_line(Path("/proc/sys/kernel/random/boot_id")), *_switches()]
    told.append("" if wrap is None else f"{wrap} {Path(wrap).stat().st_mtime_ns}")
    told.append(str(root.stat().st_dev) if root.exists() else "")
    return hashlib.sha256("\0".join(told).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _switches() -> list[str]:
    names = ("user/max_user_namespaces", "kernel/unprivileged_userns_clone")
    more = ("kernel/apparmor_restrict_unprivileged_userns",)
    return [_first_line(Path("/proc/sys") / name) for name in (*names, *more)]


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _read(known: Path) -> dict[str, SandboxStatus]:
    """Return what was found before; nothing when it cannot be read."""
    try:
        told = json.loads(known.read_text(encoding="utf-8"))
        return {str(key): SandboxStatus(**answer) for key, answer in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(known: Path, answers: dict[str, SandboxStatus]) -> None:
    """Keep the answers; a disk that cannot be written costs a probe each time, no more."""
    try:
        known.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = known.with_name(f"{known.name}-{secrets.token_hex(4)}")
        new.write_text(json.dumps({key: asdict(answer) for key, answer in answers.items()}), encoding="utf-8")
        new.replace(known)
    except OSError:
        return
