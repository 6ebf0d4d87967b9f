"""The modes there are in a project, as a command line shows and checks them: no model, no graph."""

from vivek.schema.modes import Mode
from vivek.session.pages.modes import load_modes
from vivek.session.place import Place
from vivek.session.trust import Trust


def list_modes(place: Place) -> tuple[Mode, ...]:
    """Return the modes, those that ship first."""
    modes = load_modes(place, Trust.open())[0]
    return tuple(modes.of(name) for name in modes.names)


def find_mode(place: Place, name: str) -> Mode:
    """Return a mode.

    Raises:
        ConfigError: If there is none of that name; the nearest one is named.
    """
    return load_modes(place, Trust.open())[0].check(name)
