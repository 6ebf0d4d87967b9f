"""What a text of another language than Python measures, where the grammar of its language is installed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vivek.schema.measures import FileMeasures
from vivek.syntax import grammar_shapes as shapes
from vivek.syntax import measure_kinds as kinds
from vivek.syntax.cases import Part, cases_in
from vivek.syntax.grammar_facts import grammar_for, is_torn, parsed
from vivek.syntax.grammar_known import grammar_known
from vivek.syntax.grammar_measures import Measured, Walk, functions_in, nodes_in
from vivek.syntax.grammars import fault_of, parser_of
from vivek.syntax.prints import prints_of
from vivek.syntax.rough_measures import rough_measures
from vivek.syntax.silence import Span, silent_at, todos_in

if TYPE_CHECKING:
    from tree_sitter import Node

_MEASURED = frozenset({"c", "cpp", "go", "java", "javascript", "rust", "typescript"})
_SCRIPTS = frozenset({"javascript", "typescript"})
_CALLS = frozenset({"it", "test", "specify"})
_LONGEST = 60  # characters of what is called for a test
_GO_TEST = re.compile(r"(?:Test|Fuzz)(?![a-z])\w*")
_JAVA_TEST = re.compile(r"@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\b")
_RUST_TEST = re.compile(r"#\[(?:\w+::)*(?:test|rstest|test_case)\b")
_IMPORT = re.compile(r"^[ \t]*(?:import|using|use|package|#[ \t]*include)\b")


def grammar_measures(path: str, language: str | None, text: str) -> FileMeasures | None:
    """Return what a text measures, or None where no grammar for it is installed; faults are read around.

    Args:
        path: The file.
        language: Its language.
        text: Its text.
    """
    grammar = grammar_for(path, text) if language in _MEASURED else None
    parser = parser_of(*grammar) if grammar is not None else None
    if language is None or parser is None or parser.language is None:
        return None
    source = text.encode("utf-8", "surrogatepass")
    tree = parsed(parser, source)
    if tree is None:
        return rough_measures(path, language, text, "too tangled to be parsed")
    root = tree.root_node
    if root.has_error and is_torn(root):
        return rough_measures(path, language, text, fault_of(root))
    return replace(
        _of_nodes(path, language, text, source, nodes_in(parser.language, root)),
        fault=fault_of(root) if root.has_error else "",
    )


def _of_nodes(path: str, language: str, text: str, source: bytes, nodes: "Sequence[tuple[str, Node]]") -> FileMeasures:
    spans = _spans(source, [(role, node) for role, node in nodes if role in ("comment", "string")])
    silent = silent_at(text, spans)
    found = Walk([each for each in nodes if each[0] not in ("comment", "string")]).read()
    functions = functions_in(path, found, silent.lines)
    parts = [*_parts(language, text.split("\n"), found), *(_called(nodes) if language in _SCRIPTS else ())]
    cases, asserting = cases_in(language, silent.lines, sorted(parts, key=lambda part: (part.line, -part.end_line)))
    return FileMeasures(
        path,
        language,
        lines=text.count("\n") + (not text.endswith("\n") and text != ""),
        code=sum(1 for line in silent.lines if line and not line.isspace()),
        functions=functions,
        todos=todos_in(silent.comments),
        known=grammar_known(path, language, text, spans, functions),
        tests=cases,
        asserting=asserting,
        prints=prints_of(["" if _IMPORT.match(line) else line for line in silent.lines]),
        read="grammar",
    )


def _spans(source: bytes, nodes: "Iterable[tuple[str, Node]]") -> list[Span]:
    """Return where comments and strings are, in characters, the outer ones alone, sorted."""
    found: list[Span] = []
    at = characters = 0
    for role, node in sorted(nodes, key=lambda each: (each[1].start_byte, -each[1].end_byte)):
        if node.start_byte < at:
            continue
        begin = characters + len(source[at : node.start_byte].decode("utf-8", "surrogatepass"))
        at = node.end_byte
        characters = begin + len(source[node.start_byte : at].decode("utf-8", "surrogatepass"))
        found.append((begin, characters, role == "comment"))
    return found


def _parts(language: str, lines: Sequence[str], found: Sequence[Measured]) -> list[Part]:
    """Return functions with what stands before them, and whether they are tests."""
    parts = []
    for node, name, _ in found:
        first, last = node.start_point.row + 1, node.end_point.row + 1
        match language:
            case "go":
                test = _GO_TEST.fullmatch(name) is not None and "testing." in lines[first - 1]
            case "java":
                head = "\n".join(lines[first - 1 : first + 5]).partition("{")[0]
                test = _JAVA_TEST.search(head) is not None
            case "rust":
                first = _attributes(lines, first)
                test = any(_RUST_TEST.match(line.strip()) for line in lines[first - 1 : node.start_point.row])
            case "c" | "cpp":
                test = name.startswith("TEST") and "(" in name
            case _:
                test = False
        parts.append(Part(name, first, last, test))
    return parts


def _attributes(lines: Sequence[str], first: int) -> int:
    """Return the line of the first attribute of a function in Rust."""
    while first > 1 and lines[first - 2].lstrip().startswith(("#[", "///")):
        first -= 1
    return first


def _called(nodes: "Iterable[tuple[str, Node]]") -> list[Part]:
    """Return the tests of JavaScript: functions that are handed to `it`, `test` or `specify`, with what they tell."""
    found = []
    for role, node in nodes:
        called = node.child_by_field_name("function") if role == "call" else None
        arguments = node.child_by_field_name("arguments")
        if called is None or arguments is None or called.end_byte - called.start_byte > _LONGEST:
            continue
        inside = arguments.named_children
        named = shapes.text_of(called).partition(".")[0] in _CALLS
        if named and any(kinds.ROLE_OF.get(child.type) == "lambda" for child in inside):
            said = (inside[0].text or b"").decode("utf-8", "replace").strip("\"'`")
            found.append(Part(said, node.start_point.row + 1, node.end_point.row + 1, test=True))
    return found
