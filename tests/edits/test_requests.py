import pytest

from vivek.edits.reply import ToolLine
from vivek.edits.requests import Request, read_request

KNOWN = frozenset({"src/a.py", "b.py", "Makefile"})


def asked(line: str) -> tuple[str, str] | None:
    request = read_request(line, KNOWN)
    return (request.ask.tool, request.ask.argument) if request is not None and request.ask is not None else None


@pytest.mark.parametrize(
    ("line", "tool", "argument"),
    [
        ("search: def total", "search", "def total"),
        ("**search:** `def total`", "search", "def total"),
        ('- search: "class Till("', "search", "class Till("),
        ("Search: 'a' and 'b'", "search", "'a' and 'b'"),
        ("`search: def total`", "search", "def total"),
        ("find: tests/**/test_*.py", "find", "tests/**/test_*.py"),
        ("> find: `*.md`", "find", "*.md"),
        ("run: pytest -q tests/test_a.py", "run", "pytest -q tests/test_a.py"),
        ("**run: python -m pytest**", "run", "python -m pytest"),
        ("run: PYTHONPATH=. python a.py", "run", "PYTHONPATH=. python a.py"),
        ("find: src/**", "find", "src/**"),
        ("`find: impact:Till.total`", "find", "impact:Till.total"),
        ("**find:** **/*.py", "find", "**/*.py"),
        ("**run**: make", "run", "make"),
        ("run: ./configure", "run", "./configure"),
        ("read: src/a.py:10-80", "read", "src/a.py:10-80"),
        ("read: `src/a.py` lines 1-9", "read", ""),
        ("read: src/a.py#L10-L80", "read", "src/a.py:10-80"),
        ("read: src/a.py: lines 10\u201380", "read", "src/a.py:10-80"),
        ("more: 3", "more", "3"),
    ],
)
def test_a_line_asks_a_tool(line: str, tool: str, argument: str) -> None:
    assert asked(line) == ((tool, argument) if argument else None)


@pytest.mark.parametrize("line", ["need: src/a.py", "read: src/a.py", "Read: `./src/a.py`", "- **need**: src/a.py."])
def test_a_file_is_needed(line: str) -> None:
    assert read_request(line, KNOWN) == Request("need", ("src/a.py",))


def test_files_can_be_deleted() -> None:
    assert read_request("delete: b.py and src/a.py", KNOWN) == Request("delete", ("b.py", "src/a.py"))


@pytest.mark.parametrize(
    "line",
    [
        "", "I would search: total", "search:", "search: ``", "Search: the following is what I looked for in the code.",
        "Search: these files:", "find: all the tests", "find: it,", "run: The tests with pytest", "Run: ",
        "run: the tests",
        "run: pytest and then:", "run: go on ...", "read: the whole file", "read: the manual: pages 3-9",
        "read: ab cd:1-2", "more: or less of it", "More: see below", "need: more time", "searching: x", "run - pytest",
        "search: " + "x" * 600, "find: " + "x " * 400,
    ],
)  # fmt: skip
def test_a_sentence_is_left_alone(line: str) -> None:
    assert read_request(line, KNOWN) is None


def test_requests_are_values_that_compare() -> None:
    assert read_request("more: 3", KNOWN) == Request("ask", ask=ToolLine("more", "3"))
