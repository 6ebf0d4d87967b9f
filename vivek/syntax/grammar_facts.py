"""What a text defines, uses and imports, by the tree-sitter grammar of its language and the questions in `queries/`.

A question names what it finds: `@class`, `@method` ... is a definition of that kind, `@name` its name, `@of` the type
it belongs to; behind the line `; uses`, `@use` is a name that is used, `@word` one that may be a local variable's,
`@local` the name of such a variable or parameter, and words on a line with `@aside` are parts of paths.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from vivek.schema.index import Definition, FileFacts
from vivek.syntax import kinds
from vivek.syntax.grammar_heads import Comments, head_of, last_row
from vivek.syntax.grammars import LONGEST, fault_of, grammar_key, parser_of
from vivek.syntax.import_texts import imports_in
from vivek.syntax.languages import language_of
from vivek.syntax.pattern_facts import pattern_facts

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query, Tree

    Matches = list[tuple[int, dict[str, list[Node]]]]

Grammar = tuple[str, str]

GRAMMARS: dict[str, tuple[Grammar, ...]] = {
    **kinds.GRAMMARS,
    "csharp": (("tree_sitter_c_sharp", "language"),),
    "lua": (("tree_sitter_lua", "language"),),
    "php": (("tree_sitter_php", "language_php"),),
    "ruby": (("tree_sitter_ruby", "language"),),
    "shell": (("tree_sitter_bash", "language"),),
}
"""Language, or `header` and `tsx`: the grammars that may read it, as module and function."""

_QUERIES = {
    "tree_sitter_bash": ("shell",),
    "tree_sitter_c": ("c",),
    "tree_sitter_c_sharp": ("csharp",),
    "tree_sitter_cpp": ("c", "cpp"),
    "tree_sitter_javascript": ("script", "javascript", "jsx"),
    "tree_sitter_typescript": ("script", "typescript"),
}
_CPP = re.compile(r"\b(?:class|constexpr|namespace|noexcept|nullptr|private|public|template|typename|using)\b|::")
_DEEPEST = 500  # levels of a tree
_PIECE = 32_768
_READS = 2_000  # an ordinary text is read once, with a few steps back at each fault
_TORN = 5_000  # parts of one fault
_NAME = re.compile(r"[^\W\d]|[$#@]\w")
_USES = "; uses\n"
_BESIDE = frozenset({"name", "of", "call"})


class _Found(NamedTuple):
    pattern: int
    kind: str
    node: "Node"
    name: "Node"
    of: str


def grammar_facts(path: str, text: str) -> FileFacts | None:
    """Return what a text says about itself, faults left out, or None where no grammar for it is installed."""
    grammar = grammar_for(path, text)
    return None if grammar is None else _read(path, text, grammar)


def grammar_for(path: str, text: str) -> Grammar | None:
    """Return the grammar that is to read a text, None where there is none or the text is too long."""
    key = grammar_key(path)
    if key == "header":  # C or C++: a grammar of the wrong one finds faults, its words tell sooner
        key = "cpp" if _CPP.search(text) else "c"
    grammars = GRAMMARS.get(key, ())
    return grammars[0] if grammars and len(text) <= LONGEST else None


def _read(path: str, text: str, grammar: Grammar) -> FileFacts | None:
    parser, queries = parser_of(*grammar), _queries(*grammar)
    if parser is None or queries is None:
        return None
    language = language_of(path) or ""
    source = text.encode("utf-8", "surrogatepass")
    tree = parsed(parser, source)
    if tree is None:
        return pattern_facts(path, language, text, "too tangled to be parsed")
    root = tree.root_node
    if root.has_error and is_torn(root):
        return pattern_facts(path, language, text, fault_of(root))
    defining, using = queries
    found = _defined(_asked(defining, root), source)
    used = _used(_asked(using, root))
    comments = Comments(source, used.get("comment", []), used.get("decoration", []))
    definitions = tuple(_definitions(path, found, comments))
    imports = imports_in(language, text)
    named = {part.start_byte for place in found for part in (place.name, *place.name.children)}
    own = {definition.last for definition in definitions}
    aside = {imported.line for imported in imports} | {node.start_point.row + 1 for node in used.get("aside", ())}
    return FileFacts(
        language=language,
        definitions=definitions,
        references=_references(used, source, named, own, aside),
        imports=imports,
        lines=text.count("\n") + (not text.endswith("\n") and text != ""),
        read="grammar",
        fault=fault_of(root) if root.has_error else "",
    )


def parsed(parser: "Parser", source: bytes) -> "Tree | None":
    """Return the tree of a text, None where a grammar goes back over it again and again, in the square of its size."""
    reads = 0

    def piece(offset: int, _: object) -> bytes:
        nonlocal reads
        reads += 1
        return source[offset : offset + _PIECE]

    try:
        return parser.parse(piece, progress_callback=lambda _offset, _fault: reads > _READS + len(source) // 64)
    except ValueError:  # given up; the parser would go on from here with the next text
        parser.reset()
        return None


def is_torn(root: "Node") -> bool:
    """Return whether so much stands in one fault that asking about it takes far too long: its square."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error and node.child_count > _TORN:
            return True
        waiting.extend(child for child in node.children if child.has_error)
    return False


