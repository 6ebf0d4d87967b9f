import pytest

from vivek.edits.elision import find_elision


@pytest.mark.parametrize(
    "line",
    [
        "# ... rest of code unchanged", "# ... existing code ...", "// rest of the file", "// existing code",
        "    # rest of the class remains the same", "# (other methods unchanged)", "# Existing imports...",
        "/* ... existing code ... */", "{/* rest of the component */}", "<!-- ... existing content ... -->",
        "... rest of the file ...", "# [rest of the implementation unchanged]", "# error handling omitted for brevity",
        "// ... (keep existing methods) ...", "-- rest of the file remains unchanged", "# … existing code …",
        "# ... keep the existing validation logic ...", "# The rest of your code goes here", "; rest of the code",
        "# Remaining methods stay the same", "# rest of UserService class remains unchanged", "#...existing code...",
        "# Everything else remains unchanged", "# other functions remain unchanged",
    ],
)  # fmt: skip
def test_a_comment_that_stands_for_known_code_is_found(line: str) -> None:
    assert find_elision("a.py", "x = 1\n", f"x = 1\n{line}\ny = 2\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        "# the rest of the list", "# Read the rest of the file", "# The rest of the code handles errors.",
        "# skip the rest of the line", "# existing users keep their key", "# The original file is left unchanged.",
        "# Wait for the remaining tasks...", "# Loading...", "# Other options", "# other methods", "# no changes",
        "# the cache is left unchanged", "# same as before", "...", "x = ...", "# Handle the remaining arguments",
        "# fields omitted from the output", "# existing functions", "# the remaining functions", "# ...",
        "# Same logic as above", "# previous implementation was slow", "# TODO: implement", "# rest of the world",
        'text = "# ... existing code ..."', "x = 1  # ... existing code ...", "... x = existing_code()",
        "# " + "existing code " * 20,
    ],
)  # fmt: skip
def test_an_ordinary_comment_is_left_alone(line: str) -> None:
    assert find_elision("a.py", "x = 1\n", f"x = 1\n{line}\ny = 2\n") is None


def test_a_comment_that_was_there_before_is_left_alone() -> None:
    text = "x = 1\n# rest of the file\ny = 2\n"

    assert find_elision("a.py", text, text.replace("2", "3")) is None


@pytest.mark.parametrize("line", ["# ...", "# unchanged", "// same as before"])
def test_a_vague_comment_counts_when_lines_went_missing(line: str) -> None:
    before = "a = 1\nb = 2\nc = 3\nd = 4\n"

    assert find_elision("a.py", before, f"a = 0\n{line}\n") == 1
    assert find_elision("a.py", before, f"{before}{line}\n") is None


def test_a_heading_of_a_text_is_no_comment_but_a_hidden_remark_is() -> None:
    assert find_elision("a.md", "", "# Rest of the file\n## Existing code\n") is None
    assert find_elision("a.md", "", "# T\n<!-- rest of the file -->\n") == 1
    assert find_elision("a.md", "", "# T\n... (rest of the file unchanged)\n") == 1


def test_a_new_comment_is_found_behind_one_that_was_there_before() -> None:
    before = "x = 1\n# rest of the file\ny = 2\n"

    assert find_elision("a.py", before, "y = 0\n# rest of the file\n# ... existing code ...\nz = 3\n") == 2
