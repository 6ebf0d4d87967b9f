"""A model of 0.36 billion random weights for llama.cpp: the layers of a 0.5B model, so that figures mean something.

It takes tokenizer and template from the tiny model of the tests. Q4_0, built in seconds, kept nowhere.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gguf

WIDTH, LAYERS, HEADS, KV_HEADS, MLP = 896, 24, 14, 2, 4864
_BLOCK, _BLOCK_BYTES = 32, 18  # weights of a Q4_0 block; a scale of two bytes and their halves of bytes
_SCALE = 0.004
_OWN = ("qwen2.embedding_length", "qwen2.block_count", "qwen2.feed_forward_length")
_OWN_HEADS = ("qwen2.attention.head_count", "qwen2.attention.head_count_kv", "general.file_type")
_Q4_0 = 2  # llama.cpp's number of the file type


def build(tiny: Path, target: Path) -> Path:
    """Write the model beside the words of `tiny`; return `target`."""
    import gguf
    import numpy as np

    reader = gguf.GGUFReader(tiny)
    writer = gguf.GGUFWriter(target, "qwen2")
    _copy_head(reader, writer)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(MLP)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_file_type(_Q4_0)
    random = np.random.Generator(np.random.PCG64(7))
    words = next(int(tensor.shape[1]) for tensor in reader.tensors if tensor.name == "token_embd.weight")

    def packed(name: str, rows: int, columns: int) -> None:
        raw = random.integers(0, 256, (rows, columns // _BLOCK, _BLOCK_BYTES), dtype=np.uint8)
        raw[:, :, :2] = np.frombuffer(np.float16(_SCALE).tobytes(), np.uint8)
        writer.add_tensor(name, raw.reshape(rows, -1), raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    def plain(name: str, value: float, size: int) -> None:
        writer.add_tensor(name, np.full(size, value, np.float32))

    packed("token_embd.weight", words, WIDTH)
    narrow = WIDTH // HEADS * KV_HEADS
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        plain(f"{block}attn_norm.weight", 1.0, WIDTH)
        plain(f"{block}ffn_norm.weight", 1.0, WIDTH)
        for name, rows in (("q", WIDTH), ("k", narrow), ("v", narrow)):
            packed(f"{block}attn_{name}.weight", rows, WIDTH)
            plain(f"{block}attn_{name}.bias", 0.0, rows)
        packed(f"{block}attn_output.weight", WIDTH, WIDTH)
        packed(f"{block}ffn_gate.weight", MLP, WIDTH)
        packed(f"{block}ffn_up.weight", MLP, WIDTH)
        packed(f"{block}ffn_down.weight", WIDTH, MLP)
    plain("output_norm.weight", 1.0, WIDTH)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def _copy_head(reader: "gguf.GGUFReader", writer: "gguf.GGUFWriter") -> None:
    """Copy what the tiny model says of its words; its own sizes are left out."""
    import gguf

    left_out = {*_OWN, *_OWN_HEADS, "general.architecture"}
    for field in reader.fields.values():
        if field.name not in left_out and not field.name.startswith("GGUF."):
            kind = field.types[0]
            inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
