"""What was typed in a project, kept on disk for the next chat."""

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import History

_HISTORY_BYTES = 2**20
_ENTRY_CHARACTERS = 20_000


class ProjectHistory(History):
    """What was typed in a project, one JSON string a line, readable by its owner only.

    Args:
        data: The project's data folder; nothing is kept on disk while it does not exist.
        whole: Puts texts that were folded away back into what is kept.
        failed: Called once, with why, when the folder is there and nothing can be kept in it.
    """

    def __init__(
        self,
        data: Path,
        *,
        whole: Callable[[str], str] = lambda text: text,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._data = data
        self._whole = whole
        self._failed: Callable[[str], None] | None = failed
        self._unwritten: list[str] = []

    def load_history_strings(self) -> Iterable[str]:
        """Yield what was typed, newest first."""
        try:
            handle = self._open(os.O_RDONLY)
        except OSError:
            return
        with os.fdopen(handle, "rb") as stream:
            stream.seek(max(0, os.fstat(handle).st_size - _HISTORY_BYTES))
            lines = stream.read().split(b"\n")
        for line in reversed(lines):
            try:
                text = json.loads(line)
            except ValueError:
                continue  # cut off by a kill, or by the limit
            if isinstance(text, str):
                yield text

    def store_string(self, string: str) -> None:
        """Keep a text; one that cannot be written yet is tried again with the next."""
        text = self._whole(string)
        if len(text) > _ENTRY_CHARACTERS:
            return
        self._unwritten.append(json.dumps(text) + "\n")
        try:
            handle = self._open(os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            with os.fdopen(handle, "wb") as stream:
                stream.write("".join(self._unwritten).encode())
        except FileNotFoundError:
            return  # the folder is made with the first turn
        except OSError as error:
            self._tell(error.strerror or str(error))  # no history is better than no prompt
            return
        self._unwritten.clear()

    def _tell(self, why: str) -> None:
        failed, self._failed = self._failed, None
        if failed is not None:
            failed(why)

    def _open(self, flags: int) -> int:
        """Open the file without following a link that a repository may have brought."""
        safe = os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY | safe)
        try:
            if flags & os.O_CREAT:
                with suppress(FileExistsError):
                    os.mkdir("cache", 0o700, dir_fd=folder)
            cache = os.open("cache", os.O_RDONLY | os.O_DIRECTORY | safe, dir_fd=folder)
            try:
                return os.open("history", flags | safe, 0o600, dir_fd=cache)
            finally:
                os.close(cache)
        finally:
            os.close(folder)
