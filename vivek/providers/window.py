"""Chooses the window of a thread: once, because a change makes some servers load the model again. Pure."""

import math

from vivek.schema.models import ModelInfo

BUCKETS = (4096, 8192, 16384, 32768)
"""Windows that are chosen unasked; a larger one is read for minutes and has to be wanted."""

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
        wanted: What the user set; the only way to more than 32,768.
        free_memory: Bytes that are free now where the model runs, None when unknown.
        resizable: Whether the server takes a window with each request (Ollama) or at its start (the embedded
            engine); elsewhere the loaded window is a hard limit.
    """
    if not resizable:
        return _fixed(info, wanted)
    maximum = info.window_maximum
    if wanted is not None:
        if maximum is not None and wanted > maximum:
            return maximum, f"the model was made for {maximum:,} at most"
        return wanted, "as set" + _shortage(info, wanted, free_memory)
    tokens, why = _default(info, free_memory) or _by_memory(info, free_memory)
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


def _default(info: ModelInfo, free_memory: int | None) -> tuple[int, str] | None:
    """Return the window that was set for the model where it is kept, None when there is none or it may not fit."""
    default = info.window_default
    if not default or _shortage(info, default, free_memory) or (free_memory is None and default > BUCKETS[-1]):
        return None
    return default, f"set for this model in {info.sources.get('window_default', 'its settings')}"


def _by_memory(info: ModelInfo, free_memory: int | None) -> tuple[int, str]:
    """Return the largest bucket whose cache fits beside the weights, with the arithmetic."""
    token = _token_bytes(info)
    if free_memory is None or token is None:
        return USUAL, "usual; the free memory is not known" if free_memory is None else "usual; its size is not known"
    # What is free of a GPU's memory nobody tells; beyond the usual window its layers may be pushed out of it.
    on_gpu = bool(info.gpu_share)
    room = free_memory - _weights(info) - _SPARE_BYTES
    fitting = [tokens for tokens in BUCKETS if tokens * token <= room and not (on_gpu and tokens > USUAL)]
    tokens = fitting[-1] if fitting else BUCKETS[0]
    sum_in_words = f"{_short(tokens)}: {_token_in_words(info, token)}, {_memory(info, tokens * token, free_memory)}"
    if not fitting:
        return tokens, f"{sum_in_words}; little memory is free"
    return tokens, sum_in_words + ("; how much of the GPU's is free is not known" if on_gpu else "")


def _shortage(info: ModelInfo, tokens: int, free_memory: int | None) -> str:
    """Return a warning that a window does not fit the free memory, "" when it does or that is not known."""
    token = _token_bytes(info)
    if free_memory is None or token is None or tokens * token <= free_memory - _weights(info):
        return ""
    return f"; more than fits: {_token_in_words(info, token)}, {_memory(info, tokens * token, free_memory)}"


def _weights(info: ModelInfo) -> int:
    return 0 if info.loaded else info.size_bytes or info.parameters or 0


def _token_bytes(info: ModelInfo) -> int | None:
    """Return the bytes that one token keeps in the cache: from the model's shape, else an upper estimate by its size.

    Keys and values grow with layers and heads, about the root of the weights; the widest common model of each size
    (0.5B: 12 kB, 3B: 115 kB, 8B: 131 kB, 32B: 262 kB, 70B: 328 kB) lies below this curve.
    """
    if info.cache_bytes:
        return info.cache_bytes
    return int(70_000 * math.sqrt(info.parameters / 1e9)) if info.parameters else None


def _token_in_words(info: ModelInfo, token: int) -> str:
    """Return such as `28 layers x 4 heads x 128 = 57 kB a token`."""
    shape = info.sources.get("cache_bytes", "").partition(": ")[2]
    size = f"{token / 1000:.0f} kB" if token >= 10_000 else f"{token / 1000:.1f} kB"
    if info.cache_bytes:
        return f"{shape} = {size} a token" if shape else f"{size} a token"
    return f"at most {size} a token for a model of {(info.parameters or 0) / 1e9:.1f}B"


def _memory(info: ModelInfo, cache: int, free_memory: int) -> str:
    """Return such as `0.9 GB of 3.1 GB free`; weights that still have to be loaded are taken off first."""
    weights = _weights(info)
    left = f"{max(0, free_memory - weights) / 1e9:.1f} GB free"
    return f"{cache / 1e9:.1f} GB of {left}" + (f" beside {weights / 1e9:.1f} GB of weights" if weights else "")


def _short(tokens: int) -> str:
    return f"{tokens // 1024}k"
