"""What texts measure: lines, remarks, what they read and call, tests; texts with faults, and hostile ones."""

import time

import pytest

from vivek.syntax.facts import PARSED, TOO_LONG, facts_of
from vivek.syntax.measures import measurers, measures_of

CALLED = '''"""See https://docs.acme.dev and os.environ["DOCS"]."""
import os
from os import environ, getenv
import redis
from google.cloud import bigquery

URL = "https://api.acme.dev/v1"
TOLD = "look at https://seen.acme.dev for more"
LOCAL = "http://localhost:8080"
STORE = f"postgres://{os.environ['DB_HOST']}/till"
a = os.environ.get("A"), os.getenv("B", "1"), environ["C"], getenv("D")
os.environ["WRITTEN"] = "1"
b = settings.get("NOT_ENVIRONMENT")
c = "E" in os.environ  # os.environ["COMMENT"]

if __name__ == "__main__":
    print(a)
'''

TESTED = """
def compare(x):
    assert x

def helper(x):
    compare(x)

def quiet(x):
    return x

class TestTill:
    def test_assert_in_its_name_only(self):
        quiet(1)
        "assert"  # assert

    def test_by_helper(self):
        helper(1)

    def test_raises(self):
        with pytest.raises(ValueError):
            quiet(1)

    def test_by_another_test(self):
        self.test_raises()

    def test_of_a_table(self, key):
        TABLE[key](1)

    def test_of_what_it_is_handed(self, compared: Callable):
        compared(quiet(1))

    def test_by_exit_status(self):
        subprocess.run(["true"], check=True)

    @unittest.skip("too slow")
    def test_that_nobody_runs(self):
        pass

def test_output():
    subprocess.check_output(["ls"])

def test_skipped():
    raise SkipTest
"""


def test_code_is_what_is_neither_blank_nor_comment_nor_documentation() -> None:
    found = measures_of("a.py", '"""Say."""\n\n# no\nx = 1  # yes\ny = """a\n\nb"""\n')

    assert (found.lines, found.code, found.read) == (7, 3, "ast")


def test_remarks_are_found_in_comments_alone() -> None:
    found = measures_of("a.py", 'x = "# TODO no"  # TODO(me): mend it\n# FIXME\nTODO = 1\n# nothing to do\n')

    assert [(each.mark, each.text, each.line) for each in found.todos] == [("TODO", "mend it", 1), ("FIXME", "", 2)]


def test_what_a_text_reads_calls_and_starts_is_known_with_its_line() -> None:
    found = measures_of("a.py", CALLED)

    assert [(each.place.line, each.kind, each.name) for each in found.known] == [
        (4, "data store", "Redis"),
        (5, "data store", "BigQuery"),
        (7, "service", "api.acme.dev"),
        (10, "data store", "PostgreSQL"),
        (10, "environment variable", "DB_HOST"),
        (11, "environment variable", "A"),
        (11, "environment variable", "B"),
        (11, "environment variable", "C"),
        (11, "environment variable", "D"),
        (14, "environment variable", "E"),
        (16, "entry point", "__main__"),
    ]


def test_a_test_asserts_by_itself_or_by_a_function_of_its_file() -> None:
    found = measures_of("test_till.py", TESTED)

    assert {each.name: each.asserts for each in found.tests} == {
        "TestTill.test_assert_in_its_name_only": False,
        "TestTill.test_by_helper": True,
        "TestTill.test_raises": True,
        "TestTill.test_by_another_test": True,
        "TestTill.test_of_a_table": True,
        "TestTill.test_of_what_it_is_handed": True,
        "TestTill.test_by_exit_status": True,
        "TestTill.test_that_nobody_runs": True,
        "test_output": False,
        "test_skipped": False,
    }
    assert [each.calls for each in found.tests if not each.asserts][:2] == [("quiet",), ("check_output",)]
    assert {name for name in found.asserting if not name.startswith("test_")} == {"compare", "helper"}


def test_addresses_that_only_readers_follow_are_no_services() -> None:
    links = ["json.schemastore.org/sarif.json", "www.georss.org/georss", "jira.mariadb.org/x", "github.com/a/b"]
    called = ["api.github.com", "www.googleapis.com", "openrouter.ai"]
    text = "".join(f'A{at} = "https://{each}"\n' for at, each in enumerate([*links, *called]))

    assert [each.name for each in measures_of("a.py", text).known] == called
    assert [each.kind for each in measures_of("a.py", text).known] == ["service"] * 3


