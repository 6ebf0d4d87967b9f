import io
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from benchmarks.safe_text import random_text
from tests.timing import within
from vivek.cli.render.blocks import Block
from vivek.cli.render.drawing import Drawing
from vivek.cli.render.safe_text import FRAME, SafeStream, fit, one_line, problem, visible, width_of, wrapped
from vivek.edits.words import marked

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.covers("X01", "X02", "X03", "X04", "X05", "X06", "X08", "X09", "N08", "P11")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[H\x1b[8mhid", "\\x1b[2J\\x1b[H\\x1b[8mhid"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x1b]8;;https://evil.io\x1b\\link", "\\x1b]8;;https://evil.io\\x1b\\link"),
        ("\x1b]52;c;cm0=\x07", "\\x1b]52;c;cm0=\\x07"),
        ("\x1bP1$r\x1b\\ \x1b_Gf=1\x1b\\ \x1b^x \x1bXy", "\\x1bP1$r\\x1b\\ \\x1b_Gf=1\\x1b\\ \\x1b^x \\x1bXy"),
        ("\x9d0;t\x9c", "\\x9d0;t\\x9c"),
        ("ok\b\b\x7f\v\f", "ok\\x08\\x08\\x7f\\x0b\\x0c"),
        ("\u061c\u200e\u115f\uffa0\ufeff", "\\u061c\\u200e\\u115f\\uffa0\\ufeff"),
        ("a\ufe0f\ufe00\ufe01b", "a\ufe0f\\ufe00\\ufe01b"),
        ("x\U000e0101", "x\\U000e0101"),
        ("pass\u200dword", "pass\\u200dword"),
        ("a\u200c", "a\\u200c"),
        ("\U0001f3f4\U000e0061\U000e007f", "\U0001f3f4\\U000e0061\\U000e007f"),
        (f"{FRAME} Apply? [Y/n]", "\\u255f Apply? [Y/n]"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\x0db"),
        ("a\x00b\x07", "a\\x00b\\x07"),
        ("abc\u202ecba", "abc\\u202ecba"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half\ud83d", "half\\ud83d"),
        ("line\u2028sep", "line\\u2028sep"),
    ],
)
def test_dangerous_characters_are_shown_as_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text", ["plain", "two\nlines\tand tab", "naïve café", "日本語", "👩\u200d💻 ❤\ufe0f", "עברית", f"a {ENGLAND}b"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_windows_line_ends_become_plain_ones() -> None:
    assert visible("a\r\nb\r\n") == "a\nb\n"


def test_one_line_has_no_line_ends_and_a_bound() -> None:
    assert one_line("a\n  b\tc") == "a b c"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.covers("F-F10")
def test_width_counts_columns_not_characters() -> None:
    assert width_of("abc") == 3
    assert width_of("日本") == 4
    assert width_of("e\u0301") == 1
    assert width_of("👩\u200d💻") == 4


def test_a_line_is_as_wide_as_its_characters_one_by_one_however_it_is_measured() -> None:
    shown = [chr(code) for code in range(0x30000) if unicodedata.category(chr(code))[0] not in "CZ"]
    wide = [char for char in shown if width_of(char) != width_of(char + "日") - 2]
    assert not wide, "alone a character takes the fast way, beside a wide one the slow way"


def test_fit_never_exceeds_its_columns() -> None:
    for columns in range(8):
        assert width_of(fit("日本語abc", columns)) <= columns
    assert fit("日本語", 6) == "日本語"
    assert fit("日本語", 5) == "日本…"
    assert fit("abc", 0) == ""


def test_a_problem_has_its_hint_on_a_line_of_its_own() -> None:
    assert problem("No model.", "Run `x`.") == "No model.\nhint: Run `x`."
    assert problem("No model.", None) == problem("No model.", "") == "No model."
    assert problem("\x1b[2J", "\u202e") == "\\x1b[2J\nhint: \\u202e"


def test_long_lines_break_between_words() -> None:
    text = "short\n  a line that is longer than the terminal\nhint: `vivek threads resume calm-otter-7` goes on"

    assert wrapped(text, 24).split("\n") == [
        "short",
        "  a line that is longer",
        "  than the terminal",
        "hint: `vivek threads",
        "  resume calm-otter-7`",
        "  goes on",
    ]
    assert wrapped(text, 100) == text


def test_what_a_list_says_of_a_name_goes_on_below_it_where_there_is_room() -> None:
    text = "  /undo [TURN]  take back what was applied"

    assert wrapped(text, 34).split("\n") == [
        "  /undo [TURN]  take back what was",
        "                applied",
    ]
    assert wrapped(text, 24).split("\n") == [
        "  /undo [TURN]  take",
        "      back what was",
        "      applied",
    ]


def test_a_flood_of_text_is_made_visible_in_little_time() -> None:
    text = "The värde of 日本 👍 is read once\n" * 125_000  # four million characters
    assert within(0.25, lambda: visible(text)) == text  # 0.02 s; with every tag listed on its own it was 0.45 s


@pytest.mark.covers("X10")
@pytest.mark.parametrize(
    "text", ["[red]no[/red]", "[link=https://evil.io]x[/link]", "[/]", "[bold", ":smile: [@click=x]"]
)
def test_markup_in_a_reply_is_text(text: str) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, color_system=None)

    console.print(Drawing(marked).block(Block("prose", f"{text}\n"), 80))
    console.print(Drawing(marked).block(Block("code", f"{text}\n", "python"), 80))

    assert out.getvalue().count(text) == 2
    assert "\x1b" not in out.getvalue()


PIECES = st.sampled_from(
    [*"a \r\n\x1b\u200c\u200d\ufe0f\u65e5\u202e\U0001f3f4\U000e0067\U0001f469\ud83d\ude00", ENGLAND]
)


@pytest.mark.covers("X07")
@given(st.lists(PIECES, max_size=14).map("".join), st.lists(st.integers(1, 5), min_size=1, max_size=14))
def test_a_text_in_pieces_comes_out_as_if_it_were_whole(text: str, sizes: list[int]) -> None:
    stream, shown, at = SafeStream(), "", 0
    while at < len(text):
        size = sizes[at % len(sizes)]
        shown += stream.feed(text[at : at + size])
        at += size

    assert shown + stream.finish() == visible(text)
    assert stream.feed("a") + stream.finish() == "a"


@pytest.mark.covers("X07")
def test_an_escape_sequence_in_two_pieces_is_inert() -> None:
    stream = SafeStream()

    assert stream.feed("one\x1b") + stream.feed("[2Jtwo\r") + stream.feed("\nthree\r") + stream.finish() == (
        "one\\x1b[2Jtwo\nthree\\x0d"
    )


def test_a_stream_waits_for_no_more_than_it_must() -> None:
    stream = SafeStream()

    assert stream.feed("日本") == "日本"
    assert len(stream.feed("\ufe0f" * 10_000)) > 5_000 * len("\\ufe0f")


def is_harmless(char: str) -> bool:
    """Tell whether a terminal draws a character and does nothing else."""
    return char in "\n\t" or (unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"} and char != "\x1b")


@pytest.mark.covers("X01", "X04", "X05")
def test_no_control_character_leaves_fifty_thousand_random_texts() -> None:
    chance = random.Random(7)
    for _ in range(50_000):
        text = random_text(chance)
        shown = visible(text)
        assert all(map(is_harmless, shown)), ascii(text)
        shown.encode()  # no half of a pair is left
