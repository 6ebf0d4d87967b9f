"""The only package that talks to models.

What is listed in `__all__` may be used by other programs; each name is loaded when it is first used.
"""

TYPE_CHECKING = (
    False  # for type checkers it is true; importing the real one would be the first thing this package costs
)
if TYPE_CHECKING:
    from vivek.providers.api import generate, invalidate_cache, list_models, open_provider, stream
    from vivek.providers.blocking import generate_sync, list_models_sync, stream_sync
    from vivek.providers.opened import OpenModel, Options, Prompt
    from vivek.schema.chunk import Chunk, Usage
    from vivek.schema.messages import Image, Message
    from vivek.schema.models import ModelInfo
    from vivek.schema.reply import Reply
    from vivek.schema.request import Sampling
    from vivek.schema.secret import Secret
    from vivek.schema.tools import ToolCall, ToolCard

__all__ = [
    "Chunk",
    "Image",
    "Message",
    "ModelInfo",
    "OpenModel",
    "Options",
    "Prompt",
    "Reply",
    "Sampling",
    "Secret",
    "ToolCall",
    "ToolCard",
    "Usage",
    "generate",
    "generate_sync",
    "invalidate_cache",
    "list_models",
    "list_models_sync",
    "open_provider",
    "stream",
    "stream_sync",
]

_PLACES = {
    "vivek.providers.api": ("generate", "invalidate_cache", "list_models", "open_provider", "stream"),
    "vivek.providers.blocking": ("generate_sync", "list_models_sync", "stream_sync"),
    "vivek.providers.opened": ("OpenModel", "Options", "Prompt"),
    "vivek.schema.chunk": ("Chunk", "Usage"),
    "vivek.schema.messages": ("Image", "Message"),
    "vivek.schema.models": ("ModelInfo",),
    "vivek.schema.reply": ("Reply",),
    "vivek.schema.request": ("Sampling",),
    "vivek.schema.secret": ("Secret",),
    "vivek.schema.tools": ("ToolCall", "ToolCard"),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    place = next((place for place, names in _PLACES.items() if name in names), None)
    if place is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    value = globals()[name] = getattr(import_module(place), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
