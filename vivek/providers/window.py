"""Chooses the window of a thread: once, because a change makes some servers load the model again. Pure."""

import math

from vivek.schema.models import ModelInfo

BUCKETS = (4096, 8192, 16384, 32768)
USUAL = 16384
"""Tokens of the window when nothing is known of the memory."""

UNTOLD = 8192
"""Tokens assumed of a server that neither tells its window nor lets it be chosen."""

_SPARE_BYTES = 1 << 30


def choose_window(
    info: ModelInfo, *, wanted: int | None, free_memory: int | None, resizable: bool = False
) -> tuple[int, str]:
    """Return the window in tokens, and in a few words why.

    Args:
        info: The model.
        wanted: What the user set.
        free_memory: Bytes that are free now, None when unknown.
        resizable: Whether the server takes a window with each request (Ollama) or at its start (the embedded
            engine); elsewhere the loaded window is a hard limit.
    """
    if not resizable:
        return _fixed(info, wanted)
    maximum = info.window_maximum
    if wanted is not None:
        if maximum is not None and wanted > maximum:
            return maximum, f"the model was made for {maximum:,} at most"
        return wanted, "as set"
    tokens, why = _by_memory(info, free_memory)
    if maximum is not None and maximum < tokens:
        tokens, why = maximum, "the model's maximum"
    if info.loaded and info.window_loaded is not None and info.window_loaded >= tokens:
        return info.window_loaded, "already loaded with it"
    return tokens, why


def _fixed(info: ModelInfo, wanted: int | None) -> tuple[int, str]:
    loaded = info.window_loaded
    if loaded is None:
        return (UNTOLD, "assumed: the server does not tell") if wanted is None else (wanted, "as set; not confirmed")
    if wanted is not None and wanted < loaded:
        return wanted, "as set"
    return loaded, "as loaded by the server"


def _by_memory(info: ModelInfo, free_memory: int | None) -> tuple[int, str]:
    parameters = info.parameters
    if free_memory is None or parameters is None:
        return USUAL, "usual"
    weights = 0 if info.loaded else info.size_bytes or parameters
    room = free_memory - weights - _SPARE_BYTES
    for tokens in reversed(BUCKETS):
        if tokens * _cache_bytes(parameters) <= room:
            return tokens, "fits the free memory"
    return BUCKETS[0], "little memory is free"


def _cache_bytes(parameters: int) -> int:
    """Return an upper estimate of the bytes one token keeps in the cache.

    Keys and values grow with layers and heads, about the root of the weights; the widest common model of each size
    (0.5B: 12 kB, 3B: 115 kB, 8B: 131 kB, 32B: 262 kB, 70B: 328 kB) lies below this curve.
    """
    return int(70_000 * math.sqrt(parameters / 1e9))
