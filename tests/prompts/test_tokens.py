import base64
import hashlib
import subprocess
import sys
from importlib.resources import files

import pytest

from vivek.prompts.tokens import Family, count, family_of, load_ranks

PUBLISHED = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"


def test_the_packed_ranks_are_the_published_ones() -> None:
    lines = (b"%s %d\n" % (base64.b64encode(token), rank) for token, rank in load_ranks().items())

    assert hashlib.sha256(b"".join(lines)).hexdigest() == PUBLISHED


def test_known_texts_have_their_known_counts() -> None:
    # As the published tokenizer counts them.
    assert count("", "llama3") == 0
    assert count("hello world", "llama3") == 2
    assert count("tiktoken is great!", "llama3") == 6
    assert count("1234567", "llama3") == 3
    assert count("お誕生日おめでとう", "llama3") == 9


def test_qwen_takes_digits_one_by_one() -> None:
    assert count("1234567", "qwen") == 7


@pytest.mark.parametrize(("family", "tokens"), [("llama3", 100), ("deepseek", 108), ("mistral", 110), ("", 110)])
def test_families_without_tables_of_their_own_count_more(family: Family, tokens: int) -> None:
    assert count(" word" * 100, family) == tokens


def test_a_special_token_is_plain_text() -> None:
    assert count("<|endoftext|>", "llama3") > 1


def test_a_long_text_is_counted_piece_by_piece() -> None:
    assert count(" word" * 50_000, "llama3") == 50_000
    assert count("\udc80 lone surrogate", "llama3") > 0


@pytest.mark.parametrize(
    ("model", "architecture", "family"),
    [
        ("qwen2.5-coder:7b", None, "qwen"),
        ("deepseek-r1:7b", "qwen2", "qwen"),
        ("deepseek-r1:8b", "llama", "deepseek"),
        ("deepseek-coder-v2", "deepseek2", "deepseek"),
        ("Meta-Llama-3.1-8B-Instruct", "llama", "llama3"),
        ("llama3.2", None, "llama3"),
        ("devstral:24b", "llama", "mistral"),
        ("x", "mistral3", "mistral"),
        ("gemma3:4b", "gemma3", ""),
        ("llama-2-7b", "llama", ""),
    ],
)
def test_the_family_follows_architecture_then_name(model: str, architecture: str | None, family: Family) -> None:
    assert family_of(model, architecture) == family


def test_counting_loads_nothing_that_could_download() -> None:
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"  # whatever measures this process
        "from vivek.prompts import tokens\n"
        "assert 'tiktoken' not in sys.modules, 'loaded before the first count'\n"
        "assert tokens.count('def f(): pass') > 3\n"
        "assert tokens.count('def f(): pass', 'qwen') > 3\n"
        "doors = {'requests', 'urllib3', 'http', 'socket', 'ssl', 'httpx'}\n"
        "doors |= {'tiktoken.load', 'tiktoken_ext.openai_public'}\n"
        "print(sorted((set(sys.modules) - before) & doors))\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_tables_ship_with_the_package() -> None:
    assert (files("vivek.prompts") / "data" / "cl100k.z").is_file()
