"""Builds a chat model of 0.2 million random weights, without a network, for tests on a real engine.

The weights come from a fixed seed, the vocabulary from this interpreter's own standard library, so one set of
versions always gives the same files. The model says nonsense; everything around the words is real.
"""

import fcntl
import hashlib
import json
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engine.tiny_folder import write_folder

if TYPE_CHECKING:
    import gguf
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Tensor = tuple[str, NDArray[np.float32]]

HIDDEN, LAYERS, HEADS, KV_HEADS, MLP, VOCABULARY = 64, 2, 4, 2, 128, 2048
WINDOW = 32_768
PARAMETERS = 205_376
CORPUS_CHARACTERS = 3_000_000
END_OF_TEXT, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
# llama.cpp's splitting rule of that name; the vocabulary must be trained with the same one.
PRE_TOKENIZER = "qwen2"
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
FILE_TYPES = {"f32": 0, "q8_0": 7}
CONFIG: dict[str, object] = {
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "hidden_act": "silu",
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "intermediate_size": MLP,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": WINDOW,
    "rope_theta": 10_000.0,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True,
    "torch_dtype": "float16",
}


@dataclass(frozen=True)
class TinyModel:
    """The same weights in two files for llama.cpp, and in a folder for MLX."""

    f32: Path
    q8_0: Path
    folder: Path


def tiny_model() -> TinyModel:
    """Return the model, built at most once for a set of versions, whatever number of test processes asks."""
    shelf = Path(tempfile.gettempdir()) / f"vivek-tiny-model-{os.getuid()}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    if shelf.stat().st_uid != os.getuid():
        msg = f"{shelf} belongs to another user."
        raise PermissionError(msg)
    folder = shelf / f"tiny-{_key()}"
    model = TinyModel(folder / "tiny-f32.gguf", folder / "tiny-q8_0.gguf", folder / "tiny-mlx")
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=shelf) as unfinished:
                made = Path(unfinished) / "model"
                build(made)
                made.rename(folder)
    return model


def build(folder: Path) -> None:
    """Write `tiny-f32.gguf`, `tiny-q8_0.gguf` and the folder `tiny-mlx` into a new folder."""
    folder.mkdir()
    tokenizer = _train_tokenizer()
    tensors = list(_weights())
    for kind in FILE_TYPES:
        _write_gguf(folder / f"tiny-{kind}.gguf", kind, tokenizer, tensors)
    ids = tokenizer.get_vocab(with_added_tokens=True)
    config = CONFIG | {"eos_token_id": ids[END], "pad_token_id": ids[END_OF_TEXT]}
    write_folder(folder / "tiny-mlx", config, tokenizer.to_str(), TEMPLATE, tensors)


def _key() -> str:
    versions = [sys.version, *(version(name) for name in ("numpy", "tokenizers", "gguf"))]
    sources = [Path(__file__), Path(__file__).with_name("tiny_folder.py")]
    return hashlib.sha256(b"".join(map(Path.read_bytes, sources)) + json.dumps(versions).encode()).hexdigest()[:16]


def _corpus() -> Iterator[str]:
    """Yield the sources of the standard library in a stable order."""
    library = Path(sysconfig.get_paths()["stdlib"])
    left = CORPUS_CHARACTERS
    for path in sorted(library.rglob("*.py"), key=lambda path: path.relative_to(library).as_posix()):
        if {"site-packages", "dist-packages", "test", "tests"} & set(path.relative_to(library).parts):
            continue
        text = path.read_text("utf-8", errors="replace")
        yield text
        left -= len(text)
        if left < 0:
            return


def _train_tokenizer() -> "Tokenizer":
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    specials = [AddedToken(text, special=True) for text in (END_OF_TEXT, START, END)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(specials),
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    tokenizer.add_special_tokens(specials)
    return tokenizer


def _weights() -> "Iterator[Tensor]":
    import numpy as np

    random = np.random.Generator(np.random.PCG64(7))
    head = HIDDEN // HEADS

    def normal(*shape: int, spread: float = 0.02) -> "NDArray[np.float32]":
        return random.standard_normal(shape, dtype=np.float32) * np.float32(spread)

    yield "token_embd.weight", normal(VOCABULARY, HIDDEN)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", np.ones(HIDDEN, np.float32)
        for name, rows in (("q", HIDDEN), ("k", KV_HEADS * head), ("v", KV_HEADS * head)):
            yield f"{block}attn_{name}.weight", normal(rows, HIDDEN, spread=HIDDEN**-0.5)
            yield f"{block}attn_{name}.bias", normal(rows)
        yield block + "attn_output.weight", normal(HIDDEN, HIDDEN, spread=HIDDEN**-0.5)
        yield block + "ffn_norm.weight", np.ones(HIDDEN, np.float32)
        yield block + "ffn_gate.weight", normal(MLP, HIDDEN, spread=HIDDEN**-0.5)
        yield block + "ffn_up.weight", normal(MLP, HIDDEN, spread=HIDDEN**-0.5)
        yield block + "ffn_down.weight", normal(HIDDEN, MLP, spread=MLP**-0.5)
    # A large last gain spreads the logits, so that greedy decoding does not hang on rounding.
    yield "output_norm.weight", np.full(HIDDEN, 2.5 / (0.02 * HIDDEN**0.5), np.float32)


def _write_gguf(path: Path, kind: str, tokenizer: "Tokenizer", tensors: "list[Tensor]") -> None:
    import gguf

    writer = gguf.GGUFWriter(str(path), "qwen2")
    writer.add_name("Vivek Tiny Random Instruct")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(MLP)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(FILE_TYPES[kind])
    _add_tokenizer(writer, tokenizer)
    quantisation = gguf.GGMLQuantizationType.Q8_0
    for name, array in tensors:
        if kind == "q8_0" and array.ndim == 2:
            writer.add_tensor(name, gguf.quants.quantize(array, quantisation), raw_dtype=quantisation)
        else:
            writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokenizer(writer: "gguf.GGUFWriter", tokenizer: "Tokenizer") -> None:
    from gguf import TokenType

    ids = tokenizer.get_vocab(with_added_tokens=True)
    assert len(ids) == VOCABULARY, f"the standard library here gives only {len(ids)} tokens"
    tokens = sorted(ids, key=ids.__getitem__)
    control = {END_OF_TEXT, START, END}
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if text in control else TokenType.NORMAL for text in tokens])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_eos_token_id(ids[END])
    writer.add_pad_token_id(ids[END_OF_TEXT])
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