def test_functions_that_assert_are_told_of_files_without_tests_as_well() -> None:
    assert measures_of("conftest.py", "def golden(x):\n    assert x\ndef other(x): ...\n").asserting == ("golden",)


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("pyproject.toml", '[project]\nname = "till"\n[project.scripts]\ntill = "till:main"\n', [("till", 4)]),
        ("web/package.json", '{\n"name": "@a/till",\n"bin": "x.js"}', [("till", 2)]),
        ("package.json", '{"bin": {"b": "b.js", "a": "a.js"}}', [("a", 1), ("b", 1)]),
        ("Cargo.toml", '[[bin]]\nname = "till"\n', [("till", 2)]),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n    till = a:b\n[x]\ny = 1\n", [("till", 3)]),
        ("pyproject.toml", "[project.scripts\n", []),
        ("package.json", "[1, 2", []),
        ("package.json", "[[1]]", []),
        ("other.json", '{"bin": {"b": "b.js"}}', []),
    ],
)
def test_descriptions_name_programs(path: str, text: str, names: list[tuple[str, int]]) -> None:
    assert [(each.name, each.place.line) for each in measures_of(path, text).known] == names


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("def f(:\n    pass\n# TODO x\n", "line 1: invalid syntax"),
        ("x = 1\0\n", "source code string cannot contain null bytes"),
        ("x = " + "(" * 1_000, "line 1: too many nested parentheses"),
        ("def f():\n" + "".join(f"{' ' * depth}if a:\n" for depth in range(1, 200)), "line 101: too many levels"),
    ],
)
def test_a_python_text_with_a_fault_is_measured_by_its_lines(text: str, fault: str) -> None:
    found = measures_of("a.py", text)

    assert found.read == "pattern"
    assert found.fault.startswith(fault)
    assert found.functions == ()
    assert found.code > 0


def test_what_a_text_without_a_reader_measures_is_its_lines() -> None:
    assert measures_of("a.unknown", "a\n\nb\n").lines == 3
    assert measures_of("README.md", "# Till\n\nTODO: more\n").code == 0
    shell = measures_of("a.sh", "# TODO x\necho '# no'\n\n")
    assert (shell.code, [each.line for each in shell.todos], shell.read) == (1, [1], "pattern")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'x = """' + '\\"""' * 100_000),
        ("a.py", "x = (" + '\\"""' * 100_000),
        ("a.py", "# TODO " * 100_000),
        ("a.py", "def f():\n  return " + " and ".join(["a"] * 50_000)),
        ("a.js", "function f(){" + "if(a){" * 100_000 + "}" * 100_000 + "}"),
        ("a.js", "f(" + "()=>g(" * 50_000 + ")" * 50_000 + ")"),
        ("a.kt", "/*" * 200_000),
        ("a.sql", "--[[" * 100_000),
        ("a.sh", "'\"#" * 100_000),
    ],
)
def test_hostile_texts_are_measured_in_time(path: str, text: str) -> None:
    before = time.process_time()

    assert measures_of(path, text).lines == 1 + text.count("\n")

    assert time.process_time() - before < 20


def test_half_a_pair_of_surrogates_is_no_reason_to_fail() -> None:
    assert measures_of("a.py", "x = '\ud800'\n").lines == 1
    found = measures_of("a.py", "import os\nx = os.environ['\\ud800']\n")
    assert [each.name for each in found.known] == ["\ud800"]


def test_who_measures_is_told_with_a_version() -> None:
    assert measurers().partition(":")[0].isdigit()


@pytest.mark.parametrize("path", ["table.py", "table.js"])
def test_a_text_too_long_to_be_parsed_is_measured_line_by_line(path: str) -> None:
    text = "row = 1\n" * (PARSED // 8 + 1)

    found = measures_of(path, text)

    assert (found.read, found.code, found.lines) == ("pattern", PARSED // 8 + 1, PARSED // 8 + 1)
    assert found.fault == TOO_LONG
    assert facts_of(path, text).fault == TOO_LONG
