"""What a shell string says, if it is literal: plain words joined by `&&`, `||`, `;`, `|` and line ends.

Two readers must agree, a strict scanner of our own and tree-sitter-bash; what either of them does not know, or sees
otherwise, is not literal. Nothing is expanded and nothing is run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import category

from vivek.schema.characters import INVISIBLE, JOINERS
from vivek.syntax.shell_words import OPERATORS, NotLiteralError, read_word, scan

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST = 10_000
"""Characters of the longest script that is read."""

_DEEPEST = 100  # opening brackets; more is no command that a person would read

# Kinds of characters that show nothing, or something else than they are: separators that look like blanks, controls,
# formats, halves of pairs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"})

_KNOWN = frozenset(
    {
        *("program", "list", "pipeline", "command", "command_name", "word", "number", "concatenation"),
        *("string", "string_content", "raw_string", '"', *OPERATORS),
    }
)
_WORDS = frozenset({"word", "number", "concatenation", "string", "raw_string"})


@dataclass(frozen=True, slots=True)
class Script:
    """What a shell string says.

    Attributes:
        argvs: Its commands in order, as program and arguments; empty when it is not literal.
        rule: What stands in the way, by a short name: `substitution`, `redirect`; "" when it is literal.
        reason: The same in a sentence.
        deceives: Whether it holds characters that hide what it says.
    """

    argvs: tuple[tuple[str, ...], ...] = ()
    rule: str = ""
    reason: str = ""
    deceives: bool = False


def read_script(text: str) -> Script:
    """Read a shell string; takes milliseconds whatever it holds."""
    if len(text) > LONGEST:
        return Script(rule="length", reason=f"It is {len(text):,} characters long.")
    if hidden := hidden_in(text):
        return Script(rule="bytes", reason=f"It holds the character {code_points(hidden)}.", deceives=True)
    try:
        argvs = tuple(tuple(words) for words in scan(text))
        if _parse(text) != argvs:
            raise NotLiteralError("parser", "Two readers do not agree on what it says.")
    except NotLiteralError as error:
        rule, reason = error.args
        return Script(rule=rule, reason=reason)
    return Script(argvs)


def hidden_in(text: str) -> str:
    """Return the first character that hides what a text says, or looks like a blank and is none; "" if none does."""
    return next((char for char in text if _deceives(char)), "")


def code_points(text: str) -> str:
    """Return characters by their numbers, such as `U+202E U+0441`."""
    return " ".join(f"U+{ord(char):04X}" for char in text)


def _deceives(char: str) -> bool:
    if " " <= char <= "~" or char in "\t\n":
        return False
    return char in INVISIBLE or (category(char) in _UNSEEN and char not in JOINERS)


def _parse(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the commands that tree-sitter sees."""
    if sum(map(text.count, "([{")) > _DEEPEST:
        raise NotLiteralError("parser", "It is nested too deeply.")
    try:
        import tree_sitter_bash
        from tree_sitter import Language, Parser
    except ImportError:
        raise NotLiteralError("parser", "The package that reads shell commands cannot be loaded.") from None
    source = text.encode()
    tree = Parser(Language(tree_sitter_bash.language())).parse(source)
    if tree.root_node.has_error:
        raise NotLiteralError("syntax", "It is no complete command.")
    commands: list[tuple[str, ...]] = []
    waiting = [tree.root_node]
    while waiting:
        node = waiting.pop()
        if node.type not in _KNOWN:
            raise NotLiteralError("parser", f"It holds what is no plain command (`{node.type}`).")
        if node.type == "command":
            commands.append(tuple(_unquoted(word, source) for word in _words_of(node)))
        else:
            waiting.extend(reversed(node.children))
    return tuple(commands)


def _words_of(command: "Node") -> Iterator["Node"]:
    for child in command.children:
        word = child.children[0] if child.type == "command_name" and child.children else child
        if word.type not in _WORDS:
            raise NotLiteralError("parser", f"It holds what is no plain word (`{word.type}`).")
        yield word


def _unquoted(node: "Node", source: bytes) -> str:
    raw = source[node.start_byte : node.end_byte].decode()
    end, value = read_word(raw, 0)
    if end != len(raw):
        raise NotLiteralError("parser", "Two readers do not agree on what it says.")
    return value
