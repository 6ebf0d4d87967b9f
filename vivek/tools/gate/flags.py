"""Which options a command may have: only those that are listed; an option that nobody thought of does not fit."""

from collections.abc import Sequence
from dataclasses import dataclass

_PATTERN_OPTIONS = frozenset({"-e", "--regexp"})


@dataclass(frozen=True, slots=True)
class Usage:
    """The options and operands of a command that only reads.

    Attributes:
        bare: Options without a value, `-l` and `--all`.
        valued: Options with a value, in the same or the next word.
        counts: Whether `-5` is an option.
        patterns: How many of the first operands are no paths.
        most: The most operands, None for any number.
    """

    bare: frozenset[str]
    valued: frozenset[str] = frozenset()
    counts: bool = False
    patterns: int = 0
    most: int | None = None


def usage(options: str, *, counts: bool = False, patterns: int = 0, most: int | None = None) -> Usage:
    """Build a usage from a line such as `-al -n= --all --color=`: letters, and `=` behind what takes a value.

    Args:
        options: The line.
        counts: Whether `-5` is an option.
        patterns: How many of the first operands are no paths.
        most: The most operands.
    """
    bare: set[str] = set()
    valued: set[str] = set()
    for word in options.split():
        if word.startswith("--"):
            (valued if word.endswith("=") else bare).add(word.rstrip("="))
        else:
            (valued if word.endswith("=") else bare).update(f"-{letter}" for letter in word.strip("-="))
    return Usage(frozenset(bare), frozenset(valued), counts, patterns, most)


def paths_of(words: Sequence[str], allowed: Usage) -> tuple[str, ...] | None:
    """Return the operands that are paths, or None when the words hold an option that is not listed.

    Args:
        words: What follows the command's name.
        allowed: What may follow.
    """
    operands: list[str] = []
    patterns = allowed.patterns
    given = iter(words)
    for word in given:
        if word == "--":
            operands.extend(given)
            continue
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        name, attached = _read(word, allowed)
        if name is None or (name in allowed.valued and not attached and next(given, None) is None):
            return None
        if name in _PATTERN_OPTIONS:  # then the first operand is a path like the others
            patterns = 0
    if allowed.most is not None and len(operands) > allowed.most:
        return None
    return tuple(operands[patterns:])


def _read(word: str, allowed: Usage) -> tuple[str | None, bool]:
    """Return the option that a word holds, None when one is not listed, and whether its value is in the word."""
    if word.startswith("--"):
        name, equals, _ = word.partition("=")
        listed = name in allowed.valued or (name in allowed.bare and not equals)
        # `--color` and `--color=` are one option whose value is never the next word.
        return (name if listed else None), bool(equals) or name in allowed.bare
    if allowed.counts and word[1:].isdigit():
        return word, True
    for index, letter in enumerate(word[1:], start=2):
        if f"-{letter}" in allowed.valued:
            return f"-{letter}", index < len(word)
        if f"-{letter}" not in allowed.bare:
            return None, False
    return word, True
