"""Looks at vivek itself and at the machine: versions, engines, cores, memory, GPU. Starts nothing but one query."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from vivek import __version__
from vivek.errors import WorkspaceError
from vivek.schema.doctor import Finding
from vivek.workspace.process import run_captured

_AVX2 = "avx2"
_SMALLEST_MEMORY = 4 * 2**30  # what a 3B model with a small window needs
_SWAP_FELT = 512 * 2**20
_QUERY_SECONDS = 2.0
_GPU_FILES = {"NVIDIA": ("dev/nvidia0", "proc/driver/nvidia/version"), "AMD": ("dev/kfd",)}


def look_at_vivek(installed: Callable[[str], bool] = lambda name: find_spec(name) is not None) -> Iterator[Finding]:
    """Yield versions and which engines are installed."""
    python = platform.python_version()
    # Not platform.platform(): it runs whatever `uname` the PATH finds first, which may be the project's.
    system = (
        f"macOS {platform.mac_ver()[0]}" if sys.platform == "darwin" else f"{platform.system()} {platform.release()}"
    )
    yield Finding("vivek", "version", "good", f"vivek {__version__} on Python {python}, {system}")
    yield Finding("vivek", "SQLite", "good", sqlite3.sqlite_version)
    if installed("xllamacpp"):
        yield Finding("vivek", "embedded engine", "good", "llama.cpp (extra `local`)")
    elif which("llama-server"):
        yield Finding("vivek", "embedded engine", "note", "not installed; `llama-server` is on the PATH instead")
    else:
        hint = 'to run model files without a server: `pip install "vivek[local]"`'
        yield Finding("vivek", "embedded engine", "note", "not installed", hint)
    if installed("mlx_lm"):
        yield Finding("vivek", "MLX", "good", "installed (extra `mlx`)")
    elif sys.platform == "darwin" and platform.machine() == "arm64":
        yield Finding("vivek", "MLX", "note", "not installed", 'to run MLX models: `pip install "vivek[mlx]"`')


def look_at_machine(root: Path = Path("/")) -> Iterator[Finding]:
    """Yield what the machine has to give.

    Args:
        root: Where the system's own files are read.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("machine", "cores", "good" if cores > 1 else "poor", f"{cores} usable by vivek")
    yield from _instructions(root)
    yield from _memory(root)
    yield _gpu(root)


def gpu_of(root: Path = Path("/")) -> str:
    """Return whose GPU the system has a driver for, "" when none is seen."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return "Apple"
    return next((maker for maker, files in _GPU_FILES.items() if any((root / file).exists() for file in files)), "")


def _instructions(root: Path) -> Iterator[Finding]:
    """Yield whether the CPU can run the embedded engine's wheel, which is built for AVX2 on x86-64."""
    if platform.machine() not in {"x86_64", "AMD64"}:
        return
    flags = _read(root / "proc/cpuinfo")
    if flags and _AVX2 not in flags:
        hint = "use a server that is built for this CPU, such as Ollama"
        yield Finding("machine", "CPU", "poor", "lacks AVX2: the embedded engine cannot run here", hint)


def _memory(root: Path) -> Iterator[Finding]:
    sizes = {}
    for line in _read(root / "proc/meminfo").splitlines():
        name, _, value = line.partition(":")
        number = value.split()
        if number and number[0].isdigit():
            sizes[name] = int(number[0]) * 1024
    free, whole = sizes.get("MemAvailable"), sizes.get("MemTotal")
    if free is None or whole is None:
        yield Finding("machine", "memory", "note", "unknown: the system does not tell")
        return
    told = f"{free / 1e9:.1f} of {whole / 1e9:.1f} GB free"
    if free < _SMALLEST_MEMORY:
        hint = "close other programs, or use a smaller model"
        yield Finding("machine", "memory", "poor", f"{told}: tight for a 3B model", hint)
    else:
        yield Finding("machine", "memory", "good", told)
    swapped = sizes.get("SwapTotal", 0) - sizes.get("SwapFree", 0)
    if swapped > _SWAP_FELT:
        hint = "a model that is swapped out answers many times slower: free some memory"
        yield Finding("machine", "swap", "poor", f"{swapped / 1e9:.1f} GB in use", hint, makes_faster=True)


def _gpu(root: Path) -> Finding:
    maker = gpu_of(root)
    if not maker:
        return Finding("machine", "GPU", "note", "none seen: models run on the CPU")
    named = _nvidia() if maker == "NVIDIA" else ""
    return Finding("machine", "GPU", "good", named or f"{maker}, by its driver")


def _nvidia() -> str:
    """Return name and memory of the GPUs, "" when the driver's own tool does not answer."""
    if which("nvidia-smi") is None:
        return ""
    query = ["nvidia-smi", "--query-gpu=name,memory.free,memory.total", "--format=csv,noheader"]
    try:
        finished = run_captured(query, cwd=Path("/"), timeout=_QUERY_SECONDS)
    except WorkspaceError:
        return ""
    lines = finished.stdout.decode("utf-8", "replace").splitlines() if finished.returncode == 0 else []
    return "; ".join(line.strip() for line in lines if line.strip())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
