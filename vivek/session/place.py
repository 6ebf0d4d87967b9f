"""Where vivek works: root, data folder and settings; needs no model. Every door starts here."""

from dataclasses import dataclass
from pathlib import Path

from vivek.config.folders import home_folder, state_folder
from vivek.errors import WorkspaceError
from vivek.project.root import find_root
from vivek.schema.events import Notice
from vivek.workspace.database import prepare_data_folder
from vivek.workspace.git.asking import git_toplevel, is_tracked

DATABASES = ("checkpoints.db", "workspace.db", "index.db", "past.db", "vectors.db", "metrics.db")


@dataclass(frozen=True, slots=True)
class Place:
    """A project as vivek found it.

    Attributes:
        root: The project's root.
        data: The folder of vivek's databases.
        restricted: Whether this is no project (the home directory, `/`): nothing is scanned.
        notices: What to tell at the start.
    """

    root: Path
    data: Path
    restricted: bool
    notices: tuple[Notice, ...] = ()


def open_place(start: Path | None = None) -> Place:
    """Find the project around a folder.

    Args:
        start: Where to begin; the current directory when None.

    Raises:
        WorkspaceError: If the current directory is gone.
    """
    try:
        begin = (start or Path.cwd()).resolve(strict=True)
    except OSError as error:
        msg = "The current directory no longer exists."
        raise WorkspaceError(msg, hint="Change into your project and start again.") from error
    choice = find_root(begin, home=home_folder(), toplevel=git_toplevel)
    if not choice.restricted:
        return Place(choice.root, choice.root / ".vivek", restricted=False)
    told = Notice(
        f"{choice.root} is no project: files are not listed and data goes to your state directory.",
        hint="Change into a project first.",
    )
    return Place(choice.root, state_folder() / "home", restricted=True, notices=(told,))


def prepare_data(place: Place) -> None:
    """Make the data folder and refuse databases that came with the repository.

    Raises:
        WorkspaceError: If git tracks one of vivek's databases, or the folder cannot be made.
    """
    prepare_data_folder(place.data)
    if place.restricted:
        return
    for name in DATABASES:
        path = f".vivek/{name}"
        if (place.data / name).exists() and is_tracked(place.root, path):
            msg = f"git tracks {path}: it came with the repository, so vivek does not open it."
            raise WorkspaceError(msg, hint=f"Run `git rm --cached {path}` and delete the file.")
