import pytest

from vivek.syntax.languages import is_prose, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "python"),
        ("src/App.TSX", "typescript"),
        ("Makefile", "make"),
        ("deploy/Dockerfile", "docker"),
        (".gitignore", "text"),
        ("notes.md", "markdown"),
        ("strange.thing", None),
        ("bin/run", None),
        (".py", None),
        ("", None),
    ],
)
def test_language_is_told_by_the_name(path: str, language: str | None) -> None:
    assert language_of(path) == language


def test_text_for_people_and_unknown_text_are_prose_and_code_is_not() -> None:
    assert [is_prose(path) for path in ("a.md", "LICENSE", "unknown.thing", "a.py", "a.json")] == [True] * 3 + [
        False
    ] * 2
