"""Which model file a name means. Reads folders, nothing else."""

from pathlib import Path

from vivek.errors import ModelNotFoundError
from vivek.providers.catalog import did_you_mean
from vivek.providers.engine.gguf import find_models
from vivek.providers.spec import Folders


def find_model_file(name: str, folders: Folders) -> Path:
    """Return the model file that `name` means: a path, or the name of a file in one of the model folders.

    Raises:
        ModelNotFoundError: If there is none; the hint offers the nearest names.
    """
    path = folders.absolute(name)
    if path.is_file():
        return path
    files = find_models(folders.models)
    for file in files:
        if name in {file.name, file.path.name}:
            return file.path
    hint = did_you_mean(name, [file.name for file in files], "local/")
    raise ModelNotFoundError(f"There is no model file `{name}`.", hint=hint or "Give the path of a GGUF file.")
