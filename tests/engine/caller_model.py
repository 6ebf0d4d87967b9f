"""Builds a model that calls a tool and then answers, whatever it is asked: weights set by hand, not trained.

What it says are two tokens of its own vocabulary, each a whole text. One layer of attention looks whether the call
stands in the conversation already: if not it is the next token, if so the answer is. All else (template, sampling,
the reading of the call, the stream) is the engine's.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.engine.tiny_model import END, END_OF_TEXT, START

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

HIDDEN, HEAD, MLP, WINDOW = 64, 16, 64, 16_384
TEMPLATE = """\
{%- if tools %}{{- '<|im_start|>system\\n# Tools\\n<tools>' }}
{%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}
{{- '\\n</tools>\\nFor each call, give a JSON object within <tool_call></tool_call>:\\n' }}
{{- '<tool_call>\\n{"name": <name>, "arguments": <arguments>}\\n</tool_call><|im_end|>\\n' }}{%- endif %}
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' + (message.content or '') }}
{%- for call in message.tool_calls or [] %}
{{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{%- if call.function.arguments is string %}{{- call.function.arguments }}
{%- else %}{{- call.function.arguments | tojson }}{%- endif %}
{{- '}\\n</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"""

# Directions of the residual stream: the end of the line before a reply, the call, the answer, "a call was made".
_LINE, _CALL, _ANSWER, _CALLED = range(4)
_REST = 8
_SLOW = HEAD // 2 - 1  # the pair of a head that its position turns least


def write_caller(path: Path, *, call: str, answer: str) -> Path:
    """Write the model.

    Args:
        path: The file to make.
        call: What it says first, such as `<tool_call>...</tool_call>`.
        answer: What it says once the call stands in the conversation.
    """
    import gguf
    import numpy as np

    texts = [*_bytes(), "ĠĠ", END_OF_TEXT, START, END, call, answer]
    named = {text: number for number, text in enumerate(texts)}
    writer = gguf.GGUFWriter(str(path), "qwen2")
    writer.add_name("Vivek Caller Instruct")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(1)
    writer.add_feed_forward_length(MLP)
    writer.add_head_count(HIDDEN // HEAD)
    writer.add_head_count_kv(1)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(texts)
    kinds = dict.fromkeys((END_OF_TEXT, START, END), gguf.TokenType.CONTROL)
    kinds |= dict.fromkeys((call, answer), gguf.TokenType.USER_DEFINED)
    writer.add_token_types([kinds.get(text, gguf.TokenType.NORMAL) for text in texts])
    writer.add_token_merges(["Ġ Ġ"])
    writer.add_eos_token_id(named[END])
    writer.add_pad_token_id(named[END_OF_TEXT])
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)

    embedding = np.zeros((len(texts), HIDDEN), np.float32)
    embedding[:, _REST:] = np.random.default_rng(7).standard_normal((len(texts), HIDDEN - _REST)) / 8
    output = np.zeros_like(embedding)
    for text, direction in (("Ċ", _LINE), (call, _CALL), (answer, _ANSWER)):
        embedding[named[text]] = 0
        embedding[named[text], direction] = 1
    output[named[call], _LINE] = 1
    output[named[answer], _CALLED] = 1
    output[named[END], [_CALL, _ANSWER]] = 99  # stronger than what the layer adds
    tensors: dict[str, Array] = {"token_embd.weight": embedding, "output.weight": output}
    tensors |= {"output_norm.weight": np.ones(HIDDEN, np.float32)} | _layer()
    for name, array in tensors.items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _layer() -> "dict[str, Array]":
    """Return one layer: each head looks for the call and, where it stands, adds that it was made."""
    import numpy as np

    def zeros(*shape: int) -> "Array":
        return np.zeros(shape, np.float32)

    query, key, value, out = zeros(HIDDEN), zeros(HEAD, HIDDEN), zeros(HEAD, HIDDEN), zeros(HIDDEN, HIDDEN)
    query[_SLOW::HEAD] = 40
    key[_SLOW, _CALL] = 10
    value[0, _CALL] = 1
    out[_CALLED, 0] = 4
    block = "blk.0."
    return {
        f"{block}attn_norm.weight": np.ones(HIDDEN, np.float32),
        f"{block}attn_q.weight": zeros(HIDDEN, HIDDEN),
        f"{block}attn_q.bias": query,
        f"{block}attn_k.weight": key,
        f"{block}attn_k.bias": zeros(HEAD),
        f"{block}attn_v.weight": value,
        f"{block}attn_v.bias": zeros(HEAD),
        f"{block}attn_output.weight": out,
        f"{block}ffn_norm.weight": np.ones(HIDDEN, np.float32),
        f"{block}ffn_gate.weight": zeros(MLP, HIDDEN),
        f"{block}ffn_up.weight": zeros(MLP, HIDDEN),
        f"{block}ffn_down.weight": zeros(HIDDEN, MLP),
    }


def _bytes() -> list[str]:
    """Return the 256 characters that stand for bytes in such a vocabulary."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return [*map(chr, plain), *(chr(0x100 + place) for place in range(len(others)))]
