import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.dialects.region import INSTRUCTION, parse
from vivek.edits.engine import read_reply
from vivek.edits.reply import ParsedReply, RegionBlock

KNOWN = frozenset({"src/a.py", "b.rs", "README.md"})
CODE = "def f():\n    return 1\n"
PLAIN = f"src/a.py::f\n```python\n{CODE}```\n"


def one(reply: str) -> RegionBlock:
    (block,) = parse(reply, KNOWN).blocks
    assert isinstance(block, RegionBlock)
    return block


def test_a_path_with_a_symbol_and_a_fence_are_a_region() -> None:
    assert parse(PLAIN, KNOWN) == ParsedReply(blocks=(RegionBlock("src/a.py", "f", CODE),))


NAME_LINES = [
    "src/a.py::f",
    "**src/a.py::f**",
    "### `src/a.py::f`",
    "`src/a.py`::`f`",
    "- **`src/a.py::f`**:",
    "src/a.py :: f (updated)",
    "1. src/a.py::f()",
    "File: src/a.py::def f(x, y):",
    "# src/a.py::f",
    "src/a.py::f\n",
]
FENCES = ["```", "````", "~~~"]
INFOS = ["", "python", " py "]
BEFORE = ["", "I changed it.\n\n", "```sh\nmake\n```\n", "Call `std::f` or a::b:\n\n\n"]
AFTER = ["", "\nThat is all.", "\nOutput:\n```\n1\n```\n"]


@given(
    st.sampled_from(NAME_LINES), st.sampled_from(FENCES), st.sampled_from(INFOS), st.sampled_from(BEFORE),
    st.sampled_from(AFTER), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n"]),
)  # fmt: skip
def test_no_wrapping_of_a_reply_changes_its_region(
    line: str, fence: str, info: str, before: str, after: str, eol: str, gap: str
) -> None:
    reply = f"{before}{line}\n{gap}{fence}{info}\n{CODE}{fence}\n{after}".replace("\n", eol)

    assert one(reply) == RegionBlock("src/a.py", "f", CODE)


@pytest.mark.parametrize("info", ["python src/a.py::f", "src/a.py::f", "python:src/a.py::f"])
def test_the_name_may_stand_in_the_info_string(info: str) -> None:
    assert one(f"Done:\n```{info}\n{CODE}```") == RegionBlock("src/a.py", "f", CODE)


def test_the_name_may_be_the_first_line_of_the_fence() -> None:
    assert one(f"```python\n# src/a.py::f\n{CODE}```") == RegionBlock("src/a.py", "f", CODE)


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        ("b.rs::Till::total", "Till.total"),
        ("b.rs::Till#total(a, b)", "Till.total"),
        ("b.rs::pub fn total", "total"),
        ("b.rs::class Till", "Till"),
        ("b.rs::async def größe", "größe"),
        ("b.rs::~Till", "~Till"),
        ("b.rs::$el.on", "$el.on"),
    ],
)
def test_a_symbol_is_known_in_the_spelling_of_any_language(line: str, symbol: str) -> None:
    assert one(f"{line}\n```\nx\n```").symbol == symbol


def test_several_regions_are_read_in_order_and_the_rest_is_prose() -> None:
    parsed = parse(f"Two.\n\n{PLAIN}\nand\n\n./b.rs::g\n```\nx\n```\nneed: README.md\nDone.", KNOWN)

    assert parsed.blocks == (RegionBlock("src/a.py", "f", CODE), RegionBlock("b.rs", "g", "x\n", explicit=True))
    assert (parsed.prose, parsed.needs) == ("Two.\n\nand\n\nDone.", ("README.md",))


@pytest.mark.parametrize(
    "reply",
    [
        f"Use std::vector\n```\n{CODE}```",
        f"You call src/a.py::f like this:\n```\n{CODE}```",
        f"src/a.py::f\n\n\n\n```\n{CODE}```",
        "src/a.py::f and nothing else",
        f"{'x' * 400}::f\n```\n{CODE}```",
        "```\n```",
    ],
)
def test_what_only_mentions_a_symbol_is_prose(reply: str) -> None:
    assert parse(reply, KNOWN) == ParsedReply(prose=reply.replace("\n\n\n\n", "\n\n"))


def test_an_unclosed_fence_is_marked() -> None:
    assert one(f"src/a.py::f\n```python\n{CODE}").fault == "unclosed"


def test_the_instruction_shows_the_form_that_is_read_and_is_short() -> None:
    (block,) = parse(INSTRUCTION, KNOWN).blocks

    assert block == RegionBlock(
        "src/example.py", "Till.total", "    def total(self):\n        every line of the method\n"
    )
    assert len(INSTRUCTION) < 700


TILL = "class Till:\n    def total(self):\r\n        return 1\n\n    def add(self, a):\n        return a\n"


def test_regions_of_one_file_are_applied_together_and_touch_nothing_else() -> None:
    reply = (
        "till.py::Till.total\n```\ndef total(self):\n    return 2\n```\n"
        "till.py::Till.add\n```\ndef add(self, a):\n    return -a\n```\n"
    )

    outcome = read_reply(reply, current={"till.py": TILL.encode()}, exists=(), shown=("till.py",), dialect="region")

    assert outcome.refusals == ()
    assert outcome.files == {"till.py": TILL.replace("return 1", "return 2").replace("return a", "return -a").encode()}


def test_a_region_of_an_unknown_or_unseen_file_is_refused() -> None:
    reply = "till.py::f\n```\ndef f(): ...\n```\n"

    new = read_reply(reply, current={}, exists=(), shown=())
    unseen = read_reply(reply, current={}, exists=("till.py",), shown=())

    assert (new.files, unseen.files) == ({}, {})
    assert len(new.refusals) == len(unseen.refusals) == 1


@given(st.text(alphabet="src/a.py::f`*#~\n ()-\\", max_size=300))
def test_any_text_is_accepted(reply: str) -> None:
    parse(reply, KNOWN)
