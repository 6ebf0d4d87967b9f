"""The launcher of sandboxed commands made of the system's own small programs: half the cost of starting Python.

It lays changes over a project and becomes bubblewrap. Where one of the programs is missing, `confine` does the same.
"""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from shutil import which

_PROGRAMS = ("unshare", "mount", "prlimit", "sh")
_SPLITS_OPTIONS = frozenset(',:\\"')  # a path with one of them is left to the launcher in Python
_SCRIPT = """
echo 1000 > /proc/self/oom_score_adj 2> /dev/null
mount -n -t overlay overlay -o "$1" "$2" || exit 125
cd /
exec 9< "$3"
shift 3
exec "$@"
"""
_FEW_PROCESSES = "echo {} > /proc/sys/kernel/pid_max 2> /dev/null"


@cache
def _place_of(name: str) -> str | None:
    return which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")


def has_shell_launcher(paths: Sequence[Path]) -> bool:
    """Tell whether the programs are there, and can be told these paths."""
    plain = not any(_SPLITS_OPTIONS & set(str(path)) for path in paths)
    return plain and all(_place_of(name) for name in _PROGRAMS)


def shell_launcher(project: Path, layers: tuple[Path, Path], filter_file: Path, limits: Mapping[str, int]) -> list[str]:
    """Return what comes before the command line of bubblewrap.

    Args:
        project: What the changes are laid over.
        layers: The changes, and the folder of what the command writes.
        filter_file: Holds the filter of system calls, which bubblewrap finds as descriptor 9.
        limits: Resource limits by the names of `prlimit`; `nproc` is also how many processes root may have.
    """
    program = {name: _place_of(name) or name for name in _PROGRAMS}
    changes, scratch = layers
    options = f"nosuid,nodev,userxattr,volatile,lowerdir={changes}:{project}"
    options += f",upperdir={scratch}/upper,workdir={scratch}/work"
    start, script = [program["unshare"], "-Urm"], _SCRIPT
    if os.geteuid() == 0:
        # Root's processes are not counted: a room with few numbers for processes bounds them.
        start = [program["unshare"], "-Urmpf", "--kill-child"]
        script = _FEW_PROCESSES.format(limits["nproc"]) + _SCRIPT
    bounds = [program["prlimit"], *(f"--{name}={value}" for name, value in limits.items())]
    return [*start, *bounds, program["sh"], "-c", script, "sh", options, str(project), str(filter_file)]
