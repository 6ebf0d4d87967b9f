"""Which packages and hosts a project names, and what its environment holds: by reading names and files only."""

import re
from collections.abc import Callable, Collection
from pathlib import Path

from vivek.errors import WorkspaceError

_ENVIRONMENTS = (".venv", "venv", "env")
_LISTS = (
    *("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock"),
    *("package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "environment.yml"),
)
_REQUIREMENTS = re.compile(r"(?:.*/)?(?:requirements|constraints)[\w.-]*\.txt")
_NAME = re.compile(r"(?<![\w.@/-])@?[A-Za-z][\w.-]*(?:/[\w.-]+)?[\w]")
_FRONT = re.compile(r"(?:README|CONTRIBUTING|CHANGELOG)(?:\.\w+)?", re.I)
_HOST = re.compile(r"https?://(?:[^/@\s]{1,200}@)?([\w.-]{1,253})")
_LARGEST = 8 * 1024 * 1024

Read = Callable[[str], bytes | None]


def installed_names(root: Path) -> frozenset[str] | None:
    """Return the top-level names that the project's own environment can import; None when it has none here."""
    for environment in _ENVIRONMENTS:
        if not (root / environment / "pyvenv.cfg").is_file():
            continue
        folders = (root / environment / "lib").glob("python3*/site-packages")
        names = {_module(entry.name) for folder in folders for entry in folder.iterdir()}
        return frozenset(name for name in names if name)
    return None


def locked_names(files: Collection[str], read: Read) -> frozenset[str]:
    """Return every word in the project's lists of dependencies that may be the name of a package.

    Args:
        files: The files of the project.
        read: Returns the bytes of one, None when there is none.
    """
    names: set[str] = set()
    for path in files:
        if "/" in path and not _REQUIREMENTS.fullmatch(path):
            continue
        if path not in _LISTS and not _REQUIREMENTS.fullmatch(path):
            continue
        try:
            data = read(path) or b""
        except WorkspaceError:
            continue
        if len(data) <= _LARGEST:
            names.update(_NAME.findall(data.decode("utf-8", "replace")))
    return frozenset(names)


def named_hosts(files: Collection[str], text_of: Callable[[str], str | None]) -> frozenset[str]:
    """Return the hosts that the project's own front pages and lists name, in lower case.

    Args:
        files: The files of the project.
        text_of: Returns the text of one, None when it has none.
    """
    pages = [path for path in files if "/" not in path and (path in _LISTS or _FRONT.fullmatch(path))]
    return frozenset(host.lower() for path in pages for host in _HOST.findall(text_of(path) or ""))


def _module(entry: str) -> str:
    """Return the name under which an entry of an environment is imported, or ""."""
    name = entry.partition(".")[0]
    return "" if entry.endswith((".dist-info", ".egg-info", ".pth")) or name == "__pycache__" else name
