"""What texts of other languages measure, by their grammars; planted functions, names, tests and addresses."""

import pytest

from vivek.schema.measures import FileMeasures
from vivek.syntax.measures import measures_of

JAVA = """package a;
import java.sql.Connection;
class A {
  A(int a) { if (a > 0) { run(); } }
  @Test
  public void f(int a, String b) {
    if (a > 0 && a < 1) { } else if (a) { } else { }
    switch (a) { case 1: break; default: x(); }
    int y = a ? 1 : 2;
    foo(x -> x ? 1 : 2);
  }
  @Test void g() { assertEquals(1, 2); }
  // TODO(me): mend
  public static void main(String[] args) { System.getenv("HOME_X"); String u = "https://api.acme.io/v1"; }
  int again(int n) { return this.again(n - 1); }
}
"""
GO = """package main

import (
\t"github.com/lib/pq"
)

func (s *S) F(a, b int, c string) {
\tif a {
\t} else if b {
\t} else {
\t}
\tswitch x {
\tcase 1:
\tdefault:
\t}
L:
\tfor {
\t\tbreak L
\t}
}

func main() {
\tos.Getenv("PORT") // os.Getenv("COMMENT")
\tf := func(x int) {
\t\tif x && y {
\t\t}
\t}
}

func TestA(t *testing.T) { t.Fatal("x") }
func TestB(t *testing.T) { run(t) }
func Testify(a int) { run(t) }
"""
RUST = """use sqlx::Pool;
impl S {
    fn f(&self, a: i32) {
        if a && b { } else if c { } else { }
        match a { 1 => 2, _ => 3 };
        'a: loop { break 'a; }
    }
}
/* FIXME x
   TODO y */
fn main() {
    let x = env::var("TOKEN");
    let u = "postgres://u:p@h/db";
}
#[test]
fn proves() { assert_eq!(1, 1); }
#[test]
fn proves_nothing() { run(); }
"""
C = """#include <sqlite3.h>
int declared(int a);
int f(void) {
  if (a) { } else if (b) { } else { }
  switch (a) { case 1: break; default: x(); }
  goto end;
end:
  return a ? 1 : 2;
}
int main(int c, char **v) { getenv("X"); char *s = "getenv(\\"NO\\")"; }
"""
CPP = """namespace n { class A { void in(int a) { in(a); } }; }
void A::m(int a, int b) { if (a) { while (b) { } } }
TEST(Till, Adds) { EXPECT_EQ(1, 2); auto f = [](int a) { return a ? 1 : 2; }; }
TEST_F(Till, Nothing) { try { } catch (int e) { } }
"""
SCRIPT = """import pg from "pg";
describe("till", () => {
  it("adds", () => {
    switch (a) { case 1: break; default: x(); }
    for (const x of y) { }
    a ?? b;
    lab: for (;;) { break lab; }
    expect(1);
  });
  it("does nothing", () => { run(); });
});
const f = (a, b = 1) => a;
x.y = function () { return process.env.KEY; };
process.env.WRITTEN = "1";
class A { m(a) { return a && (a && b) || c; } static z = () => 1 }
"""


def figures(found: FileMeasures) -> dict[str, tuple[int, int, int, int]]:
    """Return ways, effort, levels and parameters of each function by its name."""
    return {each.name: (each.cyclomatic, each.cognitive, each.nesting, each.parameters) for each in found.functions}


