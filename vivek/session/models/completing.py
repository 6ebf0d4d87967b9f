"""Names of models for somebody who is typing one: those of this machine, without a word to any service."""

import asyncio

from vivek.session.models.listing import list_models
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import load_settings

_LIMIT_SECONDS = 1.0


def find_names(place: Place) -> tuple[tuple[str, str], ...]:
    """Return `PROVIDER/NAME` of each model that can be used, with how it is packed; meant for a thread.

    Args:
        place: The project, whose settings say where servers answer.

    Raises:
        VivekError: If the settings cannot be read.
    """
    settings = load_settings(place, Choices())
    found = asyncio.run(list_models(settings.model, services=False, limit=_LIMIT_SECONDS))
    return tuple((model.name, model.info.quantisation or "") for model in found.usable())
