"""What a token of context takes in memory, from the facts of a GGUF file, which Ollama hands on as they are. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BYTES = 2  # keys and values have 16 bits unless somebody asks for less
_SMALLEST_WINDOW = 4096
_BATCH = 512
_LAYERS_LIMIT = 1024  # the largest models have about a hundred; a file is a stranger's
# What llama.cpp knows by the architecture, where the file does not say it: every so manieth layer sees the whole
# window and the others only the last tokens, or every so manieth has a cache that grows and the others have none.
_WHOLE_WINDOW_EVERY = {"gemma2": 2, "gemma3": 6, "gemma3n": 5, "cohere2": 4, "exaone4": 4, "gpt-oss": 2, "gptoss": 2}
_CACHE_EVERY = {"qwen3next": 4, "qwen35": 4, "qwen35moe": 4}


@dataclass(frozen=True, slots=True)
class CacheSize:
    """The cache of one token.

    Attributes:
        bytes: What it takes in all layers together. Layers that keep only the last tokens count with their share of
            the smallest window: no window takes more than this says.
        words: How it came about, such as `28 layers x 4 heads x 128`.
    """

    bytes: int
    words: str


def cache_size(architecture: str, facts: Mapping[str, object]) -> CacheSize | None:
    """Return what a token takes, None where the facts do not tell.

    Args:
        architecture: What the keys begin with.
        facts: The values of a GGUF head by key; what differs from layer to layer is a list.
    """
    own = {key.removeprefix(f"{architecture}."): value for key, value in facts.items()}
    layers = _count(own.get("block_count"))
    heads = _per_layer(own.get("attention.head_count"), layers)
    kept = _per_layer(own["attention.head_count_kv"], layers) if "attention.head_count_kv" in own else heads
    key, value = _count(own.get("attention.key_length")), _count(own.get("attention.value_length"))
    if not (key and value) and heads:
        size = _count(own.get("embedding_length")) // max(heads)
        key, value = key or size, value or size
    if not (kept and key and value):
        return None
    every = _count(own.get("full_attention_interval")) or _CACHE_EVERY.get(architecture)
    if every and len(set(kept)) == 1:
        kept = [count if (layer + 1) % every == 0 else 0 for layer, count in enumerate(kept)]
    last = _count(own.get("attention.sliding_window"))
    short = _short_layers(architecture, own.get("attention.sliding_window_pattern"), layers) if last else frozenset()
    share = min(1.0, (last + _BATCH) / _SMALLEST_WINDOW)
    in_all = sum(count * (share if layer in short else 1.0) for layer, count in enumerate(kept))
    size_in_words = str(key) if key == value else f"({key} + {value}) / 2"
    words = f"{_layers_in_words(kept, short, last)} x {size_in_words}"
    return CacheSize(int(in_all * (key + value) * _BYTES), words)


def _layers_in_words(kept: Sequence[int], short: frozenset[int], last: int) -> str:
    counts = [count for count in kept if count]
    local = f" ({len(short)} of them keep {last:,} tokens)" if short else ""
    if len(set(counts)) == 1:
        return f"{len(counts)} layers{local} x {counts[0]} heads"
    return f"{sum(counts)} heads of {len(counts)} layers{local}"


def _short_layers(architecture: str, pattern: object, layers: int) -> frozenset[int]:
    """Return the layers that keep only the last tokens; none where that is not known, which is safe."""
    if isinstance(pattern, Sequence) and len(pattern) == layers:
        return frozenset(layer for layer, local in enumerate(pattern) if local is True)
    every = _count(pattern) or _WHOLE_WINDOW_EVERY.get(architecture)
    return frozenset(layer for layer in range(layers) if (layer + 1) % every) if every else frozenset()


def _per_layer(value: object, layers: int) -> list[int]:
    """Return the count of each layer, none where it is not told: Ollama leaves lists out and sends empty ones."""
    if layers > _LAYERS_LIMIT:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        counts = [each for each in value if isinstance(each, int) and each >= 0]
        return counts if len(counts) == len(value) == layers and any(counts) else []
    count = _count(value)
    return [count] * layers if count else []


def _count(value: object) -> int:
    """Return a count, 0 for anything that cannot be one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
