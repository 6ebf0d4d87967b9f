"""Whether texts still parse, as far as grammars tell; and what happens with hostile texts or without grammars."""

import subprocess
import sys
import time

import pytest

from vivek.syntax.check import broken_by
from vivek.syntax.outline import outline, string_lines


@pytest.mark.parametrize(
    ("path", "before", "after", "error"),
    [
        ("a.js", "f(1);\n", "f(1;\n", "line 1: "),
        ("a.ts", "let a: number = 1;\n", "let a: number = 1;\nif (a {\n", "line 2: "),
        ("a.go", "package a\n", "package a\nfunc f( {\n", "line 2: "),
        ("a.rs", "fn f() {}\n", "fn f() {\n", "line 1: "),
        ("A.java", "class A {}\n", "class A { int f() { return 1 } }\n", "line 1: `;` is missing"),
        ("a.c", "int x;\n", "int x\n", "line 1: `;` is missing"),
    ],
)
def test_a_text_that_parsed_before_must_parse_after(path: str, before: str, after: str, error: str) -> None:
    assert (broken_by(path, before, after) or "").startswith(error)
    assert broken_by(path, before, before + "\n") is None
    assert broken_by(path, after, after + "\n") is None
    assert broken_by(path, None, after) is None


def test_a_header_counts_as_sound_when_c_or_cpp_can_read_it() -> None:
    assert broken_by("a.h", "int x;\n", "class A { public: int f(); };\n") is None
    assert broken_by("a.h", "int x;\n", "class A { public: int f( };\n") is not None


def test_python_and_json_are_judged_when_new_and_an_empty_text_never_is() -> None:
    assert broken_by("a.py", None, "def f(:\n") == "line 1: invalid syntax"
    assert broken_by("a.py", "print 'a'\n", "print 'b'\n") is None
    assert broken_by("a.py", "x = 1\n", "x =\n") is not None
    assert broken_by("a.json", "{}", "{") is not None
    assert broken_by("a.py", "x = 1\n", " \n") is None
    assert broken_by("a.md", "a", "b") is None


@pytest.mark.parametrize(
    ("path", "opens", "closes"),
    [
        ("a.cpp", "namespace a {\n", "}\n"),
        ("a.cpp", "template <class T>\n", "int f();\n"),
        ("A.java", "class A {\n", "}\n"),
        ("a.rs", "mod a {\n", "}\n"),
        ("a.c", "#if 1\n", "#endif\n"),
    ],
)
def test_deep_nesting_is_looked_into_only_so_far(path: str, opens: str, closes: str) -> None:
    text = opens * 4_000 + closes * 4_000

    assert len(outline(path, text) or ()) <= 61
    string_lines(path, text)


@pytest.mark.parametrize(
    "text", ["(" * 200_000, "class A {" * 40_000, "a < " * 100_000, "{}" * 200_000, "/*" * 200_000]
)
def test_monstrous_texts_are_read_in_bounded_time(text: str) -> None:
    began = time.process_time()
    outline("a.ts", text)
    broken_by("a.ts", "x;\n", text)

    assert time.process_time() - began < 20


def test_without_grammars_nothing_is_known_and_nothing_fails() -> None:
    code = """
import sys
for name in ("tree_sitter", "tree_sitter_javascript"):
    sys.modules[name] = None
from vivek.syntax.outline import outline, string_lines
from vivek.syntax.check import broken_by
print(outline("a.js", "function f() {}"), string_lines("a.js", "`a\\nb`"), broken_by("a.js", "f()", "f("))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.stderr) == ("None frozenset() None\n", "")


def test_python_is_read_without_loading_any_grammar() -> None:
    code = """
import sys
from vivek.syntax.outline import outline
from vivek.syntax.check import broken_by
outline("a.py", "def f(): pass"), broken_by("a.py", "x = 1", "x = 2")
print([name for name in sys.modules if "tree_sitter" in name or "grammars" in name])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")