@pytest.mark.parametrize(
    ("path", "text", "functions"),
    [
        (
            "A.java",
            JAVA,
            {
                "A.A": (2, 1, 1, 1),
                "A.f": (7, 8, 2, 2),
                "A.g": (1, 0, 0, 0),
                "A.main": (1, 0, 0, 1),
                "A.again": (1, 1, 0, 1),
            },
        ),
        (
            "a_test.go",
            GO,
            {
                "S.F": (5, 6, 1, 3),
                "main": (3, 3, 2, 0),
                "TestA": (1, 0, 0, 1),
                "TestB": (1, 0, 0, 1),
                "Testify": (1, 0, 0, 1),
            },
        ),
        (
            "a.rs",
            RUST,
            {"S.f": (6, 7, 1, 1), "main": (1, 0, 0, 0), "proves": (1, 0, 0, 0), "proves_nothing": (1, 0, 0, 0)},
        ),
        ("a.c", C, {"f": (5, 6, 1, 0), "main": (1, 0, 0, 2)}),
        (
            "a.cpp",
            CPP,
            {
                "n.A.in": (1, 1, 0, 1),
                "A.m": (3, 3, 2, 2),
                "TEST(Till,Adds)": (2, 2, 2, 2),
                "TEST_F(Till,Nothing)": (2, 1, 1, 2),
            },
        ),
        (
            "a.test.js",
            SCRIPT,
            {
                "<anonymous>": (5, 8, 2, 0),
                "f": (1, 0, 0, 2),
                "y": (1, 0, 0, 0),
                "A.m": (4, 2, 0, 1),
                "A.z": (1, 0, 0, 0),
            },
        ),
        ("a.tsx", "export function F(p: string, q?: number) { return p ? <A/> : <B/>; }", {"F": (2, 1, 1, 2)}),
    ],
)
def test_functions_of_each_language_are_measured(
    path: str, text: str, functions: dict[str, tuple[int, int, int, int]]
) -> None:
    found = measures_of(path, text)

    assert (found.read, found.fault) == ("grammar", "")
    assert figures(found) == functions


@pytest.mark.parametrize(
    ("path", "text", "known"),
    [
        (
            "A.java",
            JAVA,
            [
                (2, "data store", "SQL"),
                (14, "entry point", "A.main"),
                (14, "environment variable", "HOME_X"),
                (14, "service", "api.acme.io"),
            ],
        ),
        (
            "a.go",
            GO,
            [(4, "data store", "PostgreSQL"), (22, "entry point", "main"), (23, "environment variable", "PORT")],
        ),
        (
            "a.rs",
            RUST,
            [
                (1, "data store", "SQL"),
                (11, "entry point", "main"),
                (12, "environment variable", "TOKEN"),
                (13, "data store", "PostgreSQL"),
            ],
        ),
        (
            "a.c",
            C,
            [(1, "data store", "SQLite"), (10, "entry point", "main"), (10, "environment variable", "X")],
        ),
        ("a.ts", SCRIPT, [(1, "data store", "PostgreSQL"), (13, "environment variable", "KEY")]),
    ],
)
def test_what_a_text_of_each_language_reads_calls_and_starts_is_known(
    path: str, text: str, known: list[tuple[int, str, str]]
) -> None:
    assert [(each.place.line, each.kind, each.name) for each in measures_of(path, text).known] == known


@pytest.mark.parametrize(
    ("path", "text", "tests"),
    [
        ("A.java", JAVA, {"A.f": False, "A.g": True}),
        ("a_test.go", GO, {"TestA": True, "TestB": False}),
        ("a.rs", RUST, {"proves": True, "proves_nothing": False}),
        ("a.cpp", CPP, {"TEST(Till,Adds)": True, "TEST_F(Till,Nothing)": False}),
        ("a.test.js", SCRIPT, {"adds": True, "does nothing": False}),
    ],
)
def test_tests_of_each_language_are_found_and_whether_they_assert(path: str, text: str, tests: dict[str, bool]) -> None:
    assert {each.name: each.asserts for each in measures_of(path, text).tests} == tests


def test_lines_and_remarks_are_those_outside_of_comments_and_strings() -> None:
    found = measures_of("a.js", "// TODO é mend\nconst s = `TODO\n\nno`; /* FIXME\n XXX */\n\n")

    assert [(each.mark, each.text, each.line) for each in found.todos] == [
        ("TODO", "é mend", 1),
        ("FIXME", "", 4),
        ("XXX", "", 5),
    ]
    assert (found.lines, found.code) == (6, 2)


def test_a_text_with_a_fault_is_measured_around_it() -> None:
    found = measures_of("a.go", GO + "\nfunc broken( {\n")

    assert found.fault.startswith("line ")
    assert "S.F" in figures(found)
