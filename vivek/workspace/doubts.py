"""What is doubtful about changing files as they lie on the disk, before anything is changed."""

import os
from collections.abc import Iterable

from vivek.errors import WorkspaceError
from vivek.schema.concerns import Concern
from vivek.workspace.files import Files

_OPEN_ELSEWHERE = (".{}.swp", ".{}.swo", ".#{}", "#{}#")  # vim, and Emacs' lock and its unsaved text


def find_doubts(files: Files, paths: Iterable[str]) -> tuple[Concern, ...]:
    """Return what the user should know of files that are to be changed, made or deleted.

    Args:
        files: The user's files.
        paths: Relative to the root, with `/`.

    Raises:
        OutsideWorkspaceError: If a path leads out of the workspace.
    """
    return tuple(concern for path in paths for concern in _doubts(files, path))


def _doubts(files: Files, path: str) -> Iterable[Concern]:
    place = files.place_of(path)
    try:
        files.check_writable(path)
    except WorkspaceError as error:
        yield Concern("F-B06", "block", path, error.message)
        return
    names = files.names(path)
    if names > 1:
        text = f"It has {names} names on this disk: under the others it keeps the old text."
        yield Concern("P07", "ask", path, text)
    for pattern in _OPEN_ELSEWHERE:
        beside = place.with_name(pattern.format(place.name))
        if os.path.lexists(beside):
            text = f"An editor seems to have it open: {beside.name!r} lies beside it."
            yield Concern("F-B18", "ask", path, text)
