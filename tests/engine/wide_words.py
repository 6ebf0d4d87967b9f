"""The tiny model with the vocabulary of a real one: the 100,256 packed tokens, split as Qwen or Llama 3 do."""

from functools import cache
from pathlib import Path
from typing import Literal

from tests.engine.tiny_model import END, END_OF_TEXT, HIDDEN, START
from vivek.prompts.tokens import load_ranks

Split = Literal["qwen2", "llama-bpe"]
"""llama.cpp's names of the rules by which the two families cut a text into words before it is merged."""


def write_wide(tiny: Path, target: Path, split: Split) -> Path:
    """Write `tiny` with the packed vocabulary, random weights for its words, and return `target`."""
    import gguf
    import numpy as np

    tokens, merges = vocabulary()
    control = [END_OF_TEXT, START, END]
    reader = gguf.GGUFReader(tiny)
    writer = gguf.GGUFWriter(target, "qwen2")
    for field in reader.fields.values():
        if not field.name.startswith(("GGUF.", "tokenizer.ggml.")) and field.name != "general.architecture":
            writer.add_key_value(field.name, field.contents(), field.types[0])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(split)
    writer.add_token_list([*tokens, *control])
    writer.add_token_types([gguf.TokenType.NORMAL] * len(tokens) + [gguf.TokenType.CONTROL] * len(control))
    writer.add_token_merges(merges)
    writer.add_eos_token_id(len(tokens) + control.index(END))
    writer.add_pad_token_id(len(tokens))
    writer.add_add_bos_token(False)
    random = np.random.Generator(np.random.PCG64(7))
    for tensor in reader.tensors:
        if tensor.name == "token_embd.weight":
            words = random.standard_normal((len(tokens) + len(control), HIDDEN), dtype=np.float32) * np.float32(0.02)
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(tensor.name, gguf.quants.quantize(words, kind), raw_dtype=kind)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


@cache
def vocabulary() -> tuple[list[str], list[str]]:
    """Return the tokens in the order of their ranks, and the merge of two that made each, as model files write them."""
    ranks = load_ranks()
    letters = _letters()
    spelled = {token: "".join(map(letters.__getitem__, token)) for token in ranks}
    merges = []
    for token, rank in ranks.items():
        if len(token) > 1:
            left, right = _halves(token, rank, ranks)
            merges.append(f"{spelled[left]} {spelled[right]}")
    return list(spelled.values()), merges


def _halves(token: bytes, rank: int, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """Return the two tokens that were merged to this one: what is left when its own merge is not known yet."""
    parts = [token[at : at + 1] for at in range(len(token))]
    while len(parts) > 2:
        joined = [ranks.get(parts[at] + parts[at + 1], rank) for at in range(len(parts) - 1)]
        at = min(range(len(joined)), key=joined.__getitem__)
        assert joined[at] < rank, f"{token!r} cannot be made of two tokens"
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts[0], parts[1]


def _letters() -> dict[int, str]:
    """Return the printable character that stands for each byte in a byte-level vocabulary."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + at) for at, byte in enumerate(others)}
