"""What a text of another language than Python imports, by the shape of its lines; needs no grammar.

Imports stand at the beginning of a line in all of these languages, so that a comment or a string seldom looks like one.
"""

import re
from collections.abc import Callable, Iterator

from vivek.schema.index import Imported

_MOST = 2_000  # imports of one file
_ABOVE = 5_000  # lines above an import that are looked at for what it stands in
_WORD = re.compile(r"[\w$]+")
_SCRIPT = re.compile(
    r"^[ \t]*(?:import|export)[ \t]+(?:type[ \t]+)?(?P<taken>[\w*{][\w*{},$\s]{0,2000}?)"
    r"\s*from\s*['\"](?P<from>[^'\"\n]+)['\"]"
    r"|^[ \t]*import\s*['\"](?P<bare>[^'\"\n]+)['\"]"
    r"|(?:\b(?:const|let|var)\s+(?P<parts>\{[^{}]{0,2000}\})\s*=\s*(?:await\s+)?)?"
    r"(?<![\w.$])(?:require|import)\(\s*['\"](?P<called>[^'\"\n]+)['\"]",
    re.M,
)
_GO = re.compile(r"^import[ \t]+(?:\((?P<block>[^)]{0,20000})\)|(?:[\w.]+[ \t]+)?\"(?P<one>[^\"\n]+)\")", re.M)
_GO_LINE = re.compile(r"^[ \t]*(?:[\w.]+[ \t]+)?\"([^\"\n]+)\"", re.M)
_RUST = re.compile(
    r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?(?:use[ \t]+(?P<use>[^;]{1,4000});|mod[ \t]+(?P<mod>\w+)[ \t]*;"
    r"|extern[ \t]+crate[ \t]+(?P<crate>\w+))",
    re.M,
)
_INLINE = re.compile(r"[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?mod[ \t]+\w+[ \t]*\{")
_JAVA = re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?(?P<name>[\w.]+?)(?P<all>\.\*)?[ \t]*(?:;|as\b|$)", re.M)
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*(?:include|import)[ \t]*(?:(?P<system><[^>\n]+>)|\"(?P<own>[^\"\n]+)\")", re.M)
_USING = re.compile(
    r"^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?(?:\w+[ \t]*=[ \t]*)?(?P<name>[\w.]+)[ \t]*;", re.M
)
_LUA = re.compile(r"""^[^-\n]*?\brequire\s*\(?\s*["'](?P<name>[\w./-]+)["']""", re.M)
_RUBY = re.compile(
    r"^[ \t]*(?:(?P<relative>require_relative)|require|load|autoload[ (]+:\w+,)[ \t(]*['\"](?P<name>[^'\"\n#]+)['\"]",
    re.M,
)
_PHP = re.compile(
    r"^[ \t]*use[ \t]+(?:function[ \t]+|const[ \t]+)?(?P<use>[\w\\][\w\\\s,{}]{0,2000}?)[ \t]*;"
    r"|\b(?:require|include)(?:_once)?\b[\s(]*(?:__DIR__\s*\.\s*)?['\"]/?(?P<file>[^'\"\n]+)['\"]",
    re.M,
)
_SHELL = re.compile(
    r"^[ \t]*(?:source|\.)[ \t]+(?:\"?\$\([^\n]*\)\"?/?|\"?\$\{?\w[^}/\s\"]*\}?\"?/)?['\"]?(?P<name>[\w./-]+)", re.M
)
_GROUP = re.compile(r"[{},]|[^{},]+")


def imports_in(language: str, text: str) -> tuple[Imported, ...]:
    """Return the imports of a text in its order; nothing for a language whose imports nobody here knows."""
    pattern, read = _READERS.get(language, (None, None))
    if pattern is None or read is None:
        return ()
    found: list[Imported] = []
    line, at = 1, 0
    for match in pattern.finditer(text):
        begin = match.start() + len(match[0]) - len(match[0].lstrip())
        line, at = line + text.count("\n", at, begin), begin
        found.extend(Imported(module, names, line + below) for module, names, below in read(match) if module)
        if len(found) >= _MOST:
            break
    return tuple(found)


_Read = Iterator[tuple[str, tuple[str, ...], int]]  # module, names, lines below the first


def _script(match: re.Match[str]) -> _Read:
    taken = match["taken"] or match["parts"] or ""
    names = []
    for part in re.split(r"[{},]", taken):
        words = [word for word in _WORD.findall(part.replace("*", " ")) if word != "type"]
        if words and "*" not in part:
            names.append(words[0])
    if match["taken"] == "*":
        names = ["*"]
    yield match["from"] or match["bare"] or match["called"], tuple(names), 0


def _go(match: re.Match[str]) -> _Read:
    if match["one"]:
        yield match["one"], (), 0
        return
    for line in _GO_LINE.finditer(match["block"]):
        yield line[1], (), match["block"].count("\n", 0, line.start(1))


def _rust(match: re.Match[str]) -> _Read:
    if match["mod"]:
        yield f"self::{match['mod']}", (), 0
    elif match["crate"]:
        yield match["crate"], (), 0
    else:
        grouped: dict[str, list[str]] = {}
        inside = _modules_around(match) if "super" in match["use"] else 0
        for path in _leaves(match["use"], "::"):
            module, _, name = _from_file(path, inside).rpartition("::")
            grouped.setdefault(module or name, []).extend([name] if module else [])
        for module, names in grouped.items():
            yield module, tuple(names), 0


def _modules_around(match: re.Match[str]) -> int:
    """Return how many modules with a body of their own a `use` stands in, told by what is indented less above it."""
    line = match[0].strip("\n")
    deep, found = len(line) - len(line.lstrip()), 0
    if deep:
        for above in reversed(match.string[: match.start()].split("\n")[-_ABOVE:]):
            indent = len(above) - len(above.lstrip())
            if above.strip() and indent < deep:
                deep = indent
                found += _INLINE.match(above) is not None
    return found


def _from_file(path: str, inside: int) -> str:
    """Return a path as the file itself would write it: the first `super` within a module of its own is the file."""
    while inside and path.startswith("super::"):
        inside -= 1
        path = path.removeprefix("super::")
        if not path.startswith("super::"):
            return f"self::{path}"
    return path


def _leaves(text: str, joint: str) -> Iterator[str]:
    r"""Yield the paths of `a::{b, c::{d}}` or `A\{B, C}` one by one; other names for them are left out."""
    prefixes, current = [""], ""
    for piece in _GROUP.findall(text):
        if piece == "{":
            prefixes.append(prefixes[-1] + current)
            current = ""
            continue
        if piece in "},":
            if current:
                yield prefixes[-1] + current
            current = ""
            if piece == "}" and len(prefixes) > 1:
                prefixes.pop()
        else:
            current = "".join(re.split(r"\sas\s", piece)[0].split()).removeprefix(joint)
    if current:
        yield prefixes[-1] + current


def _java(match: re.Match[str]) -> _Read:
    yield match["name"], ("*",) if match["all"] else (), 0


def _include(match: re.Match[str]) -> _Read:
    yield match["system"] or match["own"], (), 0


def _ruby(match: re.Match[str]) -> _Read:
    name = match["name"]
    yield (f"./{name}" if match["relative"] and not name.startswith(".") else name), (), 0


def _php(match: re.Match[str]) -> _Read:
    if match["file"]:
        yield match["file"], (), 0
        return
    for path in _leaves(match["use"], "\\"):
        yield path, (), 0


def _lua(match: re.Match[str]) -> _Read:
    yield match["name"].replace("/", "."), (), 0


def _named(match: re.Match[str]) -> _Read:
    yield match["name"], (), 0


_READERS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], _Read]]] = {
    "c": (_INCLUDE, _include),
    "cpp": (_INCLUDE, _include),
    "csharp": (_USING, _named),
    "go": (_GO, _go),
    "java": (_JAVA, _java),
    "javascript": (_SCRIPT, _script),
    "kotlin": (_JAVA, _java),
    "lua": (_LUA, _lua),
    "objc": (_INCLUDE, _include),
    "php": (_PHP, _php),
    "ruby": (_RUBY, _ruby),
    "rust": (_RUST, _rust),
    "shell": (_SHELL, _named),
    "typescript": (_SCRIPT, _script),
}
