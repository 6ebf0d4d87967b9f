"""Visits hostile repositories in child processes and judges what was seen there."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

WATCH = Path(__file__).with_name("watch.py")
ROOT = Path(__file__).parents[2]
_GIT = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "safe.bareRepository=explicit", "protocol.allow=never")
_TRUSTED = ("/usr/", "/bin/", "/opt/", "/nix/")
_SCRIPTS = {"answer": "A price is a whole number.\n", "change": "prices.py\n```python\nCOST = 3\n```\n"}
_PROBES = ("bwrap", "setpriv", "unshare")
"""What the sandbox is tried out with, on nothing of the project."""
_OURS = ("home/.state", "home/.cache/vivek", "repo/.vivek")
"""What vivek keeps for itself."""


@dataclass
class Visit:
    """What vivek did in one repository.

    Attributes:
        area: Where it is.
        codes: Exit codes by command.
        sprung: Traps that ran.
        started: Processes that are neither vivek's own hardened git nor its ctags.
        gits: How many of these two there were.
        talked: Connections.
        written: Files written or removed that are neither vivek's state nor its folder in the project.
        said: What was printed.
    """

    area: Path
    codes: dict[str, int]
    sprung: list[str]
    started: list[list[str]]
    gits: int
    talked: list[list[str]]
    written: list[str]
    said: str = field(repr=False)

    @property
    def clean(self) -> bool:
        """Whether nothing happened that must not."""
        return not (self.sprung or self.started or self.talked or self.written)


def visit(areas: Sequence[Path], *, extra_path: str = "", watch: Path = WATCH) -> list[Visit]:
    """Open each repository with vivek in one process of its own and return what it did.

    Args:
        areas: The repositories' surroundings, all in one folder.
        extra_path: What stands first on the PATH, such as `.`.
        watch: The script that visits them.
    """
    for name, reply in _SCRIPTS.items():
        (areas[0].parent / f"{name}.jsonl").write_text((json.dumps(reply) + "\n") * 9)
    before = {area: _listing(area) for area in areas}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.pathsep.join(filter(None, [extra_path, environment["PATH"]])),
    }
    child = subprocess.run(
        [sys.executable, "-P", str(watch), *map(str, areas)],
        cwd=areas[0] / "repo",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60 + 20 * len(areas),
        check=False,
    )
    lines = child.stdout.splitlines()
    if child.returncode or len(lines) != len(areas):
        msg = f"{len(lines)} of {len(areas)} visits ended well ({child.returncode}): {child.stderr[-2000:]}"
        raise RuntimeError(msg)
    return [_judged(json.loads(line), before) for line in lines]


def _judged(found: dict[str, object], before: dict[Path, dict[str, tuple[int, ...]]]) -> Visit:
    area = Path(str(found["area"]))
    seen = [(kind, what) for kind, what in found["seen"]]  # type: ignore[attr-defined]  # as watch.py writes it
    starts, talks, command = [], [], ""
    for kind, what in seen:
        if kind == "command":
            command = what
        elif kind == "start" and not _is_probe(what, area):
            starts.append(what)
        elif kind == "talk" and not _is_harmless(what, command):
            talks.append(what)
    foreign = [argv for argv in starts if not (_is_our_git(argv, area) or _is_our_ctags(argv, area))]
    outside = {what for kind, what in seen if kind == "write" and not _is_ours(what, area)}
    after = _listing(area)
    changed = {name for name in {*before[area], *after} if before[area].get(name) != after.get(name)}
    changed = {name for name in changed if not name.startswith((*(f"{each}/" for each in _OURS), "marks/"))}
    return Visit(
        area=area,
        codes=found["codes"],  # type: ignore[arg-type]  # as above
        sprung=sorted(each.name for each in (area / "marks").iterdir()),
        started=foreign,
        gits=len(starts) - len(foreign),
        talked=talks,
        written=sorted(outside | changed),
        said=str(found["said"]),
    )


def _is_our_git(argv: list[str], area: Path) -> bool:
    return _is_from_the_system(argv[0], area, ("git",)) and (
        all(option in argv for option in _GIT) or argv[2:] == ["--version"]
    )


def _is_our_ctags(argv: list[str], area: Path) -> bool:
    """Tell whether it is the reader of source text, told first of all to heed no settings from anywhere."""
    return _is_from_the_system(argv[0], area, ("ctags",)) and argv[2] == "--options=NONE"


def _is_probe(argv: list[str], area: Path) -> bool:
    """Tell whether a process only tries out the sandbox: with a script of vivek's own, or away from the project."""
    if any(part.startswith(".vivek-probe-") for part in argv):
        own_python = os.path.realpath(argv[0]) == os.path.realpath(sys.executable) and "-I" in argv
        return own_python or _is_from_the_system(argv[0], area, _PROBES)
    return _is_from_the_system(argv[0], area, _PROBES) and not any(str(area / "repo") in part for part in argv)


def _is_from_the_system(program: str, area: Path, names: Sequence[str]) -> bool:
    real = os.path.realpath(program)
    return Path(program).name in names and real.startswith(_TRUSTED) and not real.startswith(str(area))


def _is_harmless(talk: list[str], command: str) -> bool:
    """Tell whether a call reaches nobody: a library binds to see if there is IPv6, `doctor` looks for local servers."""
    event, arguments = talk
    local = "'::1'" in arguments or "'127.0.0.1'" in arguments or "'localhost'" in arguments
    return local and (event == "socket.bind" or command == "doctor")


def _is_ours(path: str, area: Path) -> bool:
    scratch = path.startswith(f"/dev/shm/vivek-{os.geteuid()}/")  # of the sandbox, where the disk takes no overlay
    return scratch or path == os.devnull or any(Path(path).is_relative_to(area / folder) for folder in _OURS)


def _listing(area: Path) -> dict[str, tuple[int, ...]]:
    """Return every entry below an area with kind, size, time and number: nothing can change without changing these."""
    entries: dict[str, tuple[int, ...]] = {}
    for folder, folders, files in os.walk(area):
        for name in (*folders, *files):
            path = Path(folder, name)
            found = path.lstat()
            is_folder = stat.S_ISDIR(found.st_mode)
            facts = (found.st_mode,) if is_folder else (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino)
            entries[str(path.relative_to(area))] = facts
    return {name: facts for name, facts in entries.items() if name not in (*_OURS, "home/.cache")}
