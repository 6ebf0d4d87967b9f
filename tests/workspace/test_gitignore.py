"""Ignore files read as git reads them: git itself is the judge."""

import random
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.timing import within
from vivek.workspace.gitignore import read_rules
from vivek.workspace.ignore import IgnoreFiles

TREE = [
    *("a", "ab", "b.txt", "A", "foo.py", "foo.pyc", "x y", "end ", "#hash", "!bang", "[x]", "back\\slash", "é", "-d"),
    *("dir/a", "dir/b.txt", "dir/foo.py", "dir/sub/a", "dir/sub/deep/b.txt", "dir/sub/deep/foo.py"),
    *("build/a", "build/out/b.txt", "sub/build/a", "sub/dir/a", "a1/x", "a2/x/y", "q]", "z-9", "_"),
]
PIECES = [
    *("a", "b", "*", "?", "**", "/", "/", "dir", "sub", "foo", ".py", ".txt", "build", "x", "deep", "[ab]", "[!a]"),
    *("[^b]", "[a-c]", "[[:alpha:]]", "[[:digit:]-]", "[]x]", "[z-a]", "[", "\\", "\\*", "é", " ", "!", "#", "1"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a repository with an untracked file of every kind."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, timeout=60)
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def kept_by_git(root: Path) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return {name.decode() for name in listed.stdout.split(b"\0")[:-1]}


def kept_by_us(root: Path) -> set[str]:
    ignored = IgnoreFiles(root, ".gitignore")
    names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    return {name for name in names if not name.startswith(".git/") and not ignored.matches(name)}


LISTS = [
    "*.pyc\nbuild/\n",
    "/a\n/dir/*\n!/dir/sub/\n",
    "dir/\n!dir/a\n",
    "**/deep\n",
    "dir/**\n",
    "dir/**/b.txt\n",
    "**\n!*/\n!*.txt\n",
    "*\n!foo.py\n",
    "# a comment\n\\#hash\n\\!bang\n",
    "x\\ y\nend\\ \nb.txt   \n",
    "foo.py\r\n*.txt\r\n",
    "\ufeffa\n",
    "[[]x]\nback\\\\slash\n",
    "[a-c]\n[!a]b\n",
    "[[:upper:]]\n[[:punct:]]\n",
    "[[:nope:]]\n[unclosed\nab\\\n",
    "/\n//\n!\n \n",
    "a*/\n*/x\n",
    "fo**py\n**foo.py\n",
    "?\n",
    "??\n",
    "q]\n[a-\n[--9]-9\n",
    "sub/**/a\n/**/out/\n",
    "dir/sub/\n!dir/sub/deep/b.txt\n",
    "[a-\\\n[\\\n[^]\n",
]


@pytest.mark.parametrize("rules", LISTS)
def test_a_list_means_what_it_means_to_git(tree: Path, rules: str) -> None:
    (tree / ".gitignore").write_bytes(rules.encode())

    assert kept_by_us(tree) == kept_by_git(tree)


@pytest.mark.parametrize("seed", range(40))
def test_any_list_means_what_it_means_to_git(tree: Path, seed: int) -> None:
    dice = random.Random(seed)
    for place in (".gitignore", "dir/.gitignore"):
        lines = ["".join(dice.choices(PIECES, k=dice.randint(1, 5))) for _ in range(dice.randint(1, 5))]
        (tree / place).write_bytes("\n".join(lines).encode())

    assert kept_by_us(tree) == kept_by_git(tree), [
        (tree / ".gitignore").read_text(),
        (tree / "dir/.gitignore").read_text(),
    ]


def test_a_nearer_file_has_the_last_word(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.txt\na\n")
    (tree / "dir/.gitignore").write_text("!b.txt\n")
    (tree / "dir/sub/.gitignore").write_text("/deep/b.txt\n")

    assert kept_by_us(tree) == kept_by_git(tree)
    assert "dir/b.txt" in kept_by_us(tree)
    assert "dir/sub/deep/b.txt" not in kept_by_us(tree)


@pytest.mark.parametrize(
    "pattern", ["*a" * 60 + "b", "**/" * 60 + "b", "[a-z]*" * 60 + "1", "**/*a*a*a*a*/" * 12 + "b", "?*" * 100 + "b"]
)
def test_no_pattern_makes_matching_slow(pattern: str) -> None:
    rules = read_rules(pattern.encode())
    assert rules is not None

    for parts in ([b"a" * 250], [b"a" * 60] * 40, [b"a"] * 400):
        assert within(1, partial(rules.verdict, parts, folder=False)) is None
