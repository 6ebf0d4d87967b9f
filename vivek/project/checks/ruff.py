"""Runs ruff over the new texts of a change, away from the user's files; its findings come back as it wrote them."""

import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from vivek.edits.paths import unsafe
from vivek.errors import WorkspaceError
from vivek.workspace.process import Finished, run_captured

RULES: Final = "E9,F,B,PLE,ASYNC210,ASYNC220,ASYNC221,ASYNC222,ASYNC251,RUF006"
"""What ruff looks for where the project's own settings do not count: mistakes, not style."""

_SETTINGS = ("ruff.toml", ".ruff.toml", "pyproject.toml")
_TARGET = "py314"  # the newest, so that no syntax counts as unknown
_AT_ONCE = 400
_SECONDS = 60.0
_USABLE = (0, 1)  # nothing found, something found
_OWN: Mapping[str, str | None] = {"RUFF_OUTPUT_FORMAT": None, "RUFF_CONFIG": None, "NO_COLOR": "1"}


@dataclass(frozen=True, slots=True)
class Linted:
    """What came of running a linter.

    Attributes:
        tool: Its name.
        version: Its version, "" where it did not run.
        reports: What it wrote, as JSON; its paths begin with `root`.
        root: The folder it ran in.
        read: The files it read.
        told: What the user should know, such as that it is not installed.
    """

    tool: str
    version: str = ""
    reports: tuple[bytes, ...] = ()
    root: str = ""
    read: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()


def ruff_version(program: str | None = None) -> str:
    """Return the version of ruff, "" where it cannot be run.

    Args:
        program: Where it lies; beside vivek's own Python, or on the PATH, when None.
    """
    try:
        finished = run_captured([program or _beside(), "--version"], cwd=Path("/"), timeout=_SECONDS, env=_OWN)
    except WorkspaceError:
        return ""
    return finished.stdout.decode("ascii", "replace").strip().removeprefix("ruff ") if not finished.returncode else ""


def ruff_stamp() -> str:
    """Return what changes when another ruff is installed, without running it."""
    place = Path(_beside())
    if not place.is_absolute():
        return ""
    status = place.stat()
    return f"{place}:{status.st_size}:{status.st_mtime_ns}"


def run_ruff(
    texts: Mapping[str, str],
    settings_of: Callable[[str], bytes | None] | None = None,
    *,
    program: str | None = None,
) -> Linted:
    """Run ruff over texts; nothing of the project is read or written by it.

    Args:
        texts: The new texts by path, Python only.
        settings_of: Returns a file of the project, None where there is none; given only where the project is trusted,
            else ruff runs without any settings of it.
        program: Where ruff lies; beside vivek's own Python, or on the PATH, when None.
    """
    wanted = {path: text for path, text in texts.items() if unsafe(path) is None}
    if not wanted:
        return Linted("ruff")
    ruff = program or _beside()
    version = ruff_version(ruff)
    if not version:
        return Linted("ruff", told=("ruff is not installed, so nothing was looked at with it.",))
    with tempfile.TemporaryDirectory(prefix="vivek-lint-") as folder:
        root = Path(folder).resolve()
        for path, text in wanted.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        told: tuple[str, ...] = ()
        if settings_of is not None and _bring(root, wanted, settings_of):
            finished = _run(ruff, root, sorted(wanted), ())
            if all(each.returncode in _USABLE for each in finished):
                return _linted(version, finished, root, wanted, ())
            why = next(each.stderr for each in finished if each.returncode not in _USABLE)
            said = " ".join(why.decode("utf-8", "replace").split())[:200]
            told = (f"The project's own settings of ruff cannot be used, so it ran without: {said}",)
        isolated = ("--isolated", "--select", RULES, "--target-version", _TARGET)
        return _linted(version, _run(ruff, root, sorted(wanted), isolated), root, wanted, told)


def _bring(root: Path, texts: Mapping[str, str], settings_of: Callable[[str], bytes | None]) -> bool:
    """Put the project's settings beside the texts; False where none of them speaks of ruff."""
    folders = {folder for path in texts for folder in PurePosixPath(path).parents}
    found = False
    for folder in folders:
        for name in _SETTINGS:
            path = str(folder / name)
            data = settings_of(path)
            if data is None or (name == "pyproject.toml" and b"[tool.ruff" not in data):
                continue
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
            found = True
    if found and not any((root / name).exists() for name in _SETTINGS):
        # Else ruff would look for settings above the folder, which are nobody's here.
        (root / "ruff.toml").write_text(f"[lint]\nselect = {str(RULES.split(',')).replace(chr(39), chr(34))}\n")
    return found


def _run(ruff: str, root: Path, paths: Sequence[str], options: Sequence[str]) -> list[Finished]:
    """Run ruff on some files at a time."""
    command = [ruff, "check", "--no-cache", "--no-fix", "--output-format", "json", "--no-respect-gitignore", *options]
    return [
        run_captured([*command, "--", *paths[at : at + _AT_ONCE]], cwd=root, timeout=_SECONDS, env=_OWN)
        for at in range(0, len(paths), _AT_ONCE)
    ]


def _linted(
    version: str, finished: Sequence[Finished], root: Path, texts: Mapping[str, str], told: tuple[str, ...]
) -> Linted:
    failed = [each for each in finished if each.returncode not in _USABLE]
    if failed:
        said = " ".join(failed[0].stderr.decode("utf-8", "replace").split())[:200]
        return Linted("ruff", told=(*told, f"ruff failed: {said or 'no message'}"))
    return Linted("ruff", version, tuple(each.stdout for each in finished), str(root), frozenset(texts), told)


def _beside() -> str:
    """Return ruff as it was installed along with vivek, else its bare name."""
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        place = Path(folder) / "ruff"
        if place.is_file():
            return str(place)
    return "ruff"
