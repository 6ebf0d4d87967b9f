"""Sums up a conversation for the start of a new generation. Never longer than its room; needs no model.

What the user asked is always the user's own words: a model's summary only adds to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vivek.schema.messages import Message

_Count = Callable[[str], int]

_HEADER = "The earlier conversation was cut to make room. What is kept of it:"
_ANSWERS = 4
_ANSWER_CHARACTERS = 400
_SCANNED_CHARACTERS = 8_000  # of one answer: what follows would be cut anyway
_CUT = " … [cut]"
_CODE = "[code]"
_SUMMARY_SHARE = 3  # a model's summary may keep one part in so many of the room from being filled with old requests


@dataclass(frozen=True, slots=True)
class Facts:
    """What vivek itself knows of a thread, each list oldest first.

    Attributes:
        goals: What the user asked, word for word.
        changed: Paths of the files changed.
        points: What the user refused and what was left open, a line each.
        seen: Files that lay before the model, a line each: path, hash, symbols.
        numbers: Which requests of the thread the goals are; () counts them from 1.
        unread: How many older requests there are beside them.
    """

    goals: Sequence[str] = ()
    changed: Sequence[str] = ()
    points: Sequence[str] = ()
    seen: Sequence[str] = ()
    numbers: Sequence[int] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is still in the summary, each list oldest first, and how many older entries are not."""

    goals: tuple[tuple[int, str], ...] = ()
    goals_left_out: int = 0
    changed: tuple[str, ...] = ()
    changed_left_out: int = 0
    points: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def render(self) -> str:
        parts = [_HEADER]
        if self.goals or self.goals_left_out:
            left_out = f" ({self.goals_left_out} older left out)" if self.goals_left_out else ""
            parts.append(f"Requests of the user, oldest first{left_out}:")
            parts += [f"{number}. {goal}" for number, goal in self.goals]
        if self.points:
            parts += ["Refused or left open:", *(f"- {point}" for point in self.points)]
        if self.changed:
            left_out = f" ({self.changed_left_out} older left out)" if self.changed_left_out else ""
            parts.append(f"Files changed so far{left_out}: {', '.join(self.changed)}")
        if self.summary:
            parts += ["Your own notes on it:", *self.summary]
        if self.answers:
            parts.append("The last answers, shortened:")
            parts += [f"- {answer}" for answer in self.answers]
        if self.seen:
            parts += ["Files you saw; ask for one again before you rely on its text:", *self.seen]
        return "\n".join(parts)

    def smaller(self) -> "_Kept | None":
        """Return it without its least useful entry, None when none is left."""
        if self.seen:
            return replace(self, seen=self.seen[1:])
        if self.answers:
            return replace(self, answers=self.answers[1:])
        if self.summary:
            return replace(self, summary=self.summary[:-1])
        if self.changed:
            return replace(self, changed=self.changed[1:], changed_left_out=self.changed_left_out + 1)
        if self.points:
            return replace(self, points=self.points[1:])
        if self.goals:
            return replace(self, goals=self.goals[1:], goals_left_out=self.goals_left_out + 1)
        return None


def compact(messages: Sequence[Message], facts: Facts, room: int, count: _Count, *, summary: str = "") -> str:
    """Return what the next generation must know, at most `room` tokens; "" when not even a goal's start fits.

    The user's requests come first, word for word, the oldest left out when they do not all fit, which is said;
    then what was refused or left open, the changed files, the model's own summary if there is one, the last answers
    without their code, and the outlines of the files it saw.

    Args:
        messages: The conversation so far; the answers are taken from it.
        facts: What is known of the thread without a model.
        room: Tokens the summary may take.
        count: Tokens of a text.
        summary: What the model noted of the conversation, lines in the order of their weight; "" for nothing.
    """
    left = room - count(_HEADER)
    if left <= 0:
        return ""
    kept = _with_goals(facts, left - _reserve(summary, room, count), left, count)
    points = _newest(facts.points, room - count(kept.render()), count)
    kept = replace(kept, points=points)
    changed = _newest(facts.changed, room - count(kept.render()), count)
    kept = replace(kept, changed=changed, changed_left_out=len(facts.changed) - len(changed))
    kept = replace(kept, summary=_first_lines(summary, room - count(kept.render()), count))
    # What the model noted stands for its older answers.
    answers = _last_answers(messages, 1 if kept.summary else _ANSWERS)
    kept = replace(kept, answers=_newest(answers, room - count(kept.render()), count))
    kept = replace(kept, seen=_newest(facts.seen, room - count(kept.render()), count))
    # Counts of parts need not add up to the count of the whole: only the whole decides.
    while (text := kept.render()) and count(text) > room:
        smaller = kept.smaller()
        if smaller is None:
            return ""
        kept = smaller
    return text


