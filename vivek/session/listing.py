"""Which files of a project there are for vivek: those that neither git nor the settings keep from it."""

from collections.abc import Sequence
from pathlib import Path

from vivek.errors import ConfigError
from vivek.project.scan import load_files
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import build_settings, state_settings
from vivek.workspace.git.asking import list_files

_last: dict[Path, tuple[str, ...]] = {}


def list_project(place: Place, ignored: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the files of a project, none where it is restricted.

    Args:
        place: The project.
        ignored: What its settings keep from the model; None to read them.

    Raises:
        ConfigError: If the settings cannot be read, and could not be before.
    """
    if place.restricted:
        return ()
    hidden = _ignored(place) if ignored is None else ignored
    return load_files(place.root, tracked=list_files, ignored=hidden).paths


def _ignored(place: Place) -> tuple[str, ...]:
    """Return what the settings keep from the model; while a file of settings has a mistake, what they said before."""
    try:
        stated = state_settings(place, Choices())
        _last[place.root] = build_settings(stated, unlock=False).project.ignore
    except ConfigError:
        if place.root not in _last:
            raise
    return _last[place.root]
