"""Reads the files of a project for its index: whether they changed, what they are, their text. Writes nothing."""

import os
import re
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from vivek.edits.codec import Undecodable, decode, is_binary
from vivek.errors import WorkspaceError
from vivek.project.roles import role_of
from vivek.syntax.languages import language_of
from vivek.workspace.disk import Disk
from vivek.workspace.files import Files
from vivek.workspace.openat2 import Open, openat2

LARGEST = 1_000_000
"""Bytes up to which a file is read for the index, unless it is code."""

LARGEST_CODE = 10_000_000
"""Bytes up to which code is read: somebody's tables of 200,000 lines are a part of the program too."""

_PLAIN = frozenset(
    {
        *("css", "csv", "diff", "html", "ini", "json", "json5", "jsonl", "toml", "xml", "yaml"),
        *("latex", "markdown", "rst", "text"),
    }
)

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_PIECE = 1 << 20
_TRIES = 3
# A file may change twice within one tick of the clock its times come from: then they cannot tell.
_SECOND, _TICK, _COARSE_TICK = 1_000_000_000, 100_000_000, 2_500_000_000
_HEAD, _HEAD_BYTES = 1_500, 8_192
_TOO_LARGE = "too large"
_GENERATED = re.compile(
    r"@generated\b|\bDO NOT EDIT\b|(?m:^)[^\w\n]{1,4}(?:this file (?:is|was) )?auto-?generated\b", re.I
)
_ASIDE = {"test": 1, "generated": 2, "vendored": 2}
_MINIFIED_SIZE, _MINIFIED_WIDTH = 4_000, 300
_LOCKS = frozenset(
    {
        *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "deno.lock"),
        *("poetry.lock", "pdm.lock", "uv.lock", "pipfile.lock", "cargo.lock", "gemfile.lock", "composer.lock"),
        *("go.sum", "flake.lock", "mix.lock", "pubspec.lock", "podfile.lock", "packages.lock.json"),
    }
)

Stamp = tuple[int, int, int]
"""Size in bytes, time of the last change of the content and of the file, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was at one moment.

    Attributes:
        stamp: What tells cheaply whether it has changed since; its last number is -1 where it cannot tell.
        skipped: Why it is not read for the index: `binary`, `too large`, `minified` ...; "" where it is.
        key: The hash of its text and kind; b"" where no text is kept.
        text: Its text; every line ends with a line feed.
        fault: Why the text is not exactly that of the file.
        aside: How rarely it is what people look for: 0 for a source, 1 for a test, 2 for what they did not write.
    """

    stamp: Stamp
    skipped: str = ""
    key: bytes = b""
    text: str = ""
    fault: str = ""
    aside: int = 0


