r"""The lines of a file in several normal forms, and all places where given lines stand in one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vivek.edits.lines import compare
from vivek.edits.reply import Replacement
from vivek.edits.spans import Span

Form = Callable[[str], str]
"""Makes of a line what is compared."""

MANY = 20
"""Places after which no more are looked for."""


def as_is(line: str) -> str:
    """Return a line with all its blanks."""
    return line


def without_trailing(line: str) -> str:
    """Return a line without the blanks at its end."""
    return line.rstrip(" \t")


def bare(line: str) -> str:
    """Return a line without indentation and without the blanks at its end."""
    return line.strip(" \t")


@dataclass(frozen=True, slots=True)
class Fit:
    """A place for a block, and the block in the form in which it fits there.

    Attributes:
        start: The first line, from 0.
        search: The quoted lines, as they were compared.
        replace: The lines that take their place, brought to the file's own form.
        note: How it was found when not by exact equality.
        form: How lines that stay are told from lines that change.
    """

    start: int
    search: tuple[str, ...]
    replace: tuple[str, ...]
    note: str = ""
    form: Form = as_is

    @property
    def end(self) -> int:
        """The line behind the last one."""
        return self.start + len(self.search)

    def spans(self) -> tuple[Span, ...]:
        """Return what really changes; lines that are quoted and given back stay as they are in the file."""
        steps = compare([self.form(line) for line in self.search], [self.form(line) for line in self.replace])
        return tuple(
            Span(
                self.start + step.old_from,
                self.start + step.old_to,
                tuple(line + "\n" for line in self.replace[step.new_from : step.new_to]),
                self.note,
            )
            for step in steps
            if step.tag != "equal"
        )


@dataclass(slots=True)
class Haystack:
    r"""A file to be searched.

    Attributes:
        path: Its path.
        text: Its text, lines ended by `\n`.
        lines: Its lines without their ends.
    """

    path: str
    text: str
    lines: list[str] = field(init=False)
    _joined: dict[Form, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = self.text.removesuffix("\n").split("\n") if self.text else []

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing but blanks."""
        return not self.text.strip()

    def places(self, lines: Sequence[str], form: Form) -> list[int]:
        """Return where lines stand one after the other, compared in a form, `MANY` places at most."""
        if form not in self._joined:
            self._joined[form] = "\n" + "\n".join(map(form, self.lines)) + "\n"
        joined = self._joined[form]
        needle = "\n" + "\n".join(map(form, lines)) + "\n"
        places: list[int] = []
        number = counted = 0
        at = joined.find(needle)
        while at >= 0 and len(places) < MANY:
            number += joined.count("\n", counted, at)
            counted = at
            places.append(number)
            at = joined.find(needle, at + 1)
        return places

    def end(self, block: Replacement) -> Fit:
        """Return the place behind the last line, or all of a blank file, for lines that are only added."""
        start = 0 if self.is_blank else len(self.lines)
        return Fit(start, tuple(self.lines[start:]), tuple(split(block.replace)))


def split(text: str) -> list[str]:
    r"""Return the lines of a block, each of which ends with `\n`."""
    return text.removesuffix("\n").split("\n") if text else []
