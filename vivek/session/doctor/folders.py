"""Looks at where data rests: the user's folders, the project, its databases, git."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from vivek.config.folders import config_folder, out_of_reach, state_folder
from vivek.errors import VivekError, WorkspaceError
from vivek.schema.doctor import Finding
from vivek.session.place import DATABASES, Place
from vivek.workspace.git.asking import is_tracked
from vivek.workspace.process import run_captured

_LITTLE_SPACE = 2**30
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_QUERY_SECONDS = 2.0


def look_at_folders(place: Place | None) -> Iterator[Finding]:
    """Yield the state of every folder that vivek writes to."""
    try:
        state, settings = state_folder(), config_folder()
    except VivekError as error:
        yield Finding("folders", "home", "broken", error.message, error.hint)
        return
    yield _folder("state", state, "VIVEK_STATE_DIR")
    yield _folder("settings", settings, "VIVEK_CONFIG_DIR")
    if place is not None and not place.restricted:
        yield _folder("project data", place.data)
        yield from _databases(place)
    yield from _threads(state)


def look_at_project(place: Place | None) -> Iterator[Finding]:
    """Yield the project's root and git."""
    if place is None:
        hint = "change into your project and start again"
        yield Finding("project", "folder", "broken", "the current folder no longer exists", hint)
    elif place.restricted:
        hint = "change into a project"
        yield Finding("project", "root", "note", f"{place.root} is no project: files are not listed", hint)
    else:
        yield Finding("project", "root", "good", str(place.root))
    yield _git()


def _folder(name: str, path: Path, variable: str = "") -> Finding:
    """Return whether a folder is, or could be made, and is nobody else's; `variable` names another one."""
    closed = out_of_reach(path)
    if closed is not None:
        hint = f"change who may write {closed}" + (f", or name another folder with {variable}" if variable else "")
        return Finding("folders", name, "broken", f"{closed} cannot be written", hint)
    free = shutil.disk_usage(next(folder for folder in (path, *path.parents) if folder.exists())).free
    told = f"{path}, {free / 1e9:.1f} GB free" if path.exists() else f"{path}, made when needed"
    if free < _LITTLE_SPACE:
        return Finding("folders", name, "poor", told, "make room on this disk: nothing is written when it is full")
    if path.exists() and path.stat().st_mode & _OTHERS and name != "settings":
        return Finding("folders", name, "poor", f"{told}; others may look into it", f"`chmod 700 {path}`")
    return Finding("folders", name, "good", told)


def _databases(place: Place) -> Iterator[Finding]:
    tracked = [name for name in DATABASES if (place.data / name).exists() and _tracked(place, name)]
    for name in tracked:
        hint = f"`git rm --cached .vivek/{name}`, then delete the file"
        yield Finding("folders", name, "broken", "git tracks it: it came with the repository", hint)
    aside = sorted(path.name for path in place.data.glob("*.corrupt-*"))
    if aside:
        told = f"kept aside because they were damaged: {', '.join(aside)}"
        yield Finding("folders", "databases", "note", told, "delete them when you need nothing of them")


def _tracked(place: Place, name: str) -> bool:
    try:
        return is_tracked(place.root, f".vivek/{name}")
    except WorkspaceError:
        return False


def _threads(state: Path) -> Iterator[Finding]:
    """Yield whether the list of threads can be read; looked at without opening it for writing."""
    path = state / "threads.db"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            number = int(connection.execute("SELECT count(*) FROM threads").fetchone()[0])
    except sqlite3.Error as error:
        hint = "the next start keeps it aside and begins a new list; threads can still be resumed by their id"
        if isinstance(error, sqlite3.OperationalError):  # out of reach, not damaged
            hint = f"change who may write {state}, or name another folder with VIVEK_STATE_DIR"
        yield Finding("folders", "threads", "broken", f"{path} cannot be read: {error}", hint)
    else:
        yield Finding("folders", "threads", "good", f"{number:,} on this machine")


def _git() -> Finding:
    try:
        finished = run_captured(["git", "--version"], cwd=Path("/"), timeout=_QUERY_SECONDS)
    except WorkspaceError as error:
        hint = "install git: vivek lists files and finds the project's root with it"
        return Finding("project", "git", "poor", error.message, hint)
    return Finding("project", "git", "good", finished.stdout.decode("utf-8", "replace").strip())
