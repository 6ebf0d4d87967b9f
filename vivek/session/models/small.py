"""Says once of each small model what to expect of it; which were told is kept in the user's state directory."""

import json
from pathlib import Path

from vivek.config.folders import state_folder
from vivek.config.writing import replace_file
from vivek.providers.profiles import parameters_in
from vivek.schema.events import Notice
from vivek.schema.models import ModelInfo
from vivek.session.logs import LOGGER

SMALL = 2_950_000_000
"""Weights below which a model is told to be small; those called 3B have a little more or less than three billion."""

_LARGEST = 1_000_000  # bytes
_MOST = 1_000  # names


def small_notice(label: str, info: ModelInfo, folder: Path | None = None) -> Notice | None:
    """Return what to expect of a small model, None for others and for those it was told of before.

    Args:
        label: `provider/model`.
        info: What is known of it; a size that nobody knows is no reason to warn.
        folder: Where the names are kept; the user's state directory when None.
    """
    parameters = info.parameters or parameters_in(info.name)
    if parameters is None or parameters >= SMALL:
        return None
    path = (folder or state_folder()) / "small-models.json"
    told = _told(path)
    if label in told:
        return None
    try:
        replace_file(path, json.dumps([*told, label][-_MOST:]).encode())
    except OSError as error:
        LOGGER.warning("%s cannot be written: %s", path, error)  # then it is told again
    size = f"{parameters / 1e9:.1f}B" if parameters >= 1e8 else f"{parameters / 1e6:.{0 if parameters >= 1e7 else 1}f}M"
    text = f"{label} is a small model ({size}): look twice at what it writes; it loses the thread in long tasks."
    return Notice(text, hint="From 3B on it gets better, 7B is a good start: `vivek models list`.")


def _told(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            names = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
