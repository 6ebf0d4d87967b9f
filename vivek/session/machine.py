"""What this machine has to give; read from the system, never guessed."""

import re
from collections.abc import Callable
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.process import run_captured

_MEMINFO = Path("/proc/meminfo")
_PAGE_SIZE = re.compile(r"page size of (\d+) bytes")
_FREE_PAGES = re.compile(r"^Pages (?:free|inactive|speculative):\s+(\d+)\.?$", re.MULTILINE)
_SECONDS = 2.0


def ask_vm_stat() -> str:
    """Return what macOS says of its memory, "" where there is no `vm_stat`."""
    try:
        return run_captured(["vm_stat"], cwd=Path("/"), timeout=_SECONDS).stdout.decode("ascii", errors="replace")
    except WorkspaceError:
        return ""


def free_memory(meminfo: Path = _MEMINFO, vm_stat: Callable[[], str] = ask_vm_stat) -> int | None:
    """Return the bytes of memory that a new process could use, None when the system does not say.

    Args:
        meminfo: Where Linux tells it.
        vm_stat: Asks macOS, which has no such file.
    """
    try:
        lines = meminfo.read_text("ascii").splitlines()
    except FileNotFoundError:
        return _free_pages(vm_stat())
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        name, _, value = line.partition(":")
        number = value.split()
        if name == "MemAvailable" and number and number[0].isdigit():
            return int(number[0]) * 1024
    return None


def _free_pages(told: str) -> int | None:
    """Return the bytes of pages that are free or can be had without writing anything to disk first."""
    size, pages = _PAGE_SIZE.search(told), _FREE_PAGES.findall(told)
    return int(size[1]) * sum(map(int, pages)) if size and pages else None
