"""Finds MLX model folders that are already on this disk. Reads only: the folders belong to other programs too."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from vivek.errors import ModelNotFoundError
from vivek.providers.catalog import did_you_mean
from vivek.providers.engine.mlx.folder import HUB, MlxFolder, load_folder
from vivek.providers.spec import Folders

_DEPTH = 4  # publisher/repository, and a folder or two of the user's own around them
_FOLDERS_LIMIT = 500
_REVISION = re.compile(r"[0-9a-zA-Z][\w.-]*")


def find_model_folder(name: str, folders: Folders) -> Path:
    """Return the model folder that `name` means: a path, or the name of one in a place where models lie.

    Raises:
        ModelNotFoundError: If there is none; the hint offers the nearest names.
    """
    path = folders.absolute(name)
    if path.is_dir():
        return _snapshot(path) or path
    if path.is_file():
        hint = f"For a model file write `local/{name}`." if path.suffix.lower() == ".gguf" else "Give its folder."
        raise ModelNotFoundError(f"`{name}` is a file, an MLX model is a folder.", hint=hint)
    seen: list[str] = []
    for place, known in _candidates(folders.models):
        if name in {known, place.name}:
            return place
        seen.append(known)
    hint = did_you_mean(name, seen, "mlx/")
    raise ModelNotFoundError(
        f"There is no model folder `{name}`.", hint=hint or "Give the path of a folder with config.json and weights."
    )


def find_model_folders(folders: Sequence[Path]) -> list[MlxFolder]:
    """Return the models in the places where models lie, in their order; broken ones with their reason."""
    found: dict[Path, MlxFolder] = {}
    for path, name in _candidates(folders):
        real = Path(os.path.realpath(path))
        if real not in found and len(found) < _FOLDERS_LIMIT:
            found[real] = load_folder(path, name)
    return list(found.values())


def _candidates(places: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield every model folder with its name: the path from where the search began, or what the hub calls it."""
    for start in places:
        for place, folders, names in os.walk(start):
            path = Path(place)
            if path.name.startswith(HUB):
                folders.clear()
                snapshot = _snapshot(path)
                if snapshot and _is_model(_names_in(snapshot)):
                    yield snapshot, path.name.removeprefix(HUB).replace("--", "/")
            elif _is_model(names):
                folders.clear()
                yield path, path.relative_to(start).as_posix()
            else:
                deep = len(path.relative_to(start).parts) >= _DEPTH
                folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))


def _is_model(names: Sequence[str]) -> bool:
    weights = any(name.startswith("model") and name.endswith(".safetensors") for name in names)
    return weights and "config.json" in names


def _snapshot(path: Path) -> Path | None:
    """Return the files of a model in the hub's cache; refs/main says of which revision. None for any other folder."""
    if not path.name.startswith(HUB):
        return None
    try:
        revision = (path / "refs" / "main").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    snapshots = path / "snapshots"
    if not _REVISION.fullmatch(revision) or revision not in _names_in(snapshots):
        return None
    return snapshots / revision


def _names_in(path: Path) -> list[str]:
    """Return what a folder holds; an unreadable one is empty."""
    try:
        return [each.name for each in path.iterdir()]
    except OSError:
        return []
