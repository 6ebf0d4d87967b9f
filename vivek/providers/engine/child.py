"""The child that runs llama.cpp's own server: started by its path, never imported by vivek.

One JSON line comes in (key, model, lease), one goes out (address or error). It uses nothing else of vivek, so it
starts at once, and it leaves by itself when nobody needs it any more.
"""

import fcntl
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

WINDOWS = (32_768, 16_384, 8_192, 4_096)
# Small batches make a closed connection felt within half a second on a CPU and cost about 7 % of the prefill.
CPU_BATCH, GPU_BATCH = 64, 512
EMBEDDING_WINDOW = 2_048  # a text is computed at once, which takes memory with its square
SLEEP_SECONDS = 1_800
POLL_SECONDS = 0.25
NEEDED_FEATURES = ("avx2", "bmi2", "f16c", "fma")  # what the wheels for x86-64 are built for
MEBIBYTE = 2**20
_CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the parent wants; the fields of its line.

    Attributes:
        key: The secret that every request must carry.
        model: The model file.
        size_bytes: Its size.
        window: Tokens of the window wanted, None to choose by free memory.
        window_maximum: Tokens the model was made for, None if unknown.
        cache_bytes: Bytes that one token of context takes, None if unknown.
        embedding: Whether it is to give vectors instead of replies.
        threads: Threads that compute, None for the cores that are free.
        lease: File that every user of this child holds a shared lock on, None if the parent is the only one.
        linger: Seconds to stay after the last user left.
    """

    key: str
    model: str
    size_bytes: int = 0
    window: int | None = None
    window_maximum: int | None = None
    cache_bytes: int | None = None
    embedding: bool = False
    threads: int | None = None
    lease: str | None = None
    linger: float = 0.0


def main() -> NoReturn:
    """Answer one line, serve, leave."""
    answers = os.fdopen(os.dup(1), "w")  # the pipe carries our lines only; whatever else is printed goes to stderr
    os.dup2(2, 1)
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    ask = Ask(**json.loads(line))
    watch = threading.Thread(target=_leave_when_unused, args=(ask,), daemon=True)
    watch.start()
    missing = missing_features(platform.machine(), _load_text("/proc/cpuinfo"))
    if missing:
        _refuse(answers, "cpu", f"It lacks {', '.join(missing)}.")
    try:
        server = _serve(ask)
    except ImportError as error:
        _refuse(answers, "missing", str(error))
    except (ArithmeticError, AttributeError, MemoryError, OSError, RuntimeError, TypeError, ValueError) as error:
        _refuse(answers, "load", str(error))
    _say(answers, url=server.listening_address, pid=os.getpid())
    watch.join()
    os._exit(0)


def missing_features(machine: str, cpuinfo: str) -> tuple[str, ...]:
    """Return what this processor lacks; the engine would die of an illegal instruction while it is imported."""
    if machine.lower() not in ("x86_64", "amd64"):
        return ()
    flags = next((line.split(":", 1)[1].split() for line in cpuinfo.splitlines() if line.startswith("flags")), None)
    return () if flags is None else tuple(name for name in NEEDED_FEATURES if name not in flags)


def fitting_window(ask: Ask, free_bytes: int) -> int:
    """Return the window in tokens: as wanted, else the largest whose cache takes half of what the weights leave."""
    maximum = ask.window_maximum or WINDOWS[-1]
    if ask.window is not None:
        return min(ask.window, ask.window_maximum or ask.window)
    room = max(0, free_bytes - ask.size_bytes) // 2
    fitting = (window for window in WINDOWS if window * (ask.cache_bytes or 0) <= room)
    return min(next(fitting, WINDOWS[-1]), maximum)


def prompt_cache_mebibytes(ask: Ask, free_bytes: int) -> int:
    """Return the memory for prompts that are not in use, so that two that alternate are not read twice."""
    return max(64, min(1_024, (free_bytes - ask.size_bytes) // 8 // MEBIBYTE))


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


def _serve(ask: Ask) -> Any:  # the engine has no types
    import xllamacpp as engine

    free = free_memory(
        _load_text("/proc/meminfo"),
        _load_text("/sys/fs/cgroup/memory.max"),
        _load_text("/sys/fs/cgroup/memory.current"),
    )
    gpu = any("GPU" in str(device["type"]) for device in engine.get_device_info())
    params = engine.CommonParams()
    params.model.path = ask.model
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [ask.key]
    params.ui, params.verbosity, params.n_parallel = False, 1, 1
    params.n_ctx = fitting_window(ask, free)
    params.n_batch = params.n_ubatch = GPU_BATCH if gpu else CPU_BATCH
    if ask.embedding:
        params.embedding = True
        params.n_ctx = params.n_batch = params.n_ubatch = min(params.n_ctx, EMBEDDING_WINDOW)
    params.fit_params = gpu  # on a CPU it only loads a broken file twice
    params.cache_ram_mib = prompt_cache_mebibytes(ask, free)
    params.sleep_idle_seconds = SLEEP_SECONDS
    threads = ask.threads or thread_count(_cores(), os.getloadavg()[0])
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    return engine.Server(params)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # macOS has none, and no two threads a core there
        return physical_cores(os.sched_getaffinity(0), quota=_load_text("/sys/fs/cgroup/cpu.max"))
    return os.cpu_count() or 1


def _leave_when_unused(ask: Ask) -> NoReturn:
    """End this process when its parent is gone or, if it is shared, when nobody has held the lease for a while."""
    if ask.lease is None:
        while os.read(0, 4_096):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
        os._exit(0)
    lease = os.open(ask.lease, os.O_RDWR)
    quiet_since = None
    while True:
        time.sleep(POLL_SECONDS)
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            quiet_since = None
            continue
        now = time.monotonic()
        quiet_since = quiet_since or now
        if now - quiet_since >= ask.linger:
            os._exit(0)  # the lock goes with the process, so a newcomer never meets a child that is about to leave
        fcntl.flock(lease, fcntl.LOCK_UN)


def _refuse(answers: IO[str], kind: str, error: str) -> NoReturn:
    _say(answers, kind=kind, error=error)
    sys.exit(3)  # the long way out: the engine's log, which names the reason, is still being written


def _say(answers: IO[str], **words: object) -> None:
    try:
        answers.write(json.dumps(words) + "\n")
        answers.flush()
    except BrokenPipeError:
        os._exit(1)  # the parent died while the model was loading; nobody knows of this child


def _load_text(path: str | Path) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()
