"""What a text of another language than Python starts, reads and calls, by patterns outside of its comments."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from vivek.schema.measures import UNNAMED, FunctionMeasures, Known, Place
from vivek.syntax.import_texts import imports_in
from vivek.syntax.known_packs import of_address, of_import
from vivek.syntax.silence import Span, line_starts

_QUOTED = r"[\"'`]([^\"'`\n]{1,200})[\"'`]"
_SCRIPT = re.compile(
    r"\b(?:process\.env|import\.meta\.env)(?:\.(\w++)|\[" + _QUOTED + r"\])(?!\s*=[^=])"
    r"|\bDeno\.env\.get\(\s*" + _QUOTED + r"|\bBun\.env\.(\w++)(?!\s*=[^=])"
)
_TAKEN_APART = re.compile(r"\b(?:const|let|var)\s*\{([^{}]*)\}\s*=\s*(?:process|import\.meta|Bun)\.env\b")
_OF_VITE = frozenset({"BASE_URL", "DEV", "MODE", "PROD", "SSR"})  # say how it was built, and are no variables
_UNNAMED = {
    "go": re.compile(r"\bos\.(?:Getenv|LookupEnv)\(\s*\w"),
    "java": re.compile(r"\bSystem\.getenv\(\s*\w"),
    "javascript": re.compile(r"\bprocess\.env\[\s*\w"),
    "rust": re.compile(r"\benv::var(?:_os)?\(\s*&?\w"),
    "typescript": re.compile(r"\bprocess\.env\[\s*\w"),
}
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
        name = next(name for name in match.groups() if name)
        if not (name in _OF_VITE and match[0].startswith("import.meta")):
            yield "environment variable", name, match.start()
    for match in filter(is_code, _UNNAMED[language].finditer(text) if language in _UNNAMED else ()):
        yield UNNAMED, "", match.start()
    if pattern is _SCRIPT:
        yield from (("entry point", "main", match.start()) for match in filter(is_code, _NODE_MAIN.finditer(text)))
        for match in filter(is_code, _TAKEN_APART.finditer(text)):
            for part in re.finditer(r"(?:^|,)\s*(\w+)", match[1]):
                yield "environment variable", part[1], match.start(1) + part.start(1)
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
