"""Ends what left the group of its command: processes are known by a variable that they inherit. Linux only."""

import os
import signal
from contextlib import suppress
from pathlib import Path

VARIABLE = "VIVEK_COMMAND"
"""Holds the number of the command that a process belongs to."""

_PROCESSES = Path("/proc")


def end_strays(number: str) -> None:
    """Kill every process that inherited a command's number; one that emptied its environment is not found."""
    mark = f"{VARIABLE}={number}\0".encode()
    for process in _processes():
        with suppress(OSError):
            if mark in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def _processes() -> list[Path]:
    """Return the folders of this user's processes, none where the system has no such folders."""
    if not _PROCESSES.is_dir():
        return []
    own = os.geteuid()
    found = []
    for entry in os.scandir(_PROCESSES):
        with suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == own:
                found.append(Path(entry.path))
    return found
