"""What a text of another language than Python starts, reads and calls, by patterns outside of its comments."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from vivek.schema.measures import FunctionMeasures, Known, Place
from vivek.syntax.import_texts import imports_in
from vivek.syntax.known_packs import of_address, of_import
from vivek.syntax.silence import Span, line_starts

_QUOTED = r"[\"'`]([^\"'`\n]{1,200})[\"'`]"
_SCRIPT = re.compile(
    r"\b(?:process\.env|import\.meta\.env)(?:\.(\w++)|\[" + _QUOTED + r"\])(?!\s*=[^=])"
    r"|\bDeno\.env\.get\(\s*" + _QUOTED
)
_VARIABLES = {
    "c": re.compile(r"\b(?:secure_)?getenv\s*\(\s*" + _QUOTED),
    "cpp": re.compile(r"\b(?:secure_)?getenv\s*\(\s*" + _QUOTED),
    "go": re.compile(r"\bos\.(?:Getenv|LookupEnv)\(\s*" + _QUOTED),
    "java": re.compile(r"\bSystem\.getenv\(\s*" + _QUOTED),
    "javascript": _SCRIPT,
    "rust": re.compile(r"\benv::var(?:_os)?\(\s*" + _QUOTED + r"|\b(?:option_)?env!\(\s*" + _QUOTED),
    "typescript": _SCRIPT,
}
_JAVA_MAIN = re.compile(r"\bstatic\s+(?:final\s+)?void\s+main\s*\(|\bvoid\s+main\s*\(\s*\)")
_NODE_MAIN = re.compile(r"\brequire\.main\s*={2,3}\s*module\b|\bimport\.meta\.main\b")
_MAINS = frozenset({"c", "cpp", "go", "rust"})
_MOST_STRING = 2_000  # characters of a string that is looked at


def grammar_known(
    path: str, language: str, text: str, spans: Sequence[Span], functions: Sequence[FunctionMeasures]
) -> tuple[Known, ...]:
    """Return what is known of a text, in its order.

    Args:
        path: The file.
        language: Its language.
        text: Its text.
        spans: Where its comments and strings are, sorted.
        functions: Its functions.
    """
    starts = line_starts(text)
    found = {(bisect_right(starts, at), kind, name) for kind, name, at in _told(language, text, spans)}
    found.update((line, kind, name) for kind, name, line in _imported(language, text))
    found.update((line, "entry point", name) for name, line in _mains(language, text, functions))
    return tuple(Known(kind, name, Place(path, line)) for line, kind, name in sorted(found))


def _told(language: str, text: str, spans: Sequence[Span]) -> Iterator[tuple[str, str, int]]:
    """Yield kind, name and offset of what code and strings say."""
    begins = [span[0] for span in spans]

    def is_code(found: re.Match[str]) -> bool:
        before = bisect_right(begins, found.start()) - 1
        return before < 0 or spans[before][1] <= found.start()

    pattern = _VARIABLES.get(language)
    for match in filter(is_code, pattern.finditer(text) if pattern is not None else ()):
        yield "environment variable", next(name for name in match.groups() if name), match.start()
    if pattern is _SCRIPT:
        yield from (("entry point", "main", match.start()) for match in filter(is_code, _NODE_MAIN.finditer(text)))
    for begin, end, comment in spans if "://" in text else ():
        known = None if comment or end - begin > _MOST_STRING else of_address(text[begin:end].strip("\"'`"))
        if known is not None:
            yield *known, begin


def _imported(language: str, text: str) -> Iterator[tuple[str, str, int]]:
    for imported in imports_in(language, text):
        module = imported.module.partition("::")[0] if language == "rust" else imported.module
        known = of_import(module)
        if known is not None:
            yield *known, imported.line


def _mains(language: str, text: str, functions: Sequence[FunctionMeasures]) -> Iterator[tuple[str, int]]:
    if language in _MAINS:
        if language != "go" or re.search(r"^package[ \t]+main\b", text, re.M):
            yield from (("main", one.line) for one in functions if one.name == "main")
    elif language == "java" and _JAVA_MAIN.search(text):
        yield from ((one.name, one.line) for one in functions if one.name.endswith(".main"))
