"""What the grammars tell an index, over a small text of each language; they come with the extra `index`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.schema.index import FileFacts
from vivek.syntax.facts import facts_of
from vivek.syntax.grammar_facts import GRAMMARS
from vivek.syntax.grammars import grammar_key

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir())


def told(facts: FileFacts) -> str:
    """Return facts as a page that people can check."""
    definitions = [
        f"{each.line}-{each.end_line} {each.kind} {each.name}\n    {each.signature}"
        + (f"\n    # {each.doc}" if each.doc else "")
        for each in facts.definitions
    ]
    imports = [f"{each.line} import {each.module} {' '.join(each.names)}".rstrip() for each in facts.imports]
    uses = [f"{name}: {' '.join(map(str, lines))}" for name, lines in sorted(facts.references.items())]
    head = f"{facts.language}, {facts.lines} lines, read by {facts.read}"
    return "\n".join([head, "", *imports, "", *definitions, "", *uses, ""])


def test_there_is_a_sample_of_every_language_with_a_grammar() -> None:
    assert {grammar_key(name) for name in NAMES} == set(GRAMMARS)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_tells_what_it_defines_uses_and_imports(name: str, golden: Callable[[str, str], None]) -> None:
    facts = facts_of(name, (SAMPLES / name).read_text())

    assert facts.fault == ""
    golden(f"{name}.txt", told(facts))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_a_fault_is_read_around_it(name: str) -> None:
    text = (SAMPLES / name).read_text()
    whole = facts_of(name, text)

    faulty = facts_of(name, text + "\n) ] } <<< ( {\n")

    assert faulty.read == "grammar"
    assert faulty.fault.startswith("line ")
    assert {each.name for each in whole.definitions[:3]} <= {each.name for each in faulty.definitions}
    assert faulty.imports == whole.imports


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_lies_within_its_file_and_has_a_head_of_one_line(name: str) -> None:
    facts = facts_of(name, (SAMPLES / name).read_text())

    for each in facts.definitions:
        assert 1 <= each.line <= each.end_line <= facts.lines
        assert each.signature
        assert "\n" not in each.signature + each.doc
        assert each.path == name


@pytest.mark.parametrize("name", NAMES)
def test_names_of_definitions_and_of_local_variables_are_no_uses(name: str) -> None:
    facts = facts_of(name, (SAMPLES / name).read_text())

    lines = {each.line for each in facts.definitions if each.last == "add"}

    assert lines.isdisjoint(facts.references.get("add", ()))
    assert "local" not in facts.references


def test_a_header_is_read_as_c_or_as_cpp_by_its_words() -> None:
    c = facts_of("a.h", "int add(int operator, int catch);\n")
    cpp = facts_of("a.h", "namespace n {\nclass Till { void add(); };\n}\n")

    assert [each.name for each in c.definitions] == ["add"]
    assert c.fault == ""
    assert [each.name for each in cpp.definitions] == ["n", "n.Till", "n.Till.add"]


def test_comments_that_stand_behind_code_document_nothing_else() -> None:
    facts = facts_of(
        "a.c", "int a; /* of a */\nint add(void) { return a; }\n\n/* apart */\n\nint sub(void) { return a; }\n"
    )

    assert [each.doc for each in facts.definitions] == ["", "", ""]


def test_a_text_too_large_for_a_grammar_is_read_by_its_lines() -> None:
    facts = facts_of("a.go", "func Add() {\n}\n" + "// x\n" * 500_000)

    assert facts.read == "pattern"
    assert [each.name for each in facts.definitions] == ["Add"]


def test_a_name_that_the_grammar_puts_in_where_one_is_missing_is_no_definition() -> None:
    text = (SAMPLES / "till.java").read_text()

    facts = facts_of("till.java", text[text.index("    public static final int RATE") - 1 :])

    assert "" not in [each.last for each in facts.definitions]
    assert "Inner.go" in [each.name for each in facts.definitions]
