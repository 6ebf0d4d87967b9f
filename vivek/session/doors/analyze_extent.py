"""What of a project a report is about: all of it, a folder, or what changed. No model, no graph, no network."""

import os
from pathlib import Path

from vivek.analysis.structure.extent import narrowed
from vivek.errors import ConfigError
from vivek.project.changes.changed import changed_paths
from vivek.schema.architecture import Architecture, Extent
from vivek.session.place import Place


def beneath(place: Place, named: str, start: Path) -> str:
    """Return a file or folder relative to the root of the project, "" for the root.

    Args:
        place: The project.
        named: The file or folder as it was typed.
        start: The folder it was typed in.

    Raises:
        ConfigError: If it lies outside of the project, or does not exist.
    """
    whole = Path(os.path.normpath(start / named))  # `..` is taken by its name: a link may lead elsewhere
    if not whole.is_relative_to(place.root):
        msg = f"{named} lies outside of {place.root}."
        raise ConfigError(msg, hint="Change into the project that it belongs to.")
    try:
        whole.stat()
    except (OSError, ValueError) as error:
        msg = f"There is no file or folder {named}."
        raise ConfigError(msg, hint="`vivek analyze` alone tells of the whole project.") from error
    path = whole.relative_to(place.root).as_posix()
    return "" if path == "." else path


def narrow(
    place: Place, report: Architecture, *, path: str = "", changed: bool = False, since: str = ""
) -> Architecture:
    """Return what a report says of a part of the project.

    Args:
        place: The project.
        report: The report on all of it.
        path: A file or folder, relative to the root; "" for all.
        changed: Whether it is about what changed only, and what depends on that.
        since: The revision that it changed since, "" for the last commit or the branch.

    Raises:
        ConfigError: If this is no git repository, or there is no such revision.
        WorkspaceError: If git fails.
    """

    def inside(name: str) -> bool:
        return not path or name == path or name.startswith(f"{path}/")

    if not changed:
        return narrowed(report, Extent(path, paths=(path,)), inside) if path else report
    against, names = changed_paths(place.root, since)
    files = frozenset(filter(inside, names))
    told = f"{len(files):,} {'file that differs' if len(files) == 1 else 'files that differ'} from {against}"
    extent = Extent(f"{path}, {told}" if path else told, since, tuple(sorted(files)))
    return narrowed(report, extent, files.__contains__, dependants=True)
