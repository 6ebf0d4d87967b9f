"""Fetching a model: where from and where to, by the user's settings."""

from vivek.config.folders import state_folder
from vivek.config.layers import environment
from vivek.providers.engine.mlx.library import missing_library
from vivek.providers.pull.jobs import Job
from vivek.providers.pull.naming import Places, prepare
from vivek.providers.registry import usual_address
from vivek.providers.suggestions import load_suggestions
from vivek.schema.secret import USUAL
from vivek.session.models.offers import can_run_files
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import Settings, load_settings

__all__ = ["Job", "prepare_fetch", "read_settings"]


async def prepare_fetch(name: str, settings: Settings, *, sha256: str | None = None) -> Job:
    """Return what fetching a model would mean, ready to be confirmed and run.

    Args:
        name: `ollama/NAME`, `local/NAME`, `mlx/NAME`, a file or folder of the model host, or an address.
        settings: The user's settings.
        sha256: The checksum that the file must have.

    Raises:
        ConfigError: If the name means nothing, or a checksum is missing.
        ModelAPIError: If there is no such model, or the host cannot be asked.
    """
    suggested = load_suggestions()
    model, models = settings.model, settings.models
    ollama = model.base_url if (model.name or "").startswith("ollama/") else None
    key = models.api_key
    if key is not None and key.entered_for == USUAL:
        key = key.bound_to(suggested.host)
    places = Places(
        models=state_folder() / "models",
        host=models.base_url or suggested.host,
        ollama=ollama or usual_address("ollama", environment),
        host_key=key,
    )
    job = await prepare(name, places, suggested, sha256=sha256)
    note = _missing(job.plan.model.partition("/")[0])
    return job.noting(note) if note else job


def read_settings() -> Settings:
    """Return the user's settings for the folder where vivek stands.

    Raises:
        ConfigError: If they cannot be read.
    """
    return load_settings(open_place(), Choices())


def _missing(provider: str) -> str:
    """Return what is missing to run a model once it is here, "" when nothing is."""
    if provider == "local" and not can_run_files():
        return 'The engine that would run it is not installed: `pip install "vivek[local]"`.'
    if provider == "mlx" and (library := missing_library()):
        return f'{library} is not installed: `pip install "vivek[mlx]"` (Apple silicon).'
    return ""
