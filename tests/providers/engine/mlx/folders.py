"""Model folders for tests, written by hand so that they can be wrong in any way."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path

Shapes = Mapping[str, tuple[str, tuple[int, ...]]]
SIZES = {"F16": 2, "BF16": 2, "F32": 4, "U32": 4, "U8": 1}
CONFIG: dict[str, object] = {
    "model_type": "qwen2",
    "hidden_size": 3_584,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "max_position_embeddings": 32_768,
    "vocab_size": 152_064,
}
PLAIN: Shapes = {"model.norm.weight": ("BF16", (8,)), "model.layers.0.mlp.up_proj.weight": ("BF16", (16, 8))}
PACKED: Shapes = {
    "model.norm.weight": ("BF16", (64,)),
    "model.layers.0.q_proj.weight": ("U32", (64, 8)),  # 64 x 64 weights of 4 bits
    "model.layers.0.q_proj.scales": ("BF16", (64, 1)),
    "model.layers.0.q_proj.biases": ("BF16", (64, 1)),
    "model.layers.0.v_proj.weight": ("U32", (64, 16)),  # 64 x 64 weights of 8 bits
    "model.layers.0.v_proj.scales": ("BF16", (64, 1)),
    "model.layers.0.v_proj.biases": ("BF16", (64, 1)),
}


def weights(shapes: Shapes = PLAIN) -> bytes:
    """Return a whole file of zeros."""
    head: dict[str, object] = {"__metadata__": {"format": "mlx"}}
    end = 0
    for name, (kind, shape) in shapes.items():
        size = SIZES[kind]
        for each in shape:
            size *= each
        head[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    return headed(json.dumps(head).encode(), end)


def headed(head: bytes, size: int = 0) -> bytes:
    """Return a file with this head and so many zeros."""
    return struct.pack("<Q", len(head)) + head + bytes(size)


def write_folder(
    path: Path,
    config: Mapping[str, object] | None = None,
    *,
    shapes: Shapes = PLAIN,
    template: str = "{{ messages }}",
) -> Path:
    """Write a chat model whose description differs by `config`; None leaves a key out."""
    path.mkdir(parents=True)
    said = {name: value for name, value in (CONFIG | dict(config or {})).items() if value is not None}
    (path / "config.json").write_text(json.dumps(said))
    (path / "model.safetensors").write_bytes(weights(shapes))
    (path / "tokenizer.json").write_text("{}")
    (path / "tokenizer_config.json").write_text(json.dumps({"chat_template": template} if template else {}))
    return path
