"""Pages of the documentation as they run: their commands in order, with what each of them prints.

What a page holds for this:

- a block marked `console`: lines that begin with `$ ` are typed into a shell, those below are what it prints; a line
  `...` stands for any lines. A command that fails is followed by `$ echo $?`. Behind `$ vivek` alone, lines that begin
  with `> ` are typed into the chat, and so is what stands behind a question; `^D` leaves;
- a block marked `sh`: each line is run; what a comment says of an exit code holds;
- `<!-- the model says: "..." -->`, JSON on one or several lines: what every vivek from here on is answered;
- `<!-- file: PATH -->` before a block: its text is written there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PART = re.compile(
    r"<!-- the model says:\s(?P<said>.*?)-->"
    r"|<!-- file: (?P<path>\S+) -->\s*^(?P<fence>```+)\w*\n(?P<text>.*?)^(?P=fence)"
    r"|^(?P<mark>```+)(?P<kind>\w*)\n(?P<lines>.*?)^(?P=mark)",
    re.DOTALL | re.MULTILINE,
)
_NAME = r"\b[a-z]+-[a-z]+-\d+\b"
_MEASURED = r"\d[\d.,]*(?= (?:s|ms|h|days?|tokens|tok/s|cached|new|KB|MB)\b)"
_LOOSE = re.compile(f"({_NAME})|({_MEASURED})")
_CODE = re.compile(r"code (\d+)")
ANY = "..."
RUN = re.compile(r"^```+(?:console|sh)$", re.MULTILINE)
"""What marks a block that is run."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the model answers from here on, a JSON value a line."""

    lines: str


@dataclass(frozen=True, slots=True)
class Written:
    """A file that the page shows."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A command, what it prints, and the exit code it may end with; None where the page does not show one."""

    command: str
    shown: tuple[str, ...]
    code: int | None = None


Part = Said | Written | Typed


def parts(page: str) -> Iterator[Part]:
    """Yield what a page does, in order."""
    for found in _PART.finditer(page):
        if found["said"] is not None:
            yield Said(found["said"].strip() + "\n")
        elif found["path"] is not None:
            yield Written(found["path"], found["text"])
        elif found["kind"] == "console":
            yield from _typed(found["lines"].splitlines())
        elif found["kind"] == "sh":
            yield from _lines(found["lines"].splitlines())


def _typed(lines: list[str]) -> Iterator[Typed]:
    commands: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("$ "):
            commands.append((line.removeprefix("$ "), []))
        else:
            commands[-1][1].append(line)
    for at, (command, shown) in enumerate(commands):
        asked = at + 1 < len(commands) and commands[at + 1][0] == "echo $?"
        if command == "echo $?":
            continue
        yield Typed(command, tuple(shown), int(commands[at + 1][1][0]) if asked else 0)


def _lines(lines: list[str]) -> Iterator[Typed]:
    for line in lines:
        command, _, comment = line.partition("  #")
        code = _CODE.search(comment)
        if command.strip():
            yield Typed(command.strip(), (ANY,), int(code[1]) if code else 0)


class Names:
    """The names of threads on a page and in this run: which stands for which."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}

    def real(self, text: str) -> str:
        """Return a text of the page with the names of this run."""
        return re.sub(_NAME, lambda found: self._real.get(found[0], found[0]), text)

    def meets(self, shown: str, printed: str) -> bool:
        """Tell whether a line is what the page shows: names and measured figures may be others, blanks more."""
        groups: list[str] = []

        def loosen(found: re.Match[str]) -> str:
            if found[1] and found[1] in self._real:
                return re.escape(self._real[found[1]])
            if found[1]:
                groups.append(found[1])
                return f"({_NAME})"
            return r"[\d.,]+"

        pattern, end = "", 0
        line, other = re.sub("(?<=[^ ]) {2,}", " ", shown), re.sub("(?<=[^ ]) {2,}", " ", printed)
        for found in _LOOSE.finditer(line):
            pattern += re.escape(line[end : found.start()]) + loosen(found)
            end = found.end()
        hit = re.fullmatch(pattern + re.escape(line[end:]), other.rstrip())
        if hit is None:
            return False
        self._real |= dict(zip(groups, hit.groups(), strict=True))
        return True


def difference(typed: Typed, out: list[str], err: list[str], names: Names) -> str:
    """Return the first line of the page that was not printed, or was printed and is not on the page; "" for none.

    Standard output is shown whole, but for `...`; of standard error a page shows what it wants.
    """
    at, noticed, free = 0, 0, False
    for line in typed.shown:
        if line == ANY:
            free = True
            continue
        ahead = range(at, len(out) if free else min(at + 1, len(out)))
        hit = next((index for index in ahead if names.meets(line, out[index])), None)
        if hit is not None:
            at, free = hit + 1, False
            continue
        told = next((index for index in range(noticed, len(err)) if names.meets(line, err[index])), None)
        if told is None:
            return f"not printed: {line}"
        noticed = told + 1
    return "" if free or at == len(out) else f"not on the page: {out[at]}"
