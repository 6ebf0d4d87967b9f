import pytest

from vivek.edits.guards import check

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
OLD = "".join(f"value_{number} = {number}\n" for number in range(30))


def reason(path: str, before: str | None, after: str) -> str | None:
    refusal = check(path, before, after)
    return refusal.reason if refusal is not None else None


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "x = 1\n", "x = 2\n"),
        ("a.py", None, "x = 2\n"),
        ("a.py", "# \ufffd\n", "# \ufffd\nx = 1\n"),
        ("a.md", "a \u202e b\n", "a \u202e c\n"),
        ("a.md", None, f"{ENGLAND}, \U0001f469\u200d\U0001f680\n"),
        ("a.txt", "<<<<<<< a\n", "<<<<<<< a\nmore\n"),
        ("a.rst", None, "Title\n=======\n"),
        ("a.md", "a\n", "a\n```\nb\n```\n"),
        ("a.md", "```\nopen\n", "```\nopen still\n"),
        ("a.py", 'x = """\n```\n"""\n', 'x = """\n```\n"""\ny = 1\n'),
        ("a.js", "```\n", "```\nx\n"),
        ("a.py", OLD, OLD[: len(OLD) // 2 + 10].rpartition("\n")[0] + "\n"),
        ("a.py", "x = 1\n" * 19, "x = 1\n"),
        ("a.py", "def f(:\n", "def g(:\n"),
        ("a.py", "", ""),
        ("a.json", "// not strict\n{}", "// not strict\n{} "),
        ("a.js", "f(\n", "f((\n"),
        ("a.py", None, "x = '\\d'\n"),
        ("a.c", "a\f\tb\n", "a\f\tc\n\f\n"),
    ],
)  # fmt: skip
def test_an_honest_change_passes(path: str, before: str | None, after: str) -> None:
    assert reason(path, before, after) is None


@pytest.mark.covers("V05", "V06")
@pytest.mark.parametrize(
    ("path", "before", "after", "why"),
    [
        ("a.md", "a\n", "a\ufffd\n", "broken characters"),
        ("a.md", "a \u202e\n", "a \u202e \u202e\n", "hidden characters"),
        ("a.md", None, "a\U000e0041\n", "hidden characters"),
        ("a.md", None, "a\0\n", "hidden characters"),
        ("a.md", "a\n", "a\rb\n", "hidden characters"),
        ("a.js", None, ">>>>>>> REPLACE\n", "conflict markers"),
        ("a.js", "x\n", "// ... existing code ...\n", "code left out"),
        ("a.js", None, "x\n```\n", "stray fence"),
        ("a.js", "x\n", "```js\nx\n", "stray fence"),
        ("a.md", None, "a\n```\nb\n", "stray fence"),
        ("a.js", OLD, OLD[: len(OLD) // 2 - 30], "much shorter"),
        ("a.js", "x\n", "\n", "emptied"),
        ("a.py", "x = 1\n", "x = (\n", "does not parse"),
        ("a.py", None, "x = (\n", "does not parse"),
        ("a.py", "\n", "x = (\n", "does not parse"),
        ("a.json", "{}", "{", "does not parse"),
        ("a.py", None, "x = 1\n" + "\t" * 3 + "y = 1\n", "does not parse"),
    ],
)
def test_a_harmful_change_is_refused(path: str, before: str | None, after: str, why: str) -> None:
    assert reason(path, before, after) == why


def test_a_file_may_lose_half_of_its_text_where_somebody_is_asked() -> None:
    shorter = OLD[: len(OLD) // 2 - 30]

    assert check("a.js", OLD, shorter, halving=True) is None
    assert check("a.js", OLD, shorter + "\n// ... existing code ...\n", halving=True) is not None


def test_a_long_line_is_shortened_in_the_feedback() -> None:
    refusal = check("a.md", None, "\ufffd" * 1_000 + "\n")

    assert refusal is not None
    assert max(len(line) for line in refusal.feedback.split("\n")) < 200