class Reader:
    """Reads files beneath a root; no link is followed, nothing but plain files is opened.

    Args:
        root: The project's root.
        clock: Returns the time in nanoseconds since 1970.
        opener: The kernel's call that follows no link, or None to go step by step.
    """

    def __init__(
        self, root: Path, *, clock: Callable[[], int] = time.time_ns, opener: Callable[[], Open | None] = openat2
    ) -> None:
        self._files = Files(root)
        self._clock = clock
        self._open = opener()
        self._root = Disk().open_root(self._files.root)

    def close(self) -> None:
        """Let go of the root."""
        os.close(self._root)

    def stamp(self, path: str) -> Stamp | None:
        """Return what tells whether a file has changed, None when it is gone."""
        status = self._status(path)
        return None if status is None else _stamp(status)

    def read(self, path: str) -> Read | None:
        """Return a file as it was at one moment, None when it is gone."""
        data = b""
        for _ in range(_TRIES):
            status = self._status(path)
            if status is None:
                return None
            reason = _refused(path, status)
            if reason == _TOO_LARGE and is_binary(self._head(path)):
                reason = "binary"  # no search needs to look into it
            if reason:
                return Read(_stamp(status), reason)
            looked = self.look(path)
            if looked is None:
                return Read((status.st_size, 0, -1), "not readable")
            data = looked[0]
            if self.stamp(path) == _stamp(status) and len(data) == status.st_size:
                return described(path, data, self._settled(_stamp(status)))
        return described(path, data, (0, 0, -1))  # somebody writes without a pause

    def text_of(self, path: str) -> str:
        """Return the text of a file as it is now, "" where it is gone, too large or no text."""
        data = self.bytes_of(path, most=most_of(path)) or b""
        return "" if is_binary(data) else _decoded(data)[0]

    def bytes_of(self, path: str, *, most: int) -> bytes | None:
        """Return the bytes of a plain file as it is now, None where there is none or it is larger than `most`."""
        looked = self.look(path, most=most)
        return None if looked is None else looked[0]

    def look(self, path: str, *, most: int | None = None) -> tuple[bytes, Stamp] | None:
        """Return the bytes of a plain file with its stamp as it was opened, None where it is none or too large."""
        try:
            if self._open is None:
                return self._look_step_by_step(path, most)
            handle = self._open(self._root, path, _FLAGS)
        except (OSError, WorkspaceError, ValueError):  # ValueError: a name with a NUL
            return None
        # Without a file object around it: a search reads hundreds of files in milliseconds.
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or (most is not None and status.st_size > most):
                return None
            data = os.read(handle, status.st_size + 1)
            while len(data) > status.st_size or (data and len(data) < status.st_size):  # it grows, or came in parts
                more = os.read(handle, _PIECE)
                if not more:
                    break
                data += more
            return data, _stamp(status)
        except OSError:
            return None
        finally:
            os.close(handle)

    def _look_step_by_step(self, path: str, most: int | None) -> tuple[bytes, Stamp] | None:
        status = self._status(path)
        if status is None or not stat.S_ISREG(status.st_mode) or (most is not None and status.st_size > most):
            return None
        data = self._files.read(path)
        return None if data is None else (data, _stamp(status))

    def _status(self, path: str) -> os.stat_result | None:
        try:
            return os.stat(path, dir_fd=self._root, follow_symlinks=False)
        except (OSError, ValueError):  # ValueError: a name with a NUL
            return None

    def _head(self, path: str) -> bytes:
        """Return the first bytes of a large file; b"" where the kernel cannot open it without following links."""
        try:
            handle = self._open(self._root, path, _FLAGS) if self._open is not None else None
        except OSError:
            return b""
        if handle is None:
            return b""
        try:
            return os.read(handle, _HEAD_BYTES)
        except OSError:
            return b""
        finally:
            os.close(handle)

    def _settled(self, stamp: Stamp) -> Stamp:
        """Return a stamp that tells nothing for a file that may change again within the same tick."""
        size, modified, changed = stamp
        fine = modified % _SECOND or changed % _SECOND
        if self._clock() - max(modified, changed) < (_TICK if fine else _COARSE_TICK):
            return size, modified, -1
        return stamp


def described(path: str, data: bytes, stamp: Stamp) -> Read:
    """Return what a file is, told by its name and its bytes."""
    if is_binary(data):
        return Read(stamp, "binary")
    text, fault = _decoded(data)
    name = path.rpartition("/")[2].lower()
    language = language_of(path)
    code = is_code(language)
    skipped = ""
    if name in _LOCKS:
        skipped = "lock file"
    elif code and len(text) > _MINIFIED_SIZE and len(text) > _MINIFIED_WIDTH * (text.count("\n") + 1):
        skipped = "minified"
    kind = f"{language}:{name.rpartition('.')[2]}:{skipped}"
    key = blake2b(data, digest_size=16, key=kind.encode(errors="replace")[:64]).digest()
    aside = 2 if code and _GENERATED.search(text, 0, _HEAD) else _ASIDE.get(role_of(path), 0)
    return Read(stamp, skipped, key, text, fault, aside)


def _decoded(data: bytes) -> tuple[str, str]:
    """Return a text, and why it is not exactly what the bytes say."""
    decoded = decode(data)
    if isinstance(decoded, Undecodable):
        return data.decode("utf-8", "replace"), decoded.reason
    return decoded.plain, ""


def is_code(language: str | None) -> bool:
    """Tell whether texts of a language define what one may look up by name."""
    return language is not None and language not in _PLAIN


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def most_of(path: str) -> int:
    """Return up to how many bytes a file is read, told by its name."""
    return LARGEST_CODE if is_code(language_of(path)) else LARGEST


def _refused(path: str, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "link"
    if not stat.S_ISREG(status.st_mode):
        return "no plain file"
    return _TOO_LARGE if status.st_size > most_of(path) else ""
