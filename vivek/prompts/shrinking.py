"""Shorter forms of what a prompt holds: each says what is missing, and none exceeds the tokens it is given."""

from collections.abc import Callable, Sequence

from vivek.prompts.fence import fenced
from vivek.schema.budget import Count, Shrink
from vivek.syntax.languages import language_of
from vivek.syntax.outline import Symbol, outline

_LONGEST_TOKEN = 16
"""Characters of the longest token of use: bounds how much of a text is looked at, never how much is kept."""


def most(total: int, room: int, count: Count, say: Callable[[int], str]) -> int:
    """Return the largest number up to `total` with which `say` takes at most `room` tokens; 0 when none does.

    Args:
        total: The largest number to try.
        room: Tokens.
        count: Tokens of a text.
        say: Returns the text with so many lines, paths or characters in it; more of them make it longer.
    """
    low, high = 0, max(0, min(total, room * _LONGEST_TOKEN))
    while low < high:
        middle = (low + high + 1) // 2
        text = say(middle)
        # What has so many characters is too long without being counted.
        if len(text) <= room * _LONGEST_TOKEN and count(text) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def start_of(text: str, say: Callable[[str, str], str]) -> Shrink:
    """Return the shorter form of a text that keeps its beginning.

    Args:
        text: The text.
        say: Puts a part of it, and a line on what is missing, into words of a prompt.
    """

    def shrink(room: int, count: Count) -> str:
        lines = text.removesuffix("\n").split("\n")

        def of_lines(kept: int) -> str:
            return say("\n".join(lines[:kept]), f"[left out for lack of room: the {_lines(len(lines) - kept)} below]")

        def of_characters(kept: int) -> str:
            return say(text[:kept], "[left out for lack of room: the rest]")

        if kept := most(len(lines) - 1, room, count, of_lines):
            return of_lines(kept)
        kept = most(len(text) - 1, room, count, of_characters)
        return of_characters(kept) if kept else ""

    return shrink


def end_of(text: str, say: Callable[[str], str]) -> Shrink:
    """Return the shorter form of an output: its first line, which names it, and its end, where the failure is.

    Args:
        text: The output.
        say: Puts a part of it into words of a prompt.
    """

    def shrink(room: int, count: Count) -> str:
        first, *lines = text.removesuffix("\n").split("\n")

        def of_lines(kept: int) -> str:
            missing = f"[left out for lack of room: {_lines(len(lines) - kept)}]"
            return say("\n".join([first, missing, *lines[len(lines) - kept :]]))

        def of_characters(kept: int) -> str:
            return say(f"[left out for lack of room: the beginning]\n{text[len(text) - kept :]}")

        if kept := most(len(lines) - 1, room, count, of_lines):
            return of_lines(kept)
        kept = most(len(text) - 1, room, count, of_characters)
        return of_characters(kept) if kept else ""

    return shrink


def definitions_of(path: str, text: str, words: frozenset[str]) -> Shrink:
    """Return the shorter form of a file: what it defines and where, and those definitions that are spoken of.

    A file of which nobody can tell what it defines is shown by its beginning.

    Args:
        path: The file.
        text: Its text.
        words: Words of the request and the plan: a definition with such a name matters.
    """
    tag = language_of(path) or ""
    lines = text.removesuffix("\n").split("\n")

    def beginning(part: str, missing: str) -> str:
        label = f"{path}, its beginning; see other lines with `read: {path}:START-END`"
        return f"{fenced(label, part, tag)}\n{missing}"

    def shrink(room: int, count: Count) -> str:
        symbols = outline(path, text) if len(text) <= room * 1_000 else None
        if not symbols:
            return start_of(text, beginning)(room, count)

        def say(kept: int) -> str:
            return "\n\n".join([_listed(path, symbols[:kept], symbols, len(lines)), *bodies])

        bodies: list[str] = []
        for symbol in _spoken_of(symbols, words):
            label = f"{path}, lines {symbol.start + 1} to {symbol.end}:"
            bodies.append(fenced(label, "\n".join(lines[symbol.start : symbol.end]), tag))
            if len(say(1)) > room * _LONGEST_TOKEN or count(say(1)) > room:
                bodies.pop()
        listed = most(len(symbols), room, count, say)
        return say(listed) if listed else start_of(text, beginning)(room, count)

    return shrink


def _listed(path: str, kept: Sequence[Symbol], every: Sequence[Symbol], lines: int) -> str:
    label = f"There is no room for the {_lines(lines)} of {path}. What it defines, and in which lines:"
    entries = [f"{symbol.kind} {symbol.name}, lines {symbol.start + 1}-{symbol.end}" for symbol in kept]
    if len(kept) < len(every):
        entries.append(f"[{len(every) - len(kept)} more]")
    shown = every[0]
    return f"{fenced(label, chr(10).join(entries))}\nSee a part with `read: {path}:{shown.start + 1}-{shown.end}`."


def _spoken_of(symbols: Sequence[Symbol], words: frozenset[str]) -> list[Symbol]:
    """Return the definitions whose name is among the words, without those inside another one of them."""
    named = [symbol for symbol in symbols if symbol.last in words]
    return [each for each in named if not any(_holds(other, each) for other in named)]


def _holds(outer: Symbol, inner: Symbol) -> bool:
    return outer is not inner and outer.start <= inner.start and inner.end <= outer.end


def _lines(number: int) -> str:
    return f"{number:,} line" if number == 1 else f"{number:,} lines"
