"""Counts tokens without a server: the only file that loads token tables, and the first count is what loads them.

The ranks ship with vivek; nothing is ever downloaded.
"""

import math
import re
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import tiktoken

Family = Literal["qwen", "llama3", "deepseek", "mistral", ""]

_RANKS: Final = 100_256
_SINGLE: Final = 256
_BETWEEN: Final = b"\xff"
# tiktoken's own split pattern of cl100k_base (MIT), and Qwen's, which takes digits one by one.
_CL100K: Final = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_QWEN: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Qwen and Llama 3 grew out of cl100k and agree within 1 % and 3 %; the other factors lift the mean of code and
# prose to the true count.
_FACTORS: Final[dict[Family, float]] = {"qwen": 1.0, "llama3": 1.0, "deepseek": 1.08, "mistral": 1.1, "": 1.1}
_PIECE: Final = 100_000  # characters handed over at once: a bound on the tokenizer's stack and memory
_MISTRAL: Final = re.compile(r"mistral|mixtral|ministral|magistral|devstral|codestral|pixtral")
_LLAMA3: Final = re.compile(r"llama[-_ ]?3")


def load_ranks() -> dict[bytes, int]:
    """Unpack the merge ranks of cl100k_base, under zlib: the 256 single bytes, then all other tokens, in rank order.

    Between those stands 255, which is in no token but its own: to split is faster than to cut by lengths.
    """
    # By its path: `importlib.resources` alone takes a fifth of the time that loading the tables may take.
    raw = zlib.decompress((Path(__file__).parent / "data" / "cl100k.z").read_bytes())
    single = [raw[at : at + 1] for at in range(_SINGLE)]
    return dict(zip([*single, *raw[_SINGLE:].split(_BETWEEN)], range(_RANKS), strict=True))


@cache
def _encoding(pattern: str) -> "tiktoken.Encoding":
    import tiktoken

    return tiktoken.Encoding("cl100k_base", pat_str=pattern, mergeable_ranks=load_ranks(), special_tokens={})


def count(text: str, family: Family = "") -> int:
    """Return the tokens of a text, special tokens read as plain text.

    Args:
        text: Anything.
        family: The model's family; "" is unknown and counts a tenth more.
    """
    encoding = _encoding(_QWEN if family == "qwen" else _CL100K)
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    total = sum(len(encoding.encode_ordinary(piece)) for piece in pieces)
    # Rounded first: 110.00000000000001 must not become 111.
    return math.ceil(round(total * _FACTORS[family], 6))


def family_of(model: str, architecture: str | None = None) -> Family:
    """Return the family whose tokens a model speaks.

    Args:
        model: Its name, such as `qwen2.5-coder:7b`.
        architecture: As its file or server names it, such as `qwen2`; it decides where it can, since a distilled
            model carries its teacher's name and its own tokenizer. `llama` says too little: others use it too.
    """
    for said in (architecture or "", model):
        name = said.lower()
        if "qwen" in name or "qwq" in name:
            return "qwen"
        if _LLAMA3.search(name):
            return "llama3"
        if _MISTRAL.search(name):
            return "mistral"
        if "deepseek" in name:
            return "deepseek"
    return ""
