"""Which files of a project there are for vivek: those that neither git nor the settings keep from it."""

from collections.abc import Sequence
from pathlib import Path

from vivek.errors import ConfigError
from vivek.project.file_list import FileList
from vivek.project.scan import load_files
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import build_settings, state_settings
from vivek.workspace.git.asking import list_names

_last: dict[tuple[Path, str | None], tuple[str, ...]] = {}


def list_project(place: Place, ignored: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the paths of `list_whole`; takes and raises what it does."""
    return list_whole(place, ignored).paths


def list_whole(place: Place, ignored: Sequence[str] | None = None) -> FileList:
    """Return the files of a project, none where it is restricted, and what had to be left out.

    Args:
        place: The project.
        ignored: What its settings keep from the model; None to read them.

    Raises:
        ConfigError: If the settings cannot be read, and could not be before.
    """
    if place.restricted:
        return FileList()
    hidden = ignored_by_settings(place) if ignored is None else ignored
    return load_files(place.root, tracked=list_names, ignored=hidden)


def ignored_by_settings(place: Place, profile: str | None = None) -> tuple[str, ...]:
    """Return what the settings keep from the model; while a file of settings has a mistake, what they said before.

    Args:
        place: The project.
        profile: The profile that the command line names.

    Raises:
        ConfigError: If the settings cannot be read, and could not be before.
    """
    about = place.root, profile
    try:
        stated = state_settings(place, Choices(profile=profile))
        _last[about] = build_settings(stated, unlock=False).project.ignore
    except ConfigError:
        if about not in _last:
            raise
    return _last[about]
