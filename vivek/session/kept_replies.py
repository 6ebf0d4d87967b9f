"""Keeps the reply of a turn that failed as a file: what a model wrote at length is not lost with the turn."""

import os
from contextlib import suppress
from pathlib import Path

from vivek.session.logs import LOGGER
from vivek.session.place import Place

FOLDER = "cache/replies"
"""Below the data folder, where git sees nothing."""

MOST = 20
"""Replies that are kept; the oldest go first."""


def keep_reply(place: Place, thread_id: str, turn: int, text: str) -> str:
    """Write a reply to a file; return its path, relative to the root where it lies there, "" where none is kept.

    Args:
        place: The project.
        thread_id: The thread.
        turn: The number of the turn.
        text: What was said; nothing is kept of blanks.
    """
    if not text.strip():
        return ""
    path = place.data / FOLDER / f"{thread_id}-{turn}.md"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.unlink()  # never through a link
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
        _forget_old(path.parent)
    except (OSError, UnicodeEncodeError) as error:
        LOGGER.warning("the reply of %s is not kept: %s", thread_id, error)
        return ""
    return str(path.relative_to(place.root)) if path.is_relative_to(place.root) else str(path)


def _forget_old(folder: Path) -> None:
    kept = sorted(folder.glob("*.md"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-MOST]:
        path.unlink()
