import os
from pathlib import Path

import pytest

from vivek.project.file_list import FileList
from vivek.project.scan import ambiguous, load_files, named_files

FILES = (
    "README.md",
    "Makefile",
    "run",
    "till/prices.py",
    "till/report.py",
    "till/__init__.py",
    "shop/__init__.py",
    "shop/tests/test_prices.py",
    "my file.txt",
    "web/[id]/page.tsx",
    ".env",
    "docs/über uns.md",
    "a.py",
    "b/a.py",
    "docs/guide.rst",
)


def no_git(root: Path) -> list[str] | None:
    return None


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")


def test_git_says_which_files_there_are(tmp_path: Path) -> None:
    found = load_files(tmp_path, tracked=lambda root: ["b.py", "a.py", "b.py", "bad\nname", "half\udc80"])

    assert found == FileList(("a.py", "b.py"), unusable=2)


def test_without_git_the_folders_are_walked_and_those_of_tools_passed_by(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.py",
        "src/a.py",
        ".gitignore",
        ".git/config",
        ".venv/x.py",
        "node_modules/x.js",
        "src/__pycache__/a.pyc",
    )
    make(tmp_path, "env/pyvenv.cfg", "env/lib/x.py")

    assert load_files(tmp_path, tracked=no_git) == FileList((".gitignore", "b.py", "src/a.py"))


@pytest.mark.covers("P15")
@pytest.mark.parametrize("with_git", [True, False])
def test_what_a_vivekignore_names_is_left_out_with_git_and_without(tmp_path: Path, with_git: bool) -> None:
    make(tmp_path, "a.py", "secret/a.py", "dump.sql", "docs/a.md", "docs/draft.md")
    (tmp_path / ".vivekignore").write_text("secret/\n*.sql\n")
    (tmp_path / "docs/.vivekignore").write_text("draft.*\n")
    known = ["a.py", "secret/a.py", "dump.sql", "docs/a.md", "docs/draft.md"]

    found = load_files(tmp_path, tracked=lambda root: known if with_git else None)

    assert [path for path in found.paths if "ignore" not in path] == ["a.py", "docs/a.md"]


def test_without_git_what_a_gitignore_names_is_passed_by(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "a.log", "build/x/a.py", "src/keep.log", "src/a.py")
    (tmp_path / ".gitignore").write_text("*.log\nbuild/\n")
    (tmp_path / "src/.gitignore").write_text("!keep.log\n")

    found = load_files(tmp_path, tracked=no_git)

    assert [path for path in found.paths if "ignore" not in path] == ["a.py", "src/a.py", "src/keep.log"]


def test_links_pipes_and_odd_names_are_passed_by(tmp_path: Path) -> None:
    make(tmp_path, "real/a.py", "odd\x1bname")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "b.py").symlink_to("real/a.py")
    os.mkfifo(tmp_path / "pipe")

    assert load_files(tmp_path, tracked=no_git).paths == ("b.py", "real/a.py")


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    make(tmp_path, "deep/down/c.py", "a.py", "b.py")

    assert load_files(tmp_path, tracked=no_git, limit=2) == FileList(("a.py", "b.py"), cut=True)
    assert load_files(tmp_path, tracked=no_git, limit=3).cut is False
    assert load_files(tmp_path, tracked=lambda root: ["b", "a", "c"], limit=2) == FileList(("a", "b"), cut=True)


