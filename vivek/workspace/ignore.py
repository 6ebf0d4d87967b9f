"""Which files are kept from the model: those the project hides, and those that hold secrets by their name.

`.vivekignore` has git's syntax and may lie in any folder; it hides what git does not, and never shows what git hides.
"""

import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from vivek.errors import OutsideWorkspaceError
from vivek.workspace.gitignore import Rules, read_rules
from vivek.workspace.paths import resolve

IGNORE_FILE = ".vivekignore"
_LONGEST = 256 * 1024

_SECRET_FOLDERS = frozenset({".ssh", ".aws", ".azure", ".gnupg", ".kube", ".password-store", "gcloud"})
_SECRET_NAMES = frozenset(
    {
        *(".env", ".envrc", ".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".git-credentials"),
        *(".dockercfg", ".htpasswd", ".s3cfg", ".boto", ".vault-token", ".terraformrc", ".yarnrc.yml"),
        *("credentials", "credentials.json", "credentials.toml", "credentials.yml", "credentials.yaml"),
        *("secrets.json", "secrets.toml", "secrets.yml", "secrets.yaml", "secrets.env", "kubeconfig"),
        *("cookies", "cookies.txt", "cookies.sqlite", "login data", "key4.db", "logins.json", "wallet.dat"),
    }
)
_SECRET_ENDS = (
    *(".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".pkcs12", ".agekey"),
    *(".env", ".tfstate", ".tfstate.backup", ".ovpn"),
)
_SECRET = re.compile(
    r"\.env\..+|\.\w+_history"
    r"|id_(?:rsa|dsa|ecdsa|ed25519|xmss)[\w-]*(?:\.(?:bak|old|orig|key|txt))?"
    r"|(?:client_secret|service[-_]?account).*\.json"
)
_SAMPLE = re.compile(r".*[._-](?:example|sample|template|dist|defaults?)(?:\.\w+)?")


def is_secret(path: str) -> bool:
    """Tell whether a file is one that holds secrets, by its name and folders; samples such as `.env.example` are not.

    Args:
        path: Relative or absolute, with `/`; nothing is opened.
    """
    *folders, name = [part for part in path.casefold().replace("\\", "/").split("/") if part] or [""]
    if not _SECRET_FOLDERS.isdisjoint(folders) or (folders[-1:] == [".docker"] and name == "config.json"):
        return True
    if _SAMPLE.fullmatch(name):
        return False
    return name in _SECRET_NAMES or name.endswith(_SECRET_ENDS) or _SECRET.fullmatch(name) is not None


class IgnoreFiles:
    """The ignore files of one name in a project, read when they are needed and once only.

    Args:
        root: The project's root.
        name: How they are called.
        more: Lines that count as if they stood at the end of the one at the root.
    """

    def __init__(self, root: Path, name: str = IGNORE_FILE, more: Sequence[str] = ()) -> None:
        self._root = Path(os.path.realpath(root))
        self._name = name
        self._more = "".join(f"\n{line}" for line in more).encode("utf-8", "surrogateescape")
        self._rules: dict[tuple[bytes, ...], tuple[tuple[int, Rules], ...]] = {}
        self._folders: dict[tuple[bytes, ...], bool] = {(): False}

    def is_hidden(self, path: str) -> bool:
        """Tell whether a file must not be listed or shown: by its own path, or by where its links lead.

        Args:
            path: Relative to the root, with `/`; one that may not be touched at all counts as hidden.
        """
        if self.matches(path):
            return True
        try:
            place = resolve(self._root, path).relative_to(self._root).as_posix()
        except OutsideWorkspaceError:
            return True
        return place != path and self.matches(place)

    def matches(self, path: str, *, folder: bool = False) -> bool:
        """Tell whether the rules ignore a path as it is written; a file in an ignored folder is ignored."""
        parts = _parts(path)
        if not parts or self._holds(parts[:-1]):
            return bool(parts)
        return self._holds(parts) if folder else self._says(parts, folder=False)

    def kept(self, paths: Iterable[str]) -> list[str]:
        """Return the files that the rules do not ignore, as `matches` says; each folder is looked at once.

        Args:
            paths: Files, relative to the root, with `/`.
        """
        kept: list[str] = []
        folders: dict[str, tuple[bool, tuple[bytes, ...], bool]] = {}
        for path in paths:
            folder = path[: path.rfind("/") + 1]
            known = folders.get(folder)
            if known is None:
                parts = _parts(folder)
                known = folders[folder] = (self._holds(parts), parts, bool(self._above(parts)))
            held, parts, ruled = known
            if not held and not (ruled and self._says((*parts, os.fsencode(path[len(folder) :])), folder=False)):
                kept.append(path)
        return kept

    def _holds(self, folder: tuple[bytes, ...]) -> bool:
        known = self._folders.get(folder)
        if known is None:
            known = self._holds(folder[:-1]) or self._says(folder, folder=True)
            self._folders[folder] = known
        return known

    def _says(self, parts: tuple[bytes, ...], *, folder: bool) -> bool:
        """Ask the ignore files above a path, the nearest first."""
        for depth, rules in self._above(parts[:-1]):
            said = rules.verdict(parts[depth:], folder=folder)
            if said is not None:
                return said
        return False

    def _above(self, folder: tuple[bytes, ...]) -> tuple[tuple[int, Rules], ...]:
        """Return the rules that count in a folder, the nearest first, each with the depth of its ignore file."""
        known = self._rules.get(folder)
        if known is None:
            path = os.path.join(os.fsencode(self._root), *folder, os.fsencode(self._name))  # noqa: PTH118 - bytes
            own = read_rules(_read(path) + (b"" if folder else self._more))
            known = (((len(folder), own),) if own is not None else ()) + (self._above(folder[:-1]) if folder else ())
            self._rules[folder] = known
        return known


def _parts(path: str) -> tuple[bytes, ...]:
    return tuple(part for part in os.fsencode(path).split(b"/") if part not in (b"", b"."))


def _read(path: bytes) -> bytes:
    """Return what an ignore file says; no link is followed, as git does, and nothing is waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):  # ValueError: a name with a NUL
        return b""
    try:
        return os.read(handle, _LONGEST) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    finally:
        os.close(handle)