@cache
def _queries(module: str, function: str) -> "tuple[Query, Query] | None":
    """Return the questions to a grammar: for definitions, for uses; None if it is of a version that knows them not."""
    import tree_sitter

    names = _QUERIES.get(module, (module.removeprefix("tree_sitter_"),))
    names = (*names, "jsx") if function == "language_tsx" else names
    folder = files("vivek.syntax") / "queries"
    parts = [(folder / f"{name}.scm").read_text(encoding="utf-8").partition(_USES) for name in names]
    if parser_of(module, function) is None:
        return None
    language = tree_sitter.Language(getattr(import_module(module), function)())
    try:
        return (
            tree_sitter.Query(language, "".join(part[0] for part in parts)),
            tree_sitter.Query(language, "".join(part[2] for part in parts)),
        )
    except tree_sitter.QueryError:
        return None


def _asked(query: "Query", root: "Node") -> "Matches":
    import tree_sitter

    cursor = tree_sitter.QueryCursor(query)
    cursor.set_max_start_depth(_DEEPEST)  # a question stays open for every level: they take the square of these
    return cursor.matches(root)


def _defined(matches: "Matches", source: bytes) -> list[_Found]:
    """Return the definitions in their order, outer before inner; of several readings of one the first question's."""
    found: dict[int, _Found] = {}
    for pattern, captured in matches:
        name = captured["name"][0]
        kind, node = next((kind, nodes[0]) for kind, nodes in captured.items() if kind not in _BESIDE)
        of = _text(captured["of"][0], source) if "of" in captured else ""
        if name.start_byte == name.end_byte:  # put in by the grammar where one is missing
            continue
        if name.start_byte not in found or found[name.start_byte].pattern > pattern:
            found[name.start_byte] = _Found(pattern, kind, node, name, of)
    return sorted(
        found.values(), key=lambda place: (place.node.start_byte, -place.node.end_byte, place.name.start_byte)
    )


def _used(matches: "Matches") -> "dict[str, list[Node]]":
    """Return the nodes of each capture."""
    used: defaultdict[str, list[Node]] = defaultdict(list)
    for _, captured in matches:
        for name, nodes in captured.items():
            used[name] += nodes
    return used


def _definitions(path: str, found: list[_Found], comments: Comments) -> Iterator[Definition]:
    around: list[tuple[int, int, str, str]] = []  # where it begins and ends, its name and kind
    for place in found:
        node = place.node
        while around and (around[-1][1] <= node.start_byte or around[-1][:2] == (node.start_byte, node.end_byte)):
            around.pop()
        prefix, scope = around[-1][2:] if around else ("", "")
        own = _plain(_text(place.name, comments.source))
        name = ".".join(part for part in (prefix, place.of, own) if part)
        if prefix.rpartition(".")[2] == own and place.kind in kinds.SCOPES and scope == "type":
            name = prefix  # `typedef struct Till { ... } Till`
        around.append((node.start_byte, node.end_byte, name, place.kind))
        kind = "method" if place.kind == "function" and scope in kinds.SCOPES else place.kind
        first, doc = comments.above(node)
        head = head_of(node, place.kind, comments.source)
        yield Definition(name, kind, path, first + 1, last_row(node) + 1, head, doc)


def _references(
    used: "dict[str, list[Node]]", source: bytes, named: set[int], own: set[str], aside: set[int]
) -> dict[str, tuple[int, ...]]:
    """Return the names that are used to their lines.

    Args:
        used: What the grammar found.
        source: The text.
        named: Where the names of definitions stand.
        own: What the text defines.
        aside: Lines of imports and the like, whose words are parts of paths.
    """
    lines: defaultdict[str, set[int]] = defaultdict(set)
    local = {_text(node, source) for node in used.get("local", ())} - own
    for node in used.get("use", ()):
        name = _text(node, source)
        if node.start_byte not in named and _NAME.match(name):
            lines[name].add(node.start_point.row + 1)
    for node in used.get("word", ()):
        name = _text(node, source)
        if len(name) > 1 and name not in local and node.start_byte not in named:
            line = node.start_point.row + 1
            if line not in aside:
                lines[name].add(line)
    return {name: tuple(sorted(where)) for name, where in lines.items()}


def _text(node: "Node", source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")


def _plain(name: str) -> str:
    """Return a name without arguments of types and without spaces, its parts joined by `.`."""
    begin = name.find("<")
    if begin > 0 and "operator" not in name:
        name = name[:begin] + name[name.rfind(">") + 1 :]
    return "".join(name.split()).replace("::", ".").replace("\\", ".").strip(".\"'")
