"""Cuts what a command wrote to what matters: the last word and the failures first; what passed and what repeats go.

Pure; what the lines of the usual tools look like is data, in `output_marks`.
"""

import re
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence

from vivek.project.checks.output_marks import FAILURE, FOREIGN, FRAME, HEADING, LAST_WORD, NAMED, NOISE
from vivek.schema.characters import BIDI, CONTROLS, INVISIBLE, TAGS
from vivek.schema.commands import Ran

Count = Callable[[str], int]

_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?")
_OVERWRITTEN = re.compile(r"^[^\n]*\r(?=[^\r\n])", re.M)
_HIDDEN = {ord(character): None for character in CONTROLS | BIDI | INVISIBLE | TAGS} | {0x0C: "\n"}
_LONGEST_LINE = 400
_REACH = 6  # lines before and behind a failure that may explain it
_FIRST_FAILURES = 2  # shown with what is around them before others are shown at all
_LAST_WORDS = 3
_LATER = 10  # the rank of the failures after the first ones


def ending(ran: Ran) -> str:
    """Return how a command ended, in words that go on a sentence: `ended with exit code 1`."""
    if ran.timed_out:
        return f"took longer than {ran.seconds:.0f} seconds and was ended"
    number = -ran.returncode if ran.returncode < 0 else ran.returncode - 128
    if number > 0 and number in {each.value for each in signal.Signals}:
        return f"was ended by the signal {signal.Signals(number).name}"
    words = {126: ", which means that it cannot be run", 127: ", which means that it was not found"}
    return f"ended with exit code {ran.returncode}{words.get(ran.returncode, '')}"


def readable(output: bytes) -> str:
    """Return the text of an output as it would stand in a terminal, without colours and control characters."""
    text = _SEQUENCE.sub("", output.decode("utf-8", "replace"))
    text = _OVERWRITTEN.sub("", text.replace("\r\n", "\n"))
    return text.translate(_HIDDEN)


def last_word(text: str) -> str:
    """Return the line that sums an output up, without ornament; "" when there is none."""
    words = [line for line in text.split("\n") if LAST_WORD.match(line)]
    return _short(words[-1].strip(" =")) if words else ""


def cut_output(text: str, cap: int, count: Count) -> str:
    """Return what matters of an output.

    Kept first are the words that sum up, then the first failures with the lines around them, then the other
    failures, then beginning and end. What was left out is told in brackets.

    Args:
        text: What a command wrote, as `readable` gives it.
        cap: Tokens the result may have.
        count: Returns the tokens of a text.
    """
    lines = _condensed(text.split("\n"))
    whole = "\n".join(lines)
    if len(whole) <= 16 * cap and count(whole) <= cap:
        return whole
    ranked = _ranked(lines)
    fewest, most = 0, len(ranked)
    while fewest < most:  # the most lines that fit
        middle = (fewest + most + 1) // 2
        shown = _shown(lines, ranked[:middle])
        if len(shown) <= 16 * cap and count(shown) <= cap:
            fewest = middle
        else:
            most = middle - 1
    return _shown(lines, ranked[:fewest])


def _condensed(lines: Iterable[str]) -> list[str]:
    """Return the lines worth reading: shortened, without noise, repetition, frames seen before and empty rows."""
    every = [_short(line.rstrip()) for line in lines]
    telling = [line for line in every if not NOISE.match(line)]
    kept = _without_old_frames(telling if any(telling) else every)
    condensed: list[str] = []
    times = 1
    for line, after in zip(kept, [*kept[1:], None], strict=True):
        if line == after:
            times += 1
            continue
        if line or (condensed and condensed[-1]):
            condensed.append(line)
            if times > 1 and line:
                condensed.append(f"[this line {times} times]")
        times = 1
    while condensed and not condensed[-1]:
        condensed.pop()
    return condensed


def _short(line: str) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    half = _LONGEST_LINE // 2
    return f"{line[:half]} … {line[-half:]}"


def _without_old_frames(lines: Sequence[str]) -> list[str]:
    """Drop frames of a stack, with the code below them, that stood there before or are not the project's."""
    kept: list[str] = []
    seen: set[tuple[str, ...]] = set()
    at = 0
    while at < len(lines):
        end = at + 1
        if FRAME.match(lines[at]):
            indent = _indent(lines[at])
            while end < len(lines) and lines[end] and _indent(lines[end]) > indent:
                end += 1
            frame = tuple(lines[at:end])
            if frame not in seen and not any(FOREIGN.search(line) for line in frame):
                kept += frame
            seen.add(frame)
        else:
            kept.append(lines[at])
        at = end
    return kept


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _ranked(lines: Sequence[str]) -> list[int]:
    """Return the numbers of all lines, the most important first."""
    failures = [at for at, line in enumerate(lines) if FAILURE.match(line)]
    words = [at for at, line in enumerate(lines) if LAST_WORD.match(line)][-_LAST_WORDS:]
    ranks: dict[int, tuple[int, int]] = {at: (0, -at) for at in words}
    sections = _sections(lines, failures)
    for at, section in sections.items():
        later = _LATER - bool(NAMED.match(lines[at]))
        ranks.setdefault(at, (1 + 2 * section if section < _FIRST_FAILURES else later, at))
    for at, section in sections.items():
        for near in _around(at, lines):
            rank = (2 + 2 * section if section < _FIRST_FAILURES else _LATER + 1, abs(near - at))
            ranks[near] = min(rank, ranks.get(near, rank))
    for at in range(len(lines)):
        ranks.setdefault(at, (_LATER + 2, min(at, len(lines) - 1 - at)))
    return sorted(range(len(lines)), key=lambda at: ranks[at])


def _sections(lines: Sequence[str], failures: Sequence[int]) -> dict[int, int]:
    """Number what is said of one failure after another: by headings, or by distance where there are none.

    A line that only names a failure tells nothing that its section has not told; it belongs to none of the first.
    """
    headed = any(HEADING.match(lines[at]) for at in failures)
    sections: dict[int, int] = {}
    section, last = -1, -_REACH - 1
    for at in failures:
        heading = HEADING.match(lines[at]) is not None
        section += heading if headed else at - last > _REACH
        last = at
        names_only = headed and not heading and NAMED.match(lines[at])
        sections[at] = _FIRST_FAILURES if names_only else max(section, 0)
    return sections


def _around(at: int, lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines near a failure that may explain it: not beyond the heading it stands under."""
    yield from range(at + 1, min(at + _REACH // 2 + 1, len(lines)))
    for near in range(at, max(at - _REACH, 0) - 1, -1):
        if near != at:
            yield near
        if HEADING.match(lines[near]):
            return


def _shown(lines: Sequence[str], numbers: Iterable[int]) -> str:
    """Return the lines of these numbers in their order; where some are missing between them, say how many."""
    shown: list[str] = []
    expected = 0
    for at in sorted(numbers):
        left_out = sum(1 for line in lines[expected:at] if line)
        if left_out:
            shown.append(_gap(left_out))
        shown.append(lines[at])
        expected = at + 1
    left_out = sum(1 for line in lines[expected:] if line)
    if left_out and shown:
        shown.append(_gap(left_out))
    return "\n".join(shown)


def _gap(lines: int) -> str:
    return f"[{lines:,} lines left out]" if lines > 2 else "[…]"
