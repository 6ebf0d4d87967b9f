import base64
import random
import string
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vivek.prompts.estimate import bound, rough
from vivek.prompts.tokens import count

PROSE = """the of and to in is that for it as was with be by on not he his but at are this have from or had an they
which you were her all one there would their we him been has when who will more no if out so said what up its about
internationalization Rechtsschutzversicherung misunderstandings xylophone quartz jazz zygote, which: however; don't."""
SOURCE = """def return if else for in import class self None True == != -> ( ) [ ] { } : , . = + * / % ' // # });
request_id HTTPServerError x1 i idx2 0x1F 3.14159 "text" __init__ <div> &amp; \\n @property kwargs**"""
WORDS = PROSE.split()
CODE = ["    ", "\n        ", "\n", "\n\n", "\t", " ", *SOURCE.split()]
TEXTS = {
    "English": st.lists(st.sampled_from(WORDS), max_size=400).map(" ".join),
    "code": st.lists(st.sampled_from(CODE), max_size=400).map("".join),
    "CJK": st.text(alphabet=st.characters(min_codepoint=0x3040, max_codepoint=0x9FFF), max_size=300),
    "emoji": st.text(alphabet=st.characters(min_codepoint=0x1F300, max_codepoint=0x1FAFF), max_size=300),
    "random bytes": st.binary(max_size=600).map(lambda data: data.decode("latin-1")),
    "broken UTF-8": st.binary(max_size=600).map(lambda data: data.decode("utf-8", "replace")),
    "any text": st.text(max_size=300),
    "base64": st.binary(max_size=600).map(lambda data: base64.b64encode(data).decode()),
    "hexadecimal": st.binary(max_size=600).map(bytes.hex),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_has_more_tokens_than_its_bound(kind: str) -> None:
    # The same examples each time: the bound is measured, not proven, and a long search may find a text above it.
    @settings(derandomize=True, max_examples=200)
    @given(TEXTS[kind])
    @example("")
    def holds(text: str) -> None:
        # Qwen's splitting makes the most tokens of code, cl100k's own of nothing.
        assert max(count(text, "llama3"), count(text, "qwen")) <= bound(text)

    holds()


@pytest.mark.parametrize(
    "alphabet",
    [
        string.ascii_lowercase,
        string.ascii_letters,
        string.digits,
        string.punctuation,
        string.printable,
        "qxz ",
        " \n",
        "aF? 0",
    ],
)
def test_long_random_runs_stay_below_the_bound(alphabet: str) -> None:
    source = random.Random(alphabet)
    for length in (1, 2, 5, 20, 20_000):
        text = "".join(source.choices(alphabet, k=length))

        assert max(count(text, "llama3"), count(text, "qwen")) <= bound(text)


def test_tables_of_numbers_leave_a_margin() -> None:
    source = random.Random(4)
    decimal = " ".join(str(source.randrange(1000)) for _ in range(5000))
    hexadecimal = source.randbytes(10_000).hex()

    for text in (decimal, hexadecimal):
        assert bound(text) > 1.05 * count(text, "qwen")


def test_the_bound_of_real_code_is_well_below_its_bytes() -> None:
    text = Path(__file__).read_text(encoding="utf-8")

    assert count(text, "qwen") < bound(text) < 0.8 * len(text.encode())


def test_deep_indentation_costs_little() -> None:
    assert bound(f"{' ' * 800}x") < 120


def test_lone_surrogates_have_a_bound_too() -> None:
    assert bound("\udc80" * 10) >= 10


def test_the_rough_count_is_near_the_true_one_on_average() -> None:
    said = PROSE + SOURCE

    assert rough("") == 0
    assert rough(said) == pytest.approx(count(said, "llama3"), rel=0.3)
    assert rough("お誕生日おめでとう") == 9
