import pytest

from vivek.cli.render.colours import Colours

PYTHON = '''\
def f() -> str:
    """Open a docstring.

    It's "long", and has
    more lines than one part.
    """
    # a comment
    return "text"
'''
GO = "func a() {}\n/* it's\n   a comment\n*/\nfunc b() {}\n"
C = "int a;\n/* open\n   still\n*/\nint b; // end\nint c;\n"


def styles(language: str, parts: list[str]) -> list[tuple[str, str]]:
    """Return each word with its colour."""
    colours, found = Colours(language), list[tuple[str, str]]()
    for part in parts:
        drawn = colours.part(part)
        for at, char in enumerate(drawn.plain):
            if not char.isspace():
                found.append((char, next((str(s.style) for s in drawn.spans if s.start <= at < s.end), "")))
    return found


@pytest.mark.parametrize("lines", [1, 2, 3, 4])
@pytest.mark.parametrize(("language", "code"), [("python", PYTHON), ("go", GO), ("c", C), ("js", GO), ("nobody", C)])
def test_code_in_parts_has_the_colours_of_the_whole(language: str, code: str, lines: int) -> None:
    every = code.splitlines(keepends=True)
    parts = ["".join(every[at : at + lines]) for at in range(0, len(every), lines)]

    assert styles(language, parts) == styles(language, [code])


def test_an_endless_string_is_not_read_again_and_again() -> None:
    colours = Colours("python")
    colours.part('x = """\n')
    for _ in range(1_000):
        drawn = colours.part("it's a line of an endless string\n" * 20)

    assert len({str(span.style) for span in drawn.spans}) == 1
    assert len(colours._before) < 5_000


def test_tabs_become_blanks_and_nothing_is_padded() -> None:
    assert Colours("go").part("\treturn\tx  \n").plain == "    return  x"


def test_hidden_characters_are_shown() -> None:
    assert Colours("python").part("x = '\x1b[2J'\n").plain == r"x = '\x1b[2J'"
