"""Random texts of every kind that turns up in prompts: code, prose, other scripts, emoji, tables, blanks."""

import json
import random
import sysconfig
from collections.abc import Callable
from functools import cache
from pathlib import Path

MODULES = ("argparse", "tarfile", "typing", "inspect", "doctest")
CHINESE = "我们需要在计算折扣时向上取整并且保持接口不变请检查测试结果"
JAPANESE = "日本語のテキストも混ぜるようにしてください。お誕生日おめでとう"
ACCENTS = "éèüßñçàabc naïve Straße été "
EMOJI = "🎉🚀👩‍💻✅🔥🇩🇪 ok"
BLANKS = (" ", "  ", "\n", "\t", "\n\n    ", "x", "\n        return")


def code(source: random.Random, length: int) -> str:
    """Return a stretch of a module of the standard library."""
    text = _module(source.choice(MODULES))
    start = source.randrange(max(1, len(text) - length))
    return text[start : start + length]


def prose(source: random.Random, length: int) -> str:
    """Return English sentences: the documentation of modules of the standard library."""
    text = _sentences(source.choice(MODULES))
    start = source.randrange(max(1, len(text) - length))
    return text[start : start + length]


def mixed(source: random.Random, length: int) -> str:
    """Return about so many bytes of one kind of text, code and prose the likeliest."""
    return source.choice(KINDS)(source, length)


def _chinese(source: random.Random, length: int) -> str:
    return "".join(source.choices(source.choice([CHINESE, JAPANESE]), k=length // 3))


def _rare(source: random.Random, length: int) -> str:
    return "".join(chr(source.randrange(0x4E00, 0x9FA5)) for _ in range(length // 3))


def _emoji(source: random.Random, length: int) -> str:
    return "".join(source.choices(EMOJI, k=length // 4))


def _accents(source: random.Random, length: int) -> str:
    return "".join(source.choices(ACCENTS, k=length))


def _objects(source: random.Random, length: int) -> str:
    rows = [
        {f"key_{source.randrange(999)}": [source.random(), source.randrange(10**6), None, "text"]}
        for _ in range(max(1, length // 60))
    ]
    return json.dumps(rows)


def _blanks(source: random.Random, length: int) -> str:
    return "".join(source.choices(BLANKS, k=length // 3))


def _numbers(source: random.Random, length: int) -> str:
    return " ".join(str(source.randrange(10 ** source.randrange(1, 12))) for _ in range(length // 7))


def _hexadecimal(source: random.Random, length: int) -> str:
    return source.randbytes(length // 2).hex()


KINDS: tuple[Callable[[random.Random, int], str], ...] = (
    *(code, code, code, prose, prose),
    *(_chinese, _rare, _emoji, _accents, _objects, _blanks, _numbers, _hexadecimal),
)


@cache
def _module(name: str) -> str:
    return (Path(sysconfig.get_paths()["stdlib"]) / f"{name}.py").read_text(encoding="utf-8")


@cache
def _sentences(name: str) -> str:
    """Return the docstrings and comments of a module."""
    lines = (line.strip() for line in _module(name).splitlines())
    said = (line.lstrip("# ") for line in lines if line.startswith("#") or (" " in line and line[:1].isupper()))
    return " ".join(line for line in said if line)
