"""Plans a review: cuts the change to the window, shows each piece with what is around it, the riskiest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from vivek.analysis.findings.chunks import PIECE, Chunk, pieces
from vivek.errors import ContextWindowExceededError
from vivek.flows.review.packing import Plan, Planned
from vivek.prompts.budget import fit, is_tight, measured
from vivek.prompts.build import join_sections
from vivek.prompts.finders import suits
from vivek.prompts.review import FINDINGS_ROOM, chunk_sections, finder_sections
from vivek.schema.budget import Count, Section
from vivek.schema.changes import ChangedFile, Changes
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import Finder, Rule

MOST_PIECES: Final = 200
"""Pieces that are prepared at most; a change that is larger is reviewed in parts."""

SPARE: Final = 64
"""Tokens kept free for what joins texts."""

_SHARE = 0.6  # of the room: the rest is for what is around the piece
_LEAST = 64  # tokens of a piece

TOO_LARGE: Final = "does not fit the window of the model"
TOO_MANY: Final = f"more than {MOST_PIECES} pieces: name a part of the change"


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a piece.

    Attributes:
        sections: What is shown of it.
        rules: The rules of the project for its file.
        callers: Whether code that uses what changes can be shown.
    """

    sections: tuple[Section, ...] = ()
    rules: tuple[Rule, ...] = ()
    callers: bool = False


Surround = Callable[[Chunk, ChangedFile], Around]
"""Returns what is known around a piece of a file."""


@dataclass(frozen=True, slots=True)
class Window:
    """What of a window is left for a piece and what is around it.

    Attributes:
        room: Tokens, system text and reply taken off.
        count: Tokens of a text, cheap and never too low.
        closer: The same, less cheap and closer to the truth; used where room is short.
    """

    room: int
    count: Count
    closer: Count

    def shared(self, sections: Sequence[Section], asked: int) -> tuple[str, int]:
        """Return what fits of what is said before the longest question, and its tokens.

        Raises:
            ContextWindowExceededError: If what cannot be left out does not fit.
        """
        room, count = self.room - asked, self.count
        if is_tight(sections, room):
            count = self.closer
            sections = [measured(section, count) for section in sections]
        kept = fit(sections, room, count=count).kept
        return join_sections(kept), sum(section.tokens for section in kept)


def reply_room(window: int, thinking: int) -> int:
    """Return the tokens of a window that are kept free for a reply.

    Args:
        window: Tokens of the window.
        thinking: Tokens that the model may think before it answers, 0 where it does not.
    """
    room = min(FINDINGS_ROOM, window // 4)
    return max(room, min(room + thinking, window // 2))


def plan_review(
    changes: Changes, static: ReviewReport, finders: Sequence[Finder], window: Window, surround: Surround
) -> Plan:
    """Return what is asked, and of what.

    Args:
        changes: What is reviewed.
        static: What was found in it without a model; tells the risk of each file.
        finders: The questions.
        window: What the model can hold.
        surround: Returns what is known around a piece.
    """
    asked = max((_tokens(finder, (), window) for finder in finders), default=0)
    budget = max(_LEAST, min(PIECE, int((window.room - asked) * _SHARE)))
    risk = {verdict.path: verdict.risk for verdict in static.files}
    found = [(file, chunk) for file in changes.files for chunk in pieces(file, budget)]
    found.sort(key=lambda each: (-risk.get(each[0].path, 0.0), each[0].path))  # stable: within a file in its order
    planned: list[Planned] = []
    left: list[tuple[str, str]] = [(chunk.id, TOO_MANY) for _, chunk in found[MOST_PIECES:]]
    for file, chunk in found[:MOST_PIECES]:
        try:
            planned.append(_planned(file, chunk, static, finders, window, surround(chunk, file)))
        except ContextWindowExceededError:
            left.append((chunk.id, TOO_LARGE))
    return Plan(changes, static, budget, tuple(planned), tuple(left))


def _planned(
    file: ChangedFile, chunk: Chunk, static: ReviewReport, finders: Sequence[Finder], window: Window, around: Around
) -> Planned:
    suited = [
        finder
        for finder in finders
        if suits(
            finder,
            chunk,
            callers=around.callers,
            rules=bool(around.rules),
            around="\n".join(section.text for section in around.sections),
        )
    ]
    longest = max((_tokens(finder, around.rules, window) for finder in suited), default=0)
    sections = chunk_sections(chunk, file, around.sections, static.findings, count=window.count)
    shared, tokens = window.shared(sections, longest)
    return Planned(chunk.id, file.path, shared, tokens, tuple(finder.id for finder in suited), around.rules)


def _tokens(finder: Finder, rules: Sequence[Rule], window: Window) -> int:
    return sum(section.tokens for section in finder_sections(finder, rules, count=window.closer))
