"""How large an engine is started: window, memory for prompts and threads, from what this machine has to give."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vivek.providers.engine.gguf import GgufFile

WINDOWS = (32_768, 16_384, 8_192, 4_096)
EMBEDDING_WINDOW = 2_048  # a text is computed at once, which takes memory with its square
MEBIBYTE = 2**20
_CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class EngineSize:
    """What an engine is given.

    Attributes:
        window: Tokens of its window.
        memory_mebibytes: Memory for prompts that are not in use, so that two that alternate are not read twice.
        threads: Threads that compute.
    """

    window: int
    memory_mebibytes: int
    threads: int


def size_for(file: GgufFile, window: int | None, threads: int | None) -> EngineSize:
    """Return the size of an engine for a model file on this machine as it is now.

    Args:
        file: The model.
        window: Tokens of the window wanted, None to choose by free memory.
        threads: Threads wanted, None for the cores that are free.
    """
    free = free_memory(
        _load_text("/proc/meminfo"),
        _load_text("/sys/fs/cgroup/memory.max"),
        _load_text("/sys/fs/cgroup/memory.current"),
    )
    fitting = fitting_window(file, window, free)
    return EngineSize(
        min(fitting, EMBEDDING_WINDOW) if file.role == "embedding" else fitting,
        prompt_memory_mebibytes(file, free),
        threads or thread_count(_cores(), os.getloadavg()[0]),
    )


def prompts_kept(file: GgufFile, window: int | None, memory_mebibytes: int) -> int | None:
    """Return how many prompts that fill the window an engine keeps: one in use, and those that its memory holds."""
    if not window or file.cache is None:
        return None
    return 1 + memory_mebibytes * MEBIBYTE // (window * file.cache.bytes)


def fitting_window(file: GgufFile, wanted: int | None, free_bytes: int) -> int:
    """Return the window in tokens: as wanted, else the largest whose cache takes half of what the weights leave."""
    maximum = file.context_length
    if wanted is not None:
        return min(wanted, maximum or wanted)
    room = max(0, free_bytes - file.size_bytes) // 2
    cache_bytes = file.cache.bytes if file.cache else 0
    fitting = (window for window in WINDOWS if window * cache_bytes <= room)
    return min(next(fitting, WINDOWS[-1]), maximum or WINDOWS[-1])


def prompt_memory_mebibytes(file: GgufFile, free_bytes: int) -> int:
    """Return the memory for prompts that are not in use."""
    return max(64, min(1_024, (free_bytes - file.size_bytes) // 8 // MEBIBYTE))


def thread_count(cores: int, load: float) -> int:
    """Return the threads for a machine this busy: a thread without a core of its own makes all others wait for it."""
    return max(1, cores // 2, cores - round(load))


def physical_cores(allowed: Iterable[int], cpus: Path = _CPUS, quota: str = "") -> int:
    """Return how many cores this process may use, two threads of one core counted once.

    Args:
        allowed: Numbers of the processors it may run on.
        cpus: Where Linux describes them.
        quota: Text of the control group's `cpu.max`.
    """
    siblings = {_load_text(cpus / f"cpu{number}/topology/thread_siblings_list") or str(number) for number in allowed}
    share, _, period = quota.partition(" ")
    granted = int(share) // int(period) if share.isdigit() and period.strip().isdigit() else len(siblings)
    return max(1, min(len(siblings), granted))


def free_memory(meminfo: str, limit: str = "", used: str = "") -> int:
    """Return bytes that can be taken without swapping.

    Args:
        meminfo: Text of `/proc/meminfo`; without one half of the machine's memory is assumed to be free.
        limit: Text of the control group's `memory.max`.
        used: Text of its `memory.current`.
    """
    fields = dict(line.split(":", 1) for line in meminfo.splitlines() if ":" in line)
    kibibytes = fields.get("MemAvailable", "").split()[:1]
    free = int(kibibytes[0]) * 1024 if kibibytes else os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    if limit.strip().isdigit() and used.strip().isdigit():
        free = min(free, int(limit) - int(used))
    return max(0, free)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # macOS has none, and no two threads a core there
        return physical_cores(os.sched_getaffinity(0), quota=_load_text("/sys/fs/cgroup/cpu.max"))
    return os.cpu_count() or 1


def _load_text(path: str | Path) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""
