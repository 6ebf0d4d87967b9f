"""Writes the tiny model the way Apple's MLX wants it: a folder with weights, a description and a tokenizer."""

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAMES = {
    "token_embd": "embed_tokens",
    "output_norm": "norm",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def write_folder(
    folder: Path,
    config: Mapping[str, object],
    tokenizer: str,
    template: str,
    tensors: "Iterable[tuple[str, NDArray[np.float32]]]",
) -> None:
    """Write a new model folder.

    Args:
        folder: Where.
        config: What `config.json` says.
        tokenizer: Text of `tokenizer.json`.
        template: The chat template.
        tensors: The weights, under their names in a GGUF file.
    """
    folder.mkdir()
    _dump(folder / "config.json", config)
    ends = [config["eos_token_id"], config["pad_token_id"]]
    _dump(folder / "generation_config.json", {"eos_token_id": ends, "pad_token_id": config["pad_token_id"]})
    _dump(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"},
    )
    (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
    (folder / "chat_template.jinja").write_text(template, "utf-8")
    write_weights(folder / "model.safetensors", ((_mlx_name(name), array) for name, array in tensors))


def write_weights(path: Path, tensors: "Iterable[tuple[str, NDArray[np.float32]]]") -> None:
    """Write weights of 16 bits: the length of the head, the head as JSON, the numbers.

    Format: https://huggingface.co/docs/safetensors
    """
    head: dict[str, object] = {"__metadata__": {"format": "mlx"}}
    body = bytearray()
    for name, array in tensors:
        numbers = array.astype("<f2").tobytes()
        where = [len(body), len(body) + len(numbers)]
        head[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": where}
        body += numbers
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(body))


def _mlx_name(name: str) -> str:
    if name.startswith("blk."):
        _, layer, stem, kind = name.split(".")
        return f"model.layers.{layer}.{_NAMES[stem]}.{kind}"
    stem, kind = name.split(".")
    return f"model.{_NAMES[stem]}.{kind}"


def _dump(path: Path, value: Mapping[str, object]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
