import pytest

from vivek.edits.naming import Label, mentioned, read_info, read_label, read_path

KNOWN = ("src/a.py", "__init__.py", "app/[id]/page.tsx", "my file.txt", "bin/run", "LICENSE", "#x#")


@pytest.mark.parametrize(
    "line",
    [
        "src/a.py", "  src/a.py  ", "**src/a.py**", "`src/a.py`", "**`src/a.py`**", "`src/a.py`:", "src/a.py:",
        "# src/a.py",
        "### src/a.py", "#### `src/a.py`", "// src/a.py", "- src/a.py", "* `src/a.py`", "1. src/a.py", "2) `src/a.py`:",
        "File: src/a.py", "file: `src/a.py`", "**File:** `src/a.py`", "**File: src/a.py**", "Filename: src/a.py",
        "### File 1: `src/a.py`", "path = src/a.py", "Updated file: src/a.py", "src/a.py (updated)",
        "`src/a.py` (new file):", "=== src/a.py ===", "--- src/a.py ---", "<!-- src/a.py -->", "/* src/a.py */",
        "[src/a.py](src/a.py)", '"src/a.py"', "> src/a.py", "src\\a.py", "/src/a.py", "<src/a.py>", "*src/a.py*",
        "src//a.py", "; src/a.py", "__src/a.py__", "src/a.py\uff1a",
    ],
)  # fmt: skip
def test_a_line_that_is_a_path_with_decoration_names_that_file(line: str) -> None:
    assert read_label(line, KNOWN) == Label("src/a.py", explicit=False)


@pytest.mark.parametrize(
    "line",
    [
        "", "   ", "Here is src/a.py:", "Output:", "Usage", "e.g.", "and/or", "Node.js:", "console.log:", "**Notice:**",
        "See a.py and b.py", "https://example.org/a.py", "a: b", "os.path:", "v1.2:", "...", "..", "-", "import x",
        "a.py b.py",
        "what about a.py?", "x" * 400 + ".py", "input/output:", "`a` `b.py`", "str.join", "Changelog", "src/",
    ],
)  # fmt: skip
def test_any_other_line_names_none(line: str) -> None:
    assert read_label(line, KNOWN) is None


@pytest.mark.parametrize(
    "path",
    [
        "new.py",
        "docs/new.md",
        "Makefile",
        "NOTICE",
        ".gitignore",
        "a/b.strange",
        "bin/go",
        "../up.py",
        "~/x.py",
        "/etc/a.cfg",
    ],
)
def test_a_new_file_is_named_by_a_suffix_a_known_name_or_a_known_folder(path: str) -> None:
    assert read_label(path, KNOWN) == Label(path, explicit=False)


@pytest.mark.parametrize("path", KNOWN)
def test_a_file_of_the_project_is_known_whatever_it_looks_like(path: str) -> None:
    assert read_label(f"`{path}`", KNOWN) == Label(path, explicit=False)
    assert read_label(path, KNOWN) == Label(path, explicit=False)


def test_a_path_with_a_leading_dot_is_meant_as_it_stands() -> None:
    assert read_label("./src/a.py", KNOWN) == Label("src/a.py", explicit=True)
    assert read_label("`././new.py`:", KNOWN) == Label("new.py", explicit=True)


@pytest.mark.parametrize(
    "info",
    [
        "python src/a.py", "python:src/a.py", "src/a.py", "python title=src/a.py", 'python title="src/a.py"',
        "python file=src/a.py", "py {filename=src/a.py}", "python `src/a.py`", "python /src/a.py",
    ],
)  # fmt: skip
def test_an_info_string_can_name_the_file(info: str) -> None:
    assert read_info(info, KNOWN) == Label("src/a.py", explicit=False)


@pytest.mark.parametrize(
    "info", ["", "python", "c++", "node.js", "python title=Example", "text no path here", "asp.net"]
)
def test_an_ordinary_info_string_names_none(info: str) -> None:
    assert read_info(info, KNOWN) is None


def test_a_file_that_is_an_ordinary_word_is_named_by_the_bare_word_only() -> None:
    assert read_label("run", ["run"]) == read_label("`run`", ["run"]) == Label("run", explicit=False)
    assert read_label("Run:", ["run"]) is None
    assert read_label("run:", ["run"]) is None
    assert read_label("# run", ["run"]) is None


def test_a_text_that_is_known_to_be_a_path_needs_no_proof() -> None:
    assert read_path(" `new file` ", KNOWN) == Label("new file", explicit=False)
    assert read_path("./some word", KNOWN) == Label("some word", explicit=True)
    assert read_path("**src/a.py**", KNOWN) == Label("src/a.py", explicit=False)


def test_files_that_words_name_are_those_of_the_project() -> None:
    lines = ["In `src/a.py`, (LICENSE) and ./bin/run.", "not a.py, nor src/a.pyc"]

    assert mentioned(lines, KNOWN) == {"src/a.py", "LICENSE", "bin/run"}
