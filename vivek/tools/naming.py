"""From a path as a model wrote it to a file of the project, or to words on why there is none. Pure."""

from vivek.edits.paths import similar
from vivek.tools.base import Desk

_WRAPPINGS = "`'\"<>"


def meant(said: str, desk: Desk) -> str:
    """Return the file that a path means; the path itself, cleaned, where no file fits.

    A path is completed only when one file alone ends with it.
    """
    path = said.strip().strip(_WRAPPINGS).replace("\\", "/").rstrip("/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    files = desk.list_files()
    if not path or path in files:
        return path
    if path.lstrip("/") in files:  # a model takes the project for the whole disk
        return path.lstrip("/")
    tail = "/" + path.lstrip("/")
    ends = [name for name in files if name.endswith(tail)]
    return ends[0] if len(ends) == 1 else path


def missing(path: str, desk: Desk) -> str:
    """Return what to tell a model of a file that is not there."""
    near = [f"`{name}`" for name in similar(path, desk.list_files()) if desk.may_read(name) is None]
    if not near:
        return f"There is no file `{path}`."
    return f"There is no file `{path}`. Files with a name like it: {', '.join(near)}."
