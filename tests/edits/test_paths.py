import pytest

from vivek.edits.paths import basename, in_the_way, is_near, similar, twin, unsafe

NAMES = ("src/a.py", "tests/test_a.py", "README.md", "caf\u00e9.txt")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd", "~/.bashrc", "\\\\server\\share", "C:/x", "../x", "a/../b", "a//b", "./a", "a/.", "a\0b",
        "a\nb",
        "a\tb",
        "a\x1b[0m", "a\u202eb", "a\u200bb", ".git/config", "sub/.GIT/x", ".vivek/config.toml", ".Vivek", ".git./x",
        "GIT~1/x",
        "a\fb", "a\ud800b",
        ".git /x", ".\uff47it/x",
    ],
)  # fmt: skip
def test_a_path_that_leads_out_hides_or_is_protected_is_unsafe(path: str) -> None:
    assert unsafe(path)


@pytest.mark.parametrize(
    "path", ["a.py", "src/a b.py", ".github/workflows/ci.yml", ".gitignore", "caf\u00e9/\u65e5.py", "a..b"]
)
def test_an_ordinary_path_is_safe(path: str) -> None:
    assert unsafe(path) is None


def test_a_twin_differs_in_case_or_composition_only() -> None:
    assert twin("SRC/a.py", NAMES) == "src/a.py"
    assert twin("cafe\u0301.txt", NAMES) == "caf\u00e9.txt"
    assert twin("src/a.py", NAMES) is None
    assert twin("src/b.py", NAMES) is None


def test_files_and_folders_stand_in_the_way_of_a_path() -> None:
    assert in_the_way("src/a.py/b.py", NAMES) == "`src/a.py` is a file"
    assert in_the_way("src", NAMES) == "`src` is a folder"
    assert in_the_way("src/c/b.py", NAMES) is None


@pytest.mark.parametrize(
    ("path", "name", "near"),
    [
        ("test_a.py", "tests/test_a.py", True),
        ("test/test_a.py", "tests/test_a.py", True),
        ("project/src/a.py", "src/a.py", True),
        ("lib/a.py", "src/a.py", False),
        ("src/b.py", "src/a.py", False),
    ],
)
def test_a_near_path_has_the_same_last_part_in_much_the_same_folder(path: str, name: str, near: bool) -> None:
    assert is_near(path, name) is near


def test_files_of_the_same_name_come_before_files_of_a_similar_one() -> None:
    assert similar("lib/a.py", NAMES) == ["src/a.py"]
    assert similar("tests/test_aa.py", NAMES) == ["tests/test_a.py"]
    assert similar("readme.md", NAMES) == ["README.md"]
    assert similar("quite/different.rs", NAMES) == []
    assert basename("a/b.py") == "b.py"
