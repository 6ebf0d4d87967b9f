"""What the settings of an MLX model folder mean: `config.json` and `generation_config.json`. Pure."""

import math
from collections.abc import Mapping

from vivek.providers.engine.mlx.weights import Weights
from vivek.schema.request import Sampling

_WINDOW_KEYS = ("max_position_embeddings", "max_sequence_length", "seq_length", "n_positions")


def text_part(config: Mapping[str, object]) -> Mapping[str, object]:
    """Return what is said of the part that reads and writes text; a model that sees has others beside it."""
    inner = config.get("text_config")
    return inner if isinstance(inner, Mapping) else config


def window_maximum(config: Mapping[str, object]) -> int | None:
    """Return the tokens of the largest window the model was made for, None when it is not told."""
    text = text_part(config)
    return next((size for key in _WINDOW_KEYS if (size := count(text.get(key)))), None)


def quantization_of(config: Mapping[str, object]) -> Mapping[str, object]:
    """Return how the weights are packed: bits for all, and exceptions by the name of a layer; {} when they are not."""
    value = config.get("quantization")
    return value if isinstance(value, Mapping) else {}


def quantisation_name(config: Mapping[str, object], weights: Weights) -> str | None:
    """Return how the weights are packed in a word, such as `4-bit`, else their type, such as `BF16`."""
    own, other = quantization_of(config), config.get("quantization_config")
    mode = own.get("mode")
    if isinstance(mode, str) and mode != "affine":
        return mode.upper()
    if bits := count(own.get("bits")):
        return f"{bits}-bit"
    if isinstance(other, Mapping) and isinstance(other.get("quant_method"), str):
        return str(other["quant_method"]).upper()
    return weights.usual_kind() or None


def cache_facts(architecture: str, text: Mapping[str, object]) -> dict[str, object]:
    """Return what `cache_size` wants to know, under the names that a GGUF file gives it."""
    heads: object = text.get("num_key_value_heads") or text.get("num_attention_heads")
    facts: dict[str, object] = {
        "block_count": text.get("num_hidden_layers"),
        "embedding_length": text.get("hidden_size"),
        "attention.head_count": text.get("num_attention_heads"),
        "attention.key_length": text.get("head_dim"),
        "attention.value_length": text.get("head_dim"),
    }
    kinds = text.get("layer_types")
    if isinstance(kinds, list):
        heads = [0 if kind == "linear_attention" else count(heads) for kind in kinds]
        facts["attention.sliding_window"] = text.get("sliding_window")
        facts["attention.sliding_window_pattern"] = [kind == "sliding_attention" for kind in kinds]
    facts["attention.head_count_kv"] = heads
    return {f"{architecture}.{name}": value for name, value in facts.items() if value is not None}


def sampling_of(asked: Mapping[str, object]) -> Sampling:
    """Return how the maker of a model wants tokens to be drawn."""
    if asked.get("do_sample") is False:
        return Sampling()

    def number(name: str) -> float | None:
        value = asked.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            return None
        return value if value >= 0 else None

    top_k = number("top_k")
    return Sampling(
        number("temperature"), number("top_p"), None if top_k is None else int(top_k), number("repetition_penalty")
    )


def count(value: object) -> int:
    """Return a count, 0 for anything that cannot be one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