def test_a_folder_that_is_gone_has_no_files(tmp_path: Path) -> None:
    assert load_files(tmp_path / "gone", tracked=no_git) == FileList()


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("change till/prices.py please", ["till/prices.py"]),
        ("prices.py", ["till/prices.py"]),
        ("In `till/prices.py`, and in report.py.", ["till/prices.py", "till/report.py"]),
        ('see "prices.py"!', ["till/prices.py"]),
        ("'prices.py'", ["till/prices.py"]),
        ("(prices.py), [report.py]: {README.md}", ["till/prices.py", "till/report.py", "README.md"]),
        ("./till/prices.py", ["till/prices.py"]),
        ("@till/prices.py", ["till/prices.py"]),
        ("till\\prices.py", ["till/prices.py"]),
        ("tests/test_prices.py", ["shop/tests/test_prices.py"]),
        ("prices.py:12:3: error", ["till/prices.py"]),
        ("prices.py#L10-L12", ["till/prices.py"]),
        ("--file=till/prices.py", ["till/prices.py"]),
        ("prices.py's total", ["till/prices.py"]),
        ("Look at prices.py. Then stop.", ["till/prices.py"]),
        ("prices.py?", ["till/prices.py"]),
        ("update readme.md", ["README.md"]),
        ("the Makefile", ["Makefile"]),
        ("`run` it", ["run"]),
        ("my file.txt and 'my file.txt'", ["my file.txt"]),
        ("docs/über uns.md", ["docs/über uns.md"]),
        ("web/[id]/page.tsx", ["web/[id]/page.tsx"]),
        ("put it into .env.", [".env"]),
        ("修改prices.py文件", ["till/prices.py"]),
        ("改一下「prices.py」。", ["till/prices.py"]),
        ("report.py, prices.py, report.py", ["till/report.py", "till/prices.py"]),
        ("a.py", ["a.py"]),
        ("b/a.py", ["b/a.py"]),
        ("/till/prices.py", ["till/prices.py"]),
        ("../till/prices.py", ["till/prices.py"]),
        ("don't touch prices.py, it isn't mine", ["till/prices.py"]),
        ("**prices.py**", ["till/prices.py"]),
    ],
)
def test_files_are_named_by_path_end_of_path_or_unique_name(text: str, paths: list[str]) -> None:
    assert list(named_files(text, FILES)) == paths


@pytest.mark.parametrize(
    "text",
    [
        "my_prices.py",
        "prices.pyc",
        "prices.py.bak",
        "prices.py-style",
        "other/prices.py",
        "l/prices.py",
        "run the makefile",
        "README",
        "run",
        "https://example.org/README.md",
        "__init__.py",
        "dotenv",
        "",
        "````",
        "prices",
        "xmy file.txt",
        "my file.txt.gz",
        "`nothing of ours`",
        "till",
        "till/",
        ".py",
        "/",
        "a b c",
        "grandprices.py",
        "prices.py/x",
    ],
)
def test_no_file_is_named_within_a_longer_word_or_by_an_ordinary_one(text: str) -> None:
    assert named_files(text, FILES) == ()


def test_a_name_that_several_files_share_is_ambiguous() -> None:
    assert ambiguous("edit __init__.py and prices.py", FILES) == {
        "__init__.py": ("till/__init__.py", "shop/__init__.py")
    }


def test_a_name_is_not_ambiguous_when_one_of_its_files_is_named_in_full() -> None:
    assert ambiguous("edit __init__.py, I mean till/__init__.py", FILES) == {}


def test_names_are_found_in_many_files_in_a_long_text() -> None:
    files = [f"package_{number}/module_{number}.py" for number in range(20_000)]

    assert named_files("word " * 20_000 + "`module_7.py`", files) == ("package_7/module_7.py",)


def test_names_in_another_letter_case_are_found_in_the_order_of_paths() -> None:
    assert ambiguous("see `readme.md`", ["b/README.md", "a/Readme.md", "c/README.md"]) == {
        "readme.md": ("a/Readme.md", "b/README.md", "c/README.md")
    }


def test_a_hundred_thousand_files_are_listed_in_order(tmp_path: Path) -> None:
    paths = [f"g{number % 10}/p{number % 500}/m{number}.py" for number in range(100_000)]

    assert load_files(tmp_path, tracked=lambda root: paths) == FileList(tuple(sorted(paths)))


def test_links_that_lead_in_circles_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "a/b.py", "a/b/c.py")
    (tmp_path / "a/loop").symlink_to("..")
    (tmp_path / "a/b/loop").symlink_to(tmp_path)

    assert load_files(tmp_path, tracked=no_git).paths == ("a/b.py", "a/b/c.py")


def test_names_that_are_no_utf_8_are_passed_by_and_counted_unless_they_are_ignored(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text("x")
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    make(tmp_path, os.fsdecode(b"\xff/b.py"))

    names = ["a.py", "caf\udce9.py"]
    assert load_files(tmp_path, tracked=no_git) == FileList(("a.py",), unusable=2)
    assert load_files(tmp_path, tracked=lambda root: names) == FileList(("a.py",), unusable=1)
    assert load_files(tmp_path, tracked=lambda root: names, ignored=("caf*",)) == FileList(("a.py",))
