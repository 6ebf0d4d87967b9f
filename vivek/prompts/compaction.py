"""Sums up a conversation without a model, for the start of a new generation. Never longer than its room."""

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


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is still in the summary, each list oldest first, and how many older entries are not."""

    goals: tuple[str, ...] = ()
    goals_left_out: int = 0
    changed: tuple[str, ...] = ()
    changed_left_out: int = 0
    answers: tuple[str, ...] = ()

    def render(self) -> str:
        parts = [_HEADER]
        if self.goals or self.goals_left_out:
            left_out = f" ({self.goals_left_out} older left out)" if self.goals_left_out else ""
            parts.append(f"Requests of the user, oldest first{left_out}:")
            parts += [f"{number}. {goal}" for number, goal in enumerate(self.goals, self.goals_left_out + 1)]
        if self.changed:
            left_out = f" ({self.changed_left_out} older left out)" if self.changed_left_out else ""
            parts.append(f"Files changed so far{left_out}: {', '.join(self.changed)}")
        if self.answers:
            parts.append("The last answers, shortened:")
            parts += [f"- {answer}" for answer in self.answers]
        return "\n".join(parts)

    def smaller(self) -> "_Kept | None":
        """Return it without its least useful entry, None when none is left."""
        if self.answers:
            return replace(self, answers=self.answers[1:])
        if self.changed:
            return replace(self, changed=self.changed[1:], changed_left_out=self.changed_left_out + 1)
        if self.goals:
            return replace(self, goals=self.goals[1:], goals_left_out=self.goals_left_out + 1)
        return None


def compact(
    messages: Sequence[Message], goals: Sequence[str], room: int, count: _Count, *, changed: Sequence[str] = ()
) -> str:
    """Return what the next generation must know, at most `room` tokens; "" when not even a goal's start fits.

    The user's requests come first, word for word, the oldest left out when they do not all fit, which is said;
    then the changed files; then the last answers without their code.

    Args:
        messages: The conversation so far.
        goals: What the user asked in this thread, oldest first.
        room: Tokens the summary may take.
        count: Tokens of a text.
        changed: Paths of the files changed in this thread, oldest change first.
    """
    left = room - count(_HEADER)
    if left <= 0:
        return ""
    kept_goals = _newest(goals, left, count)
    if goals and not kept_goals:
        kept_goals = _start_of(goals[-1], left - _overhead(count), count)
    kept = _Kept(kept_goals, len(goals) - len(kept_goals))
    left = room - count(kept.render())
    names = _newest(changed, left, count)
    kept = replace(kept, changed=names, changed_left_out=len(changed) - len(names))
    left = room - count(kept.render())
    kept = replace(kept, answers=_newest(_last_answers(messages), left, count))
    # Counts of parts need not add up to the count of the whole: only the whole decides.
    while (text := kept.render()) and count(text) > room:
        smaller = kept.smaller()
        if smaller is None:
            return ""
        kept = smaller
    return text


def _overhead(count: _Count) -> int:
    """Return the tokens of the lines around one goal."""
    return count(_Kept(("",), 9_999).render()) - count(_HEADER)


def _newest(entries: Sequence[str], room: int, count: _Count) -> tuple[str, ...]:
    """Return the longest run of last entries that seems to fit."""
    first = len(entries)
    while first and (room := room - count(entries[first - 1]) - 2) >= 0:
        first -= 1
    return tuple(entries[first:])


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


def _last_answers(messages: Sequence[Message]) -> tuple[str, ...]:
    """Return the last few answers in prose, oldest first: code, plans and verdicts are not repeated."""
    answers: list[str] = []
    for message in reversed(messages):
        if len(answers) == _ANSWERS:
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
