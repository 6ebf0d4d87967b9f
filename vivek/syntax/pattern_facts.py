"""What a text defines and uses by the shape of its lines: for Python that does not parse, and where no grammar is.

Finds what begins with a word for it (`def`, `class`, `func` ...), and nothing else; ends and nesting are told by the
indentation.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from vivek.schema.index import Definition, FileFacts, Imported
from vivek.syntax.heads import one_line
from vivek.syntax.import_texts import imports_in

_MOST = 20_000  # definitions of one file
_LONGEST_LINE = 2_000
_WORD = re.compile(r"[^\W\d]\w+")
_BEFORE = (
    r"^(?P<indent>[ \t]*)(?:(?:export|default|public|private|protected|internal|static|abstract|final|sealed|open|"
    r"partial|override|virtual|async|pub(?:\([^)]*\))?|unsafe|inline|data|case|extern|declare|const|local|suspend)"
    r"[ \t]+)*"
)
_FUNCTIONS = {"def", "fun", "func", "function", "fn", "sub", "defp", "defmacro", "proc"}
_HEADS = {
    "csharp": r"class|interface|struct|enum|record(?:[ \t]+struct|[ \t]+class)?",
    "cpp": r"class|struct|enum(?:[ \t]+class)?|namespace|union",
    "c": r"struct|enum|union",
    "dart": r"class|enum|extension|mixin",
    "elixir": r"def|defp|defmacro|defmodule",
    "go": r"func(?:[ \t]*\([^)\n]*\))?|type",
    "groovy": r"class|interface|enum|def",
    "java": r"class|interface|enum|record|@interface",
    "javascript": r"function\*?|class",
    "julia": r"function|struct|module",
    "kotlin": r"fun(?:[ \t]*<[^>\n]*>)?|class|interface|object|enum[ \t]+class",
    "lua": r"function",
    "perl": r"sub|package",
    "php": r"function|class|interface|trait|enum",
    "powershell": r"function|class",
    "python": r"def|class",
    "ruby": r"def|class|module",
    "rust": r"fn|struct|enum|trait|mod|union|type|macro_rules!",
    "scala": r"def|class|trait|object",
    "shell": r"function",
    "swift": r"func|class|struct|enum|protocol|extension|actor",
    "typescript": r"function\*?|class|interface|enum|type|namespace",
    "zig": r"fn",
}
_NAME = r"[ \t]+(?P<name>(?:self\.)?[^\W\d][\w$]*+(?:(?:\.|::|\\)[^\W\d]\w*+)*+[?!]?+)"
# What must follow, where the word alone is no proof: a type named in a declaration of C, `class` in a sentence.
_AFTER = {
    "c": r"[ \t]*(?:\{|$)",
    "cpp": r"[ \t]*(?:final[ \t]*)?(?:\{|:(?!:)|$)",
    "go": r"[ \t]*[\[(*\w]",
    "python": r"[ \t]*[(:\[]",
    "ruby": r"",
    "typescript": r"[ \t]*(?:[<({=]|extends\b|implements\b|$)",
}
_PATTERNS = {
    language: re.compile(f"{_BEFORE}(?P<word>{words}){_NAME}(?={_AFTER.get(language, r'[^:=,.;]|$|:[^:=]')})", re.M)
    for language, words in _HEADS.items()
}
_HEAD_END = re.compile(r"\s*\{|:\s*$|\s*=>?\s*$|\s*;\s*$")
_CLOSED = "\0"  # where a string over several lines ended: its indentation means nothing
_ENDS = frozenset({"end", "end;", "end,", "end)"})
_SHELL_FUNCTION = re.compile(r"^(?P<indent>[ \t]*)(?P<word>)(?P<name>[A-Za-z_][\w-]*)[ \t]*\(\)[ \t]*(?=\{|\(|$)", re.M)
_SILENT = {
    "hash": re.compile(r"('''|\"\"\").*?\1|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*", re.S),
    "slash": re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S),
    "dash": re.compile(r"--\[\[.*?\]\]|--[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S),
}
_COMMENTS = dict.fromkeys(("elixir", "julia", "perl", "powershell", "python", "ruby", "shell"), "hash") | {
    "lua": "dash"
}
_PYTHON_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<from>[\w.]+)[ \t]+import[ \t]+(?:\((?P<many>[^)]{0,8000})\)?|(?P<few>[^\n#;]+))"
    r"|import[ \t]+(?P<plain>[\w., \t]+))",
    re.M,
)
_KEYWORDS = (
    "False None True abstract and as assert async auto await bool boolean break byte case catch char class const "
    "constexpr continue def default defer del delete do double elif else elsif end enum except export extends final "
    "finally float fn for foreach from fun func function global goto if impl implements import in include instanceof "
    "int interface is lambda let local long match mod mut namespace new nil nonlocal not null or override package pass "
    "private protected pub public raise require rescue return self short sizeof static str string struct super switch "
    "template then this throw throws trait true false try type typedef typeof union unless unsafe unsigned until use "
    "using val var virtual void volatile when where while with yield"
)
_NO_NAMES = frozenset(_KEYWORDS.split())


def can_read(language: str) -> bool:
    """Return whether the lines of a language tell what they define."""
    return language in _HEADS


def pattern_facts(path: str, language: str, text: str, fault: str = "") -> FileFacts:
    """Return what the lines of a text tell.

    Args:
        path: The file.
        language: One that `can_read` knows.
        text: Its text.
        fault: Why nothing better read it, or "".
    """
    lines = text.split("\n")
    code = _silenced(language, text)
    definitions = tuple(_definitions(path, language, lines, code))
    heads = defaultdict(set)
    for definition in definitions:
        heads[definition.line].add(definition.last)
    references: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(code.split("\n"), 1):
        for word in dict.fromkeys(_WORD.findall(line[:_LONGEST_LINE])):
            if word not in _NO_NAMES and word not in heads.get(number, ()):
                references[word].append(number)
    return FileFacts(
        language=language,
        definitions=definitions,
        references={name: tuple(where) for name, where in references.items()},
        imports=python_imports(text) if language == "python" else imports_in(language, text),
        lines=len(lines) - (not lines[-1]),
        read="pattern",
        fault=fault,
    )


def python_imports(text: str) -> tuple[Imported, ...]:
    """Return the imports of a Python text that does not parse."""
    found: list[Imported] = []
    line, at = 1, 0
    for match in _PYTHON_IMPORT.finditer(text):
        begin = match.start() + len(match[0]) - len(match[0].lstrip())
        line, at = line + text.count("\n", at, begin), begin
        if match["plain"]:
            modules = [part.split()[0] for part in match["plain"].split(",") if part.split()]
            found.extend(Imported(module, (), line) for module in modules)
        else:
            taken = re.sub(r"#[^\n]*", "", match["many"] or match["few"] or "")
            found.append(
                Imported(match["from"], tuple(part.split()[0] for part in taken.split(",") if part.split()), line)
            )
    return tuple(found)


def _silenced(language: str, text: str) -> str:
    """Return a text without its strings and comments; its lines stay where they are."""
    silent = _SILENT[_COMMENTS.get(language, "slash")]
    return silent.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    lines = found[0].count("\n")
    return " " + "\n" * lines + (_CLOSED if lines and found[0][0] in "\"'" else "")


def _definitions(path: str, language: str, lines: Sequence[str], code: str) -> Iterator[Definition]:
    around: list[tuple[int, int, str, bool]] = []  # indentation, last line, name, and whether it is a kind of class
    silent = code.split("\n")
    line, at = 1, 0
    for match in _matches(language, code):
        line, at = line + code.count("\n", at, match.start()), match.start()
        indent = _depth(match["indent"] + ".")
        while around and (around[-1][0] >= indent or around[-1][1] < line):
            around.pop()
        word = _word(match["word"])
        function = word in _FUNCTIONS
        kind = word if not function else "method" if around and around[-1][3] else "function"
        last = match["name"].removeprefix("self.").replace("::", ".").replace("\\", ".")
        name = f"{around[-1][2]}.{last}" if around else last
        end = _end(silent, line, indent)
        around.append((indent, end, name, not function))
        head = one_line(_HEAD_END.split(lines[line - 1][:_LONGEST_LINE])[0])
        yield Definition(name, kind, path, line, end, head)


def _word(found: str) -> str:
    """Return the word that a definition begins with, without the receiver or the types behind it."""
    return found.partition("(")[0].partition("<")[0].split()[0].rstrip("*!") if found else "function"


def _matches(language: str, code: str) -> list[re.Match[str]]:
    found = list(_PATTERNS[language].finditer(code))
    if language == "shell":
        found = sorted([*found, *_SHELL_FUNCTION.finditer(code)], key=lambda match: match.start())
    return found[:_MOST]


def _end(lines: Sequence[str], line: int, indent: int) -> int:
    """Return the last line of what begins at a line: the one that closes it, else the last that is indented deeper."""
    last = line
    for number in range(line, len(lines)):
        said = lines[number].strip()
        if not said:
            continue
        depth = _depth(lines[number])
        if said[0] != _CLOSED and depth <= indent:
            opens = said[0] == "{" and number == line
            goes_on = said[0] in ")]" and said[-1] in ":{"  # the end of a head over several lines
            closes = said in _ENDS or (said[0] in ")]}" and not goes_on)
            if closes and depth == indent:
                return number + 1
            if not opens and not goes_on:
                return last
        last = number + 1
    return last


def _depth(line: str) -> int:
    return len(line[: len(line) - len(line.lstrip())].expandtabs())
