"""Regions of the languages that are read with grammars."""

import textwrap

import pytest

from tests.edits.test_regions import Golden, placed, refused

TS = textwrap.dedent("""\
    export class Till {
      @Input()
      total() {
        return `
    flush`;
      }

      add(a) { return a; }
    }

    export function one() {
      return 1;
    }
    let two = 2; function three() { return 3; }
    """)


def test_a_method_is_fitted_in_and_template_strings_keep_their_value() -> None:
    new, note = placed("Till.total", "total() {\n  return `\nflush` + 1;\n}\n", "a.ts", TS)

    assert new == TS.replace("flush`;", "flush` + 1;")
    assert note == "indentation adjusted by 2"


def test_a_method_may_come_in_the_head_of_its_class() -> None:
    new, _ = placed("Till.add", "export class Till {\n  add(a) { return a + 1; }\n}\n", "a.ts", TS)

    assert new == TS.replace("return a;", "return a + 1;")


def test_an_export_that_is_left_out_is_told() -> None:
    assert placed("one", "function one() {\n  return 2;\n}\n", "a.ts", TS)[1] == "one is no longer exported"
    assert placed("one", "export function one() {\n  return 2;\n}\n", "a.ts", TS)[1] == ""


def test_comments_above_a_function_are_known_by_their_language() -> None:
    given = "/**\n * One.\n */\n// Well.\nexport function one() {\n  return 2;\n}\n"

    new, _ = placed("one", given, "a.ts", TS)

    assert f"}}\n\n{given}let two" in new


@pytest.mark.parametrize(
    ("symbol", "given", "reason"),
    [
        ("Till.add", "add(a) { return a;\n", "does not parse"),
        ("Till.add", "add(a) { return a; }\n}\n", "does not parse"),
        ("Till.add", "add(a) { return a; }\n}\nclass Other {\n", "more than the symbol"),
        ("one", "export function one() {\n  return 1;\n}\none();\n", "more than the symbol"),
        ("one", "export function uno() {\n  return 1;\n}\n", "another symbol"),
        ("three", "function three() {}\n", "shared line"),
        ("one", "export function one() {\n  return 1;\n}\nfunction three() {}\n", "given elsewhere"),
    ],
)
def test_what_does_not_fit_is_refused(symbol: str, given: str, reason: str) -> None:
    assert refused(symbol, given, "a.ts", TS).reason == reason


def test_a_text_that_would_swallow_what_follows_is_refused(golden: Golden) -> None:
    text = "int one() { return 1; }\nint two() { return 2; }\n/* the end */\n"
    refusal = refused("one", "int one() { return 1; }\n/*\n", "a.c", text)

    assert refusal.reason == "does not end"
    golden("region_not_ended.txt", refusal.feedback + "\n")


RUST = "impl Till {\n    #[inline]\n    fn total(&self) -> i32 {\n        1\n    }\n}\n"
JAVA = "class Till {\n  @Override\n  @Test\n  public int total() {\n    return 1;\n  }\n}\n"
GO = "package till\n\nfunc (t *Till) Total() int {\n\treturn 1\n}\n"


@pytest.mark.parametrize(
    ("path", "text", "symbol", "given", "new"),
    [
        ("a.rs", RUST, "Till.total", "impl Till {\n    fn total(&self) -> i32 {\n        2\n    }\n}\n", "2"),
        ("a.rs", RUST, "Till.total", "#[inline]\nfn total(&self) -> i32 {\n    2\n}\n", "2"),
        ("A.java", JAVA, "Till.total", "public int total() {\n  return 2;\n}\n", "2"),
        ("A.java", JAVA, "Till.total", "@Override\n@Test\npublic int total() {\n  return 2;\n}\n", "2"),
        ("a.go", GO, "Till.Total", "func (t *Till) Total() int {\n\treturn 2\n}\n", "2"),
    ],
)
def test_attributes_stay_and_one_place_changes(path: str, text: str, symbol: str, given: str, new: str) -> None:
    assert placed(symbol, given, path, text)[0] == text.replace("1", new)
