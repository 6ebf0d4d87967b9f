import warnings

import pytest

from vivek.syntax.check import can_check, parse_error


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def f():\n    return 1\n"),
        ("a.pyi", "x: int\n"),
        ("a.py", ""),
        ("a.json", '{"a": [1, 2]}'),
        ("a.toml", "= not toml"),
        ("a.unknown", "def f(:"),
        (".vscode/settings.json", "// a comment\n{}"),
        ("web/tsconfig.base.json", "{/* a comment */}"),
    ],
)
def test_text_that_parses_or_cannot_be_judged_has_no_error(path: str, text: str) -> None:
    assert parse_error(path, text) is None


@pytest.mark.parametrize(
    ("path", "text", "error"),
    [
        ("a.py", "x = 1\ndef f(:\n", "line 2: invalid syntax"),
        ("a.py", "x = '\0'\n", "null byte"),
        ("a.py", "x = '\ud800'\n", "can't encode character"),
        ("a.py", "if x:\ny = 1\n", "line 2: expected an indented block after 'if' statement on line 1"),
        ("a.json", '{"a": 1\n"b": 2}', "line 2: "),
        ("a.json", "", "line 1: Expecting value"),
    ],
)
def test_text_that_does_not_parse_is_explained_with_its_line(path: str, text: str, error: str) -> None:
    assert error in (parse_error(path, text) or "")


def test_only_languages_with_a_parser_at_hand_can_be_checked() -> None:
    assert [can_check(path) for path in ("a.py", "a.json", "tsconfig.json", "a.toml", "a.js")] == [True, True] + [
        False
    ] * 3


def test_a_text_too_deep_for_the_parser_is_not_called_broken() -> None:
    assert parse_error("a.py", "x = " + "-" * 100_000 + "1\n") is None
    assert parse_error("a.json", "[" * 100_000 + "]" * 100_000) is None


def test_an_odd_escape_in_a_file_of_the_user_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_error("a.py", "x = '\\d'\nif x is 'a': pass\n") is None


def test_a_number_too_long_to_convert_is_an_error_and_no_crash() -> None:
    digits = "9" * 10_000
    assert parse_error("a.json", digits) is not None
    assert parse_error("a.py", f"x = {digits}\n") is not None
