import pytest

from tests.analysis.validators.changes import doubts, set_doubts
from vivek.analysis.validators.weakening import is_test

TESTS = """\
import pytest


def test_one():
    assert one() == 1
    assert two() == 2


def test_error():
    with pytest.raises(ValueError):
        three()
"""

pytestmark = pytest.mark.covers("V13")


@pytest.mark.parametrize(
    ("after", "said", "line"),
    [
        (TESTS.replace("    assert two() == 2\n", ""), "checks less: 3 assertions before, 2 now", None),
        (TESTS.replace("two() == 2", "True"), "checks less: 3 assertions before, 2 now", None),
        (TESTS.replace("def test_one", "@pytest.mark.skip\ndef test_one"), "a test is skipped", 4),
        (TESTS.replace("def test_one", "@pytest.mark.xfail(strict=False)\ndef test_one"), "a test is skipped", 4),
    ],
)
def test_tests_that_prove_less_ask(after: str, said: str, line: int | None) -> None:
    [concern] = doubts("V13", "tests/test_till.py", TESTS, after)

    assert (concern.level, concern.line) == ("ask", line)
    assert concern.text.startswith(said)


def test_a_deleted_test_file_asks() -> None:
    [concern] = doubts("V13", "tests/test_till.py", TESTS, None)

    assert (concern.level, concern.text) == ("ask", "a test file is deleted")


def test_tests_that_move_are_not_lost() -> None:
    half = TESTS[: TESTS.index("def test_error")]
    rest = "import pytest\n\n\n" + TESTS[TESTS.index("def test_error") :]
    split: dict[str, tuple[str | None, str | None]] = {
        "tests/test_till.py": (TESTS, half),
        "tests/test_errors.py": (None, rest),
    }
    moved: dict[str, tuple[str | None, str | None]] = {
        "tests/test_till.py": (TESTS, None),
        "tests/test_sums.py": (None, TESTS),
    }

    assert [(each.level, each.path) for each in set_doubts("V13", split)] == [("note", "tests/test_till.py")]
    assert [each.level for each in set_doubts("V13", moved)] == ["note"]


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("web/cart.test.ts", "it('a', () => expect(1).toBe(1))\n", "it('a', () => {})\n", "checks less"),
        ("web/cart.test.ts", "it('a', f)\n", "it.skip('a', f)\n", "a test is skipped"),
        ("web/cart.spec.js", "it('a', f)\n", "it.only('a', f)\n", "only one test is left"),
        ("till_test.go", 't.Errorf("x")\n', "", "checks less"),
        ("till_test.go", "", "t.Skip()\n", "a test is skipped"),
        ("tests/till.rs", "assert_eq!(a, b);\n", "let c = 1;\n", "checks less"),
    ],
)
def test_other_languages_are_counted_by_their_words(path: str, before: str, after: str, said: str) -> None:
    [concern] = doubts("V13", path, before, after)

    assert concern.text.startswith(said)
    assert concern.level == "ask"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("tests/test_till.py", TESTS, TESTS + "\n\ndef test_more():\n    assert more()\n"),
        ("till/prices.py", "assert x\n", "x = 1\n"),
        ("tests/test_fit.py", "", "model.fit(x)\n"),
        (
            "tests/test_till.py",
            "@pytest.mark.skip\n\ndef test_a():\n    pass\n",
            "@pytest.mark.skip\ndef test_a():\n    pass\n",
        ),
        (
            "tests/test_till.py",
            "@pytest.mark.skip\ndef test_a(): f()\n",
            "if x:\n    @pytest.mark.skip\n    def test_a(): f()\n",
        ),
        ("tests/data.json", '{"assert": "expect("}', "{}"),
    ],
)
def test_ordinary_changes_are_no_concern(path: str, before: str, after: str) -> None:
    assert doubts("V13", path, before, after) == []


def test_a_skip_in_a_new_file_is_only_noted() -> None:
    assert doubts("V13", "tests/test_new.py", None, "import pytest\n\npytest.skip('later')\n")[0].level == "note"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("test_a.py", True),
        ("tests/unit/prices.py", True),
        ("tests/conftest.py", False),
        ("a_test.go", True),
        ("src/App.test.tsx", True),
        ("PricesTest.java", True),
        ("contest.py", False),
        ("till/attest.py", False),
        ("tests/data.json", False),
    ],
)
def test_test_files_are_told_by_their_names(path: str, *, expected: bool) -> None:
    assert is_test(path) is expected


@pytest.mark.parametrize(
    ("path", "before", "after", "line"),
    [
        ("tests/test_till.py", TESTS, TESTS.replace("assert two() == 2", "assert two()"), 6),
        ("tests/test_till.py", TESTS, TESTS.replace("assert two() == 2", "assert two() is not None"), 6),
        ("a.test.ts", "expect(two()).toBe(2);\n", "expect(two()).toBeDefined();\n", 1),
        ("a.test.js", "expect(two()).toEqual([2]);\n", "expect(two()).not.toBeNull();\n", 1),
        ("ATest.java", "assertEquals(2, two());\n", "assertNotNull(two());\n", 1),
        ("tests/a.rs", "assert_eq!(two(), Ok(2));\n", "assert!(two().is_ok());\n", 1),
    ],
)
def test_an_assertion_that_takes_nearly_any_value_asks(path: str, before: str, after: str, line: int) -> None:
    [concern] = doubts("V13", path, before, after)

    assert (concern.level, concern.line) == ("ask", line)
    assert concern.text == "an assertion takes nearly any value now"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("tests/test_till.py", TESTS, TESTS.replace("assert two() == 2", "assert two() == 3")),
        ("tests/test_till.py", TESTS, TESTS.replace("assert two() == 2", "assert three()\n    assert two() == 2")),
        ("a_test.py", "assert two() == True\n", "assert two()\n"),
        ("a_test.py", "assert a in x\nassert b in x\n", "assert x == [a, b]\n"),
        ("a.test.ts", "expect(x).toBeDefined();\nexpect(x.y).toBeTruthy();\n", "expect(x).toEqual({ y: 1 });\n"),
        ("ATest.java", "assertTrue(x.contains(1));\nassertEquals(1, x.size());\n", "assertEquals(List.of(1), x);\n"),
    ],
)
def test_assertions_that_say_as_much_or_more_are_no_concern(path: str, before: str, after: str) -> None:
    assert doubts("V13", path, before, after) == []
