"""The words of a shell string, read strictly: what is not surely literal is an error. Nothing is expanded."""

import re
from collections.abc import Iterator

MOST = 50
"""Commands of the longest script that is read."""

OPERATORS = ("&&", "||", ";", "|", "\n")
"""What may join commands."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+:,./=^#\-\u00a1-\U0010ffff]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=", re.ASCII)
_RESERVED = frozenset(
    {
        *("if", "then", "else", "elif", "fi", "case", "esac", "for", "while", "until", "do", "done", "in"),
        *("function", "select", "coproc"),
    }
)
_TIME_OPTIONS = ("-p", "--")


class NotLiteralError(Exception):
    """Carries the short name of what stands in the way, and a sentence."""


def scan(text: str) -> list[list[str]]:
    """Return the commands of a literal script, each as its words.

    Raises:
        NotLiteralError: If it holds anything else.
    """
    commands: list[list[str]] = [[]]
    joined = ""  # the operator before the present command
    begins = True  # whether a command may begin here, also behind `time`, which is a word of the shell's own
    for kind, raw, value in _tokens(text):
        if kind == "word":
            if begins:
                _check_first(raw)
                begins = raw == "time" or (raw in _TIME_OPTIONS and bool(commands[-1]))
            commands[-1].append(value)
        elif raw == "\n" and not commands[-1]:
            continue
        elif not commands[-1]:
            raise NotLiteralError("syntax", f"Nothing stands before `{raw}`.")
        else:
            _check_count(commands)
            commands.append([])
            joined, begins = raw, True
    if not commands[-1]:
        commands.pop()
        if joined not in ("", ";", "\n"):
            raise NotLiteralError("syntax", f"Nothing follows `{joined}`.")
    if not commands:
        raise NotLiteralError("syntax", "It is empty.")
    _check_count(commands)
    return commands


def _check_count(commands: list[list[str]]) -> None:
    if len(commands) > MOST:
        raise NotLiteralError("length", f"It has more than {MOST} commands.")


def _check_first(raw: str) -> None:
    if raw in _RESERVED:
        raise NotLiteralError("keyword", f"`{raw}` is a word of the shell's own.")
    if _ASSIGNMENT.match(raw):
        raise NotLiteralError("assignment", "It sets a variable.")


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of each token, as it stands and as it reads."""
    place = 0
    while place < len(text):
        if text[place] in " \t":
            place += 1
            continue
        operator = next((each for each in OPERATORS if text.startswith(each, place)), "")
        if operator:
            yield "operator", operator, ""
            place += len(operator)
            continue
        end, value = read_word(text, place)
        raw = text[place:end]
        if raw.startswith("#"):
            raise NotLiteralError("comment", "It holds a comment.")
        yield "word", raw, value
        place = end


def read_word(text: str, begin: int) -> tuple[int, str]:
    """Return where the word that begins there ends, and what it reads without its quotes.

    Raises:
        NotLiteralError: If it is more than a literal word.
    """
    place, parts = begin, []
    while place < len(text) and text[place] not in " \t\n;|&":
        char = text[place]
        if char == "'":
            end = text.find("'", place + 1)
            if end < 0:
                raise NotLiteralError("quote", "A quote is not closed.")
            parts.append(text[place + 1 : end])
            place = end + 1
        elif char == '"':
            place, part = _double_quoted(text, place + 1)
            parts.append(part)
        elif char == "\\":
            parts.append(_escaped(text, place + 1))
            place += 2
        elif plain := _PLAIN.match(text, place):
            parts.append(plain.group())
            place = plain.end()
        elif char == "~" and place > begin and text[place - 1] not in ":=":
            parts.append(char)
            place += 1
        else:
            raise NotLiteralError(*_obstacle(text, place))
    if place == begin:
        raise NotLiteralError(*_obstacle(text, place))
    return place, "".join(parts)


def _double_quoted(text: str, place: int) -> tuple[int, str]:
    parts: list[str] = []
    while place < len(text):
        char, after = text[place], text[place + 1 : place + 2]
        if char == '"':
            return place + 1, "".join(parts)
        if char == "\\" and after == "\n":
            raise NotLiteralError("continuation", "A line goes on behind a backslash.")
        if char == "\\" and after and after in '$`"\\':
            parts.append(after)
            place += 2
            continue
        if char == "`" or (char == "$" and after != '"'):
            raise NotLiteralError(*_obstacle(text, place))
        parts.append(char)
        place += 1
    raise NotLiteralError("quote", "A quote is not closed.")


def _escaped(text: str, place: int) -> str:
    if place >= len(text) or text[place] == "\n":
        raise NotLiteralError("continuation", "A line goes on behind a backslash.")
    return text[place]


_OBSTACLES = (
    ("substitution", ("$(", "`"), "It puts in what another command says."),
    ("process", ("<(", ">("), "It puts in what another command says."),
    ("heredoc", ("<<",), "It holds text for a command."),
    ("redirect", (">", "<", "&>"), "It sends output to, or takes input from, a file."),
    ("background", ("&",), "It starts something in the background."),
    ("expansion", ("$", "~"), "It puts in a value that is known only when it runs."),
    ("pattern", ("*", "?", "[", "]", "{", "}"), "It puts in the names of files that fit a pattern."),
    ("negation", ("!",), "It turns the result of a command around."),
    ("group", ("(", ")"), "It groups commands."),
)


def _obstacle(text: str, place: int) -> tuple[str, str]:
    for rule, signs, reason in _OBSTACLES:
        if text.startswith(signs, place):
            return rule, reason
    return "character", f"It holds U+{ord(text[place]):04X} outside quotes."
