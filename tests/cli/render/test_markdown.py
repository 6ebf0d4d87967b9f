import io

import pytest
from rich.console import Console
from rich.text import Text

from tests.cli.replies import CORPUS
from vivek.cli.render.drawing import Drawing
from vivek.cli.render.safe_text import width_of
from vivek.edits.words import marked


def shown(text: str, columns: int = 60) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=columns, color_system=None)
    for item in Drawing(marked).whole(text, columns):
        console.print(item, highlight=False)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize("name", sorted(set(CORPUS) - {"wide"}))
def test_no_line_is_wider_than_the_terminal(name: str, columns: int) -> None:
    assert max(width_of(line) for line in shown(CORPUS[name], columns)) <= columns


@pytest.mark.parametrize("said", ["src/__init__.py", "__main__", "a.__dict__", "__init__ and __new__"])
def test_names_with_two_underscores_stay_names(said: str) -> None:
    assert shown(f"See {said} there.\n") == [f"See {said} there."]


def test_bold_words_are_still_bold() -> None:
    assert shown("A __bold text__ and **more**.\n") == ["A bold text and more."]


def test_an_address_that_is_its_own_text_is_shown_once() -> None:
    assert shown("<https://example.org> [docs](https://example.org/docs)\n") == [
        "https://example.org docs (https://example.org/docs)"
    ]


def test_a_wide_table_is_drawn_row_by_row() -> None:
    head = "| a | b | c | d | e | f | g | h |\n|---|---|---|---|---|---|---|---|\n"
    table = head + "| one | 2 | 3 | 4 | 5 | 6 | 7 | eight words are in this cell |\n| 1 | | | | | | | |\n"

    assert shown(table, 30) == [
        "a: one",
        *(f"{name}: {number}" for number, name in enumerate("bcdefg", 2)),
        "h: eight words are in this",
        "cell",
        "",
        "a: 1",
        *(f"{name}:" for name in "bcdefgh"),
    ]
    assert len(shown(table, 200)) == 4


def test_code_in_a_list_cuts_it_and_it_goes_on() -> None:
    said = "1. Do:\n   ```sh\n   ls\n   cd x\n   ```\n   and look.\n    - nested\n2. Next:\n"

    assert shown(said) == [" 1 Do:", "ls", "cd x", "and look.", "", " • nested", " 2 Next:"]


def test_indented_code_stays_code() -> None:
    assert shown("Look:\n\n    x = 1\n      y\n\nEnd.\n") == ["Look:", "", "x = 1", "  y", "", "End."]


def test_the_name_above_code_is_shown_as_it_is() -> None:
    assert shown("I change it.\n**src/__init__.py**:\n```\nx\n```\n") == ["I change it.", "**src/__init__.py**:", "x"]


def test_a_title_stands_at_the_left() -> None:
    assert shown("# Title\n\n## Part\n") == ["Title", "", "Part"]


def test_long_code_is_coloured_as_one_piece_and_the_next_one_begins_anew() -> None:
    head = '"""Begin.\n' + "words\n" * 30 + '"""\n'
    blocks = Drawing(marked).whole(f"```python\n{head}x = 1\n```\n\n```python\nwords\n```\n", 60)
    console = Console(file=io.StringIO(), width=60)
    parts = [block for block in blocks if isinstance(block, Text) and block.plain]

    def style_of(part: Text) -> str:
        return str(part.get_style_at_offset(console, part.plain.index("words")))

    assert len(parts) == 3
    assert style_of(parts[0]) == style_of(parts[1]) != style_of(parts[2])
