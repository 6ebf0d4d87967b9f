"""What this machine has to give; read from the system, never guessed."""

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")


def free_memory(meminfo: Path = _MEMINFO) -> int | None:
    """Return the bytes of memory that a new process could use, None when the system does not say (macOS)."""
    try:
        lines = meminfo.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        name, _, value = line.partition(":")
        number = value.split()
        if name == "MemAvailable" and number and number[0].isdigit():
            return int(number[0]) * 1024
    return None
