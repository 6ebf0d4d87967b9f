"""Decides what a sandboxed command sees, what of it can be changed, and which variables it gets. Changes nothing."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vivek.config.folders import config_folder, home_folder, state_folder
from vivek.config.layers import environment
from vivek.workspace.paths import PROTECTED, git_folders

MEMORY = "2147483648"
"""Bytes that a command's private `/tmp` holds."""

_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LANGUAGE", "TERM", "TZ", "VIRTUAL_ENV", "CI", "USER", "LOGNAME")
# What a repository's own configuration would have `git log` run: the program that checks signatures.
_GIT = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "log.showSignature", "GIT_CONFIG_VALUE_0": "false"}
_LOCALES = ("ALL", "COLLATE", "CTYPE", "MESSAGES", "MONETARY", "NUMERIC", "TIME")
_SECRETS = (
    *(".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config/gcloud", ".config/gh", ".config/hub"),
    *(".config/op", ".config/git/credentials", ".git-credentials", ".netrc", ".npmrc", ".pypirc", ".pgpass"),
    *(".password-store", ".local/share/keyrings", ".cargo/credentials.toml", ".cargo/credentials", ".vault-token"),
    *(".mozilla", ".config/google-chrome", ".config/chromium", ".config/BraveSoftware", ".thunderbird"),
    *(".bash_history", ".zsh_history", ".python_history", ".psql_history", ".mysql_history", ".terraform.d"),
    *(".config/keepassxc", ".config/rclone", ".config/sops", ".bitcoin", ".ethereum", ".m2/settings.xml"),
)
_HIDDEN = ("/tmp", "/run")  # noqa: S108 - replaced by private ones
_KEPT_IN_RUN = ("/run/current-system", "/run/opengl-driver")  # programs and drivers on some systems
_RESOLVERS = ("/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf")
_SOCKETS = Path("/proc/net/unix")
_LISTENS = "00010000"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what a command sees.

    Attributes:
        kind: `ro` and `rw` show `source`; `tmpfs` is empty and private.
        source: What is shown; for `tmpfs` its size in bytes.
        target: Where.
    """

    kind: str
    source: str
    target: str


def parts_of_view(root: Path, *, writable: bool, network: bool) -> list[Part]:
    """Return what is shown over the read-only machine, in the order of mounting.

    Args:
        root: The project.
        writable: Whether the project may be changed.
        network: Whether names must be resolved.
    """
    parts = [Part("tmpfs", MEMORY, folder) for folder in _HIDDEN if Path(folder).is_dir()]
    kept = [*_KEPT_IN_RUN, *(_RESOLVERS if network else ())]
    parts += [Part("ro", folder, folder) for folder in kept if Path(folder).exists()]
    parts += [_emptied(path) for path in hidden_paths(root)]
    parts.append(Part("rw" if writable else "ro", str(root), str(root)))
    parts += [Part("ro", str(path), str(path)) for path in protected_paths(root)]
    return parts


def hidden_paths(root: Path) -> list[Path]:
    """Return what of the user's must not be read: keys, tokens, histories, and sockets that listen now."""
    home = str(home_folder())
    told = [*(f"{home}/{name}" for name in _SECRETS), str(config_folder()), str(state_folder())]
    # Text, because every command waits for this; and what cannot even be looked at, no command can read either.
    paths = {Path(os.path.realpath(path)) for path in told if os.path.exists(path)}  # noqa: PTH110
    paths.update(_listening_sockets())
    return sorted(path for path in paths if not root.is_relative_to(path) and not _is_gone(path))


def protected_paths(root: Path) -> list[Path]:
    """Return what of a project no command may change: git's data and vivek's."""
    paths = [root / name for name in sorted(PROTECTED)] + git_folders(root)
    return [path for path in paths if path.exists() and path.is_relative_to(root) and not path.is_symlink()]


def clean_environment(folder: str, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables of a command: a few of the user's, none with a key.

    Args:
        folder: Where it may keep what it does not need later.
        changes: Variables of the command's own.
    """
    names = (*_KEPT_VARIABLES, *(f"LC_{name}" for name in _LOCALES))
    kept = {name: value for name in names if (value := environment(name)) is not None}
    search = [entry for entry in kept.get("PATH", os.defpath).split(os.pathsep) if entry.startswith("/")]
    own = {"PATH": os.pathsep.join(search), "TMPDIR": folder, "GOCACHE": f"{folder}/go-build"}
    return {**kept, **_GIT, **own, **(changes or {})}


def _emptied(path: Path) -> Part:
    return Part("tmpfs", "4096", str(path)) if path.is_dir() else Part("ro", os.devnull, str(path))


def _listening_sockets() -> Iterator[Path]:
    """Yield the Unix sockets that listen now, but for those in folders that are hidden anyway."""
    try:
        table = _SOCKETS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    for line in table.splitlines()[1:]:
        fields = line.split(maxsplit=7)
        if len(fields) > 7 and fields[3] == _LISTENS and fields[7].startswith("/"):
            path = Path(os.path.realpath(fields[7]))
            if not any(path.is_relative_to(folder) for folder in _HIDDEN):
                yield path


def _is_gone(path: Path) -> bool:
    hidden = any(path.is_relative_to(folder) for folder in _HIDDEN)
    return hidden or not os.path.exists(path)  # noqa: PTH110 - as above
