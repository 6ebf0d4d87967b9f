import pytest

from tests.timing import within
from vivek.project.globbing import matching

PATHS = ["README.md", "src/a.py", "src/pkg/__init__.py", "src/pkg/b.py", "src/pkg/b.pyi", "tests/test_b.py", "x[1].txt"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.py", ["src/a.py", "src/pkg/__init__.py", "src/pkg/b.py", "tests/test_b.py"]),
        ("**/*.py", ["src/a.py", "src/pkg/__init__.py", "src/pkg/b.py", "tests/test_b.py"]),
        ("src/*.py", ["src/a.py"]),
        ("./src/*.py", ["src/a.py"]),
        ("/src/*.py", ["src/a.py"]),
        ("src/**/*.py", ["src/a.py", "src/pkg/__init__.py", "src/pkg/b.py"]),
        ("src/**", ["src/a.py", "src/pkg/__init__.py", "src/pkg/b.py", "src/pkg/b.pyi"]),
        ("src/pkg/", ["src/pkg/__init__.py", "src/pkg/b.py", "src/pkg/b.pyi"]),
        ("**/pkg/**/b.*", ["src/pkg/b.py", "src/pkg/b.pyi"]),
        ("?.py", ["src/a.py", "src/pkg/b.py"]),
        ("[ab].py", ["src/a.py", "src/pkg/b.py"]),
        ("*.{md,pyi}", ["README.md", "src/pkg/b.pyi"]),
        ("{src,tests}/{a,test_b}.py", ["src/a.py", "tests/test_b.py"]),
        ("**", PATHS),
        ("readme", ["README.md"]),
        ("pkg/b", ["src/pkg/b.py", "src/pkg/b.pyi"]),
        ("test_b.py", ["tests/test_b.py"]),
        ("x[[]1].txt", ["x[1].txt"]),
        ("", []),
        ("./", []),
        ("*.rs", []),
        ("src", ["src/a.py", "src/pkg/__init__.py", "src/pkg/b.py", "src/pkg/b.pyi"]),
        ("*/b.py", []),
    ],
)
def test_a_pattern_means_these_files(pattern: str, found: list[str]) -> None:
    assert matching(pattern, PATHS) == found


@pytest.mark.parametrize(
    "pattern", ["*a" * 150, "**/" * 100 + "x", "{a,b}" * 60, "{" * 300, "[" * 300, "a*" * 20 + "["]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    paths = ["a" * 250, "/".join("a" * 100), "a" * 200 + "b"] * 20

    within(2, lambda: matching(pattern, paths))
