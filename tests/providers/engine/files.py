"""Model files for tests, written by hand so that they can be wrong in any way."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Written = bool | int | float | str | Sequence[str] | Sequence[int]
CHAT: dict[str, Written] = {
    "general.architecture": "qwen2",
    "general.file_type": 15,
    "qwen2.context_length": 32_768,
    "qwen2.block_count": 28,
    "qwen2.embedding_length": 3_584,
    "qwen2.attention.head_count": 28,
    "qwen2.attention.head_count_kv": 4,
    "tokenizer.ggml.tokens": ["<s>", "a", "b"],
    "tokenizer.chat_template": "{{ messages }}",
}


def gguf(values: Mapping[str, Written] = CHAT, shapes: Sequence[tuple[int, ...]] = ((64, 32), (64,))) -> bytes:
    """Return a whole GGUF file with zeros for weights."""
    tensors, offset = b"", 0
    for number, shape in enumerate(shapes):
        tensors += text(f"tensor.{number}") + struct.pack("<I", len(shape))
        tensors += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", 0, offset)
        offset += 4 * max(1, shape[0])
    pairs = b"".join(text(key) + value_of(value) for key, value in values.items())
    return b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(values)) + pairs + tensors + bytes(offset + 64)


def text(words: str) -> bytes:
    """Return a string as the format has it."""
    return struct.pack("<Q", len(words.encode())) + words.encode()


def value_of(value: Written) -> bytes:
    """Return a value with its type before it."""
    match value:
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + text(value)
    if all(isinstance(item, str) for item in value):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(text(str(item)) for item in value)
    return struct.pack("<IIQ", 9, 5, len(value)) + b"".join(struct.pack("<i", int(item)) for item in value)


def write(path: Path, **more: Written) -> Path:
    """Write a chat model whose values differ by `more`; a double underscore stands for a dot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf(CHAT | {key.replace("__", "."): value for key, value in more.items()}))
    return path
