"""What a repository comes to: languages by their lines, what is known of it, and what the figures do not cover."""

import pytest

from vivek.analysis.structure.architecture import describe
from vivek.project.repository import facts_of_texts
from vivek.schema.architecture import Architecture, LanguageShare

ASKING = "import os\n\nURL = os.environ['URL']\nNAME = os.environ[URL]\n"


def report(texts: dict[str, str]) -> Architecture:
    return describe(facts_of_texts(texts))


def test_languages_are_weighed_by_the_lines_of_sources_and_tests() -> None:
    found = report(
        {
            "a.py": "x = 1\n\n# no\ny = 2\n",
            "tests/test_a.py": "def test_it():\n    assert 1\n",
            "web/a.css": "a {\n}\n",
            "a.lua": "local a = 1\nlocal b = 1\n",
            "docs/a.md": "# A\n",
            "package.json": '{"name": "x"}\n',
            "vendor/b.py": "x = 1\n",
        }
    )

    assert found.languages == (
        LanguageShare("python", 2, 4, 0.5, imports=True),
        LanguageShare("css", 1, 2, 0.25, imports=False),
        LanguageShare("lua", 1, 2, 0.25, imports=True),
    )
    assert report({"a.py": ""}).languages == (LanguageShare("python", 1, 0, 0.0, imports=True),)


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("a.cs", "class A { }\n", "C#: namespaces are not followed, so its modules have no imports here."),
        ("a.c", "int a;\n", "C and C++: search paths of build files are not read; an `#include` is found by its path."),
        (
            "a.cpp",
            "int a;\n",
            "C and C++: search paths of build files are not read; an `#include` is found by its path.",
        ),
        ("a.m", "int a;\n", "C and C++: search paths of build files are not read; an `#include` is found by its path."),
        ("a.go", "package a\n", "Go, Java, Kotlin: what a package uses of itself without an import is no edge."),
        ("A.java", "class A { }\n", "Go, Java, Kotlin: what a package uses of itself without an import is no edge."),
        ("A.kt", "class A\n", "Go, Java, Kotlin: what a package uses of itself without an import is no edge."),
        ("a.rs", "fn a() {}\n", "Rust: what macros make, and paths that are written without `use`, are not seen."),
    ],
)
def test_what_nobody_can_read_off_a_language_is_told_where_it_is_written(path: str, text: str, told: str) -> None:
    assert report({path: text}).limits.blind == (told,)
    assert report({f"tests/{path}": text, "a.py": "x = 1\n"}).limits.blind == ()


def test_a_variable_without_a_name_is_a_limit_and_nothing_that_is_known() -> None:
    found = report({"b.py": ASKING, "a.py": f"\n{ASKING}", "tests/test_a.py": ASKING})

    assert [(each.name, each.place.path) for each in found.known] == [("URL", "a.py"), ("URL", "b.py")]
    assert found.limits.blind == (
        "Variables of the environment whose names are made while running are not named (2, such as a.py:5).",
    )


def test_what_tests_use_what_is_a_module_here_and_links_of_a_documentation_are_not_known() -> None:
    found = report(
        {
            "redis/__init__.py": "x = 1\n",
            "a.py": "import redis\nimport pymongo\n",
            "tests/test_a.py": "import psycopg\n",
            "docs/conf.py": "import sqlite3\nhome = 'https://api.acme.dev'\n",
        }
    )

    assert [(each.kind, each.name) for each in found.known] == [("data store", "MongoDB"), ("data store", "SQLite")]