def _with_goals(facts: Facts, room: int, most: int, count: _Count) -> _Kept:
    """Return the newest goals that fit the room; the newest of all may take more of it, cut if need be."""
    goals = _newest(facts.goals, room, count)
    if facts.goals and not goals:
        most -= _overhead(count)
        goals = _newest(facts.goals[-1:], most, count) or _start_of(facts.goals[-1], most, count)
    numbers = facts.numbers or range(1, len(facts.goals) + 1)
    numbered = zip(numbers[len(facts.goals) - len(goals) :], goals, strict=True)
    return _Kept(tuple(numbered), facts.unread + len(facts.goals) - len(goals))


def _reserve(summary: str, room: int, count: _Count) -> int:
    """Return what requests of long ago must leave to the model's summary."""
    return min(count(summary) + _overhead(count), room // _SUMMARY_SHARE) if summary else 0


def _overhead(count: _Count) -> int:
    """Return the tokens of the lines around one goal."""
    return count(_Kept(((1, ""),), 9_999).render()) - count(_HEADER)


def _newest(entries: Sequence[str], room: int, count: _Count) -> tuple[str, ...]:
    """Return the longest run of last entries that seems to fit."""
    first = len(entries)
    while first and (room := room - count(entries[first - 1]) - 2) >= 0:
        first -= 1
    return tuple(entries[first:])


def _first_lines(text: str, room: int, count: _Count) -> tuple[str, ...]:
    """Return the longest run of first lines that seems to fit."""
    lines = [line for line in text.split("\n") if line.strip()]
    last = 0
    while last < len(lines) and (room := room - count(lines[last]) - 1) >= 0:
        last += 1
    return tuple(lines[:last])


def _start_of(text: str, room: int, count: _Count) -> tuple[str, ...]:
    """Return the longest start of a text that fits with its mark, as a tuple of one, or of none."""
    # No token of use is longer than 16 characters; the bound keeps a text of megabytes from being counted often.
    low, high = 0, min(len(text), max(0, room) * 16)
    while low < high:
        middle = (low + high + 1) // 2
        if count(text[:middle] + _CUT) <= room:
            low = middle
        else:
            high = middle - 1
    return (text[:low] + _CUT,) if low else ()


def _last_answers(messages: Sequence[Message], most: int) -> tuple[str, ...]:
    """Return the last few answers in prose, oldest first: code, plans and verdicts are not repeated."""
    answers: list[str] = []
    for message in reversed(messages):
        if len(answers) == most:
            break
        if message.role == "assistant" and (answer := _shortened(message.content)):
            answers.append(answer)
    return tuple(reversed(answers))


def _shortened(reply: str) -> str:
    """Return the prose of a reply, cut; "" if it is a plan, a verdict or nothing but code."""
    if reply.lstrip().startswith("{"):
        return ""
    prose = " ".join(_without_code(reply[:_SCANNED_CHARACTERS]).split())
    if not prose.replace(_CODE, "").strip():
        return ""
    return prose if len(prose) <= _ANSWER_CHARACTERS else prose[:_ANSWER_CHARACTERS].rstrip() + _CUT


def _without_code(reply: str) -> str:
    lines: list[str] = []
    fence = ""
    for line in reply.split("\n"):
        bare = line.strip()
        if fence:
            if bare.startswith(fence) and not bare.strip(fence[0]):
                fence = ""
        elif bare.startswith(("```", "~~~")):
            fence = bare[: len(bare) - len(bare.lstrip(bare[0]))]
            lines.append(_CODE)
        else:
            lines.append(line)
    return "\n".join(lines)
