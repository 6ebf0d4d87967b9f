"""Which model a first chat begins with, when nothing says so: the candidates, best first."""

from shutil import which

from vivek.providers.discovery import rank
from vivek.schema.listing import ListedModel, ModelList
from vivek.session.models.listing import list_models
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import load_settings

_DISK = {"local", "mlx"}


async def load_candidates(place: Place, choices: Choices) -> ModelList | None:
    """Return all models that can be reached, None when something says already which one is meant.

    Raises:
        ConfigError: If the settings cannot be read.
    """
    if choices.model or choices.executor or choices.thread is not None or choices.latest:
        return None
    settings = load_settings(place, choices)
    # A service that there is a key for is nobody's first choice unasked, and is not asked.
    return None if settings.model.name or settings.model.executor else await list_models(settings.model, services=False)


def ranked(found: ModelList) -> tuple[ListedModel, ...]:
    """Return the models that a chat may begin with, best first.

    Loaded ones, then those of servers that run, then those that lie on the disk; within each the better ones.
    """
    return tuple(
        sorted(found.usable(), key=lambda model: (model.provider not in _DISK, rank(model.info)), reverse=True)
    )


def is_ollama_stopped(found: ModelList) -> bool:
    """Tell whether Ollama is installed here but does not answer, and no other server has a model."""
    served = any(model.provider not in _DISK for model in found.usable())
    answers = any(server.provider == "ollama" and not server.problem for server in found.servers)
    return not served and not answers and which("ollama") is not None
