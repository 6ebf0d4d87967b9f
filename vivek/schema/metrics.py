"""What was measured of a project's turns and model calls, added up. None means unknown, never 0 for unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Grouping = Literal["model", "node", "thread", "day"]


@dataclass(frozen=True, slots=True)
class Spread:
    """How figures are spread: half of them, 95 and 99 of 100 are at least as good as these; None without figures."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """What turns came to.

    Attributes:
        turns: How many.
        statuses: How they ended, most frequent first.
        seconds: Wall time of a turn, waiting for the user left out.
        edits_applied: Files that were changed.
        edits_refused: Edits of a model that were not taken.
        checks_passed: Checks of changes that passed.
        checks_failed: Checks that failed.
        checks_skipped: Checks that did not run.
        reviews: Verdicts of the reviewer.
        score: The mean of their scores, None when nothing was scored.
        iterations: The mean number of verdicts of the turns that had one, None without such turns.
    """

    turns: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    seconds: Spread = Spread()
    edits_applied: int = 0
    edits_refused: int = 0
    checks_passed: int = 0
    checks_failed: int = 0
    checks_skipped: int = 0
    reviews: int = 0
    score: float | None = None
    iterations: float | None = None


@dataclass(frozen=True, slots=True)
class CallFigures:
    """What model calls came to.

    Attributes:
        calls: How many.
        counted: Of how many the server told the tokens; the sums below are over these.
        prompt_tokens: Prompt tokens, the cached ones included.
        cached_share: Share of the prompt tokens that came from a cache, where both were told.
        completion_tokens: Tokens generated.
        first_token: Seconds until the first text of a call.
        tokens_per_second: How fast replies were written; the tail is the slow one.
        load_seconds: Time spent on loading models, None when no call told it.
        prefill_seconds: Time spent on reading prompts.
        decode_seconds: Time spent on writing.
        cost: What the providers said the calls cost, in their currency; None when none said so.
        cut: Calls that ended because there was no more room.
    """

    calls: int = 0
    counted: int = 0
    prompt_tokens: int | None = None
    cached_share: float | None = None
    completion_tokens: int | None = None
    first_token: Spread = Spread()
    tokens_per_second: Spread = Spread()
    load_seconds: float | None = None
    prefill_seconds: float | None = None
    decode_seconds: float | None = None
    cost: float | None = None
    cut: int = 0


@dataclass(frozen=True, slots=True)
class MetricsGroup:
    """Figures of one model, node, thread or day; `turns` is None for nodes: a turn has many."""

    name: str
    calls: CallFigures
    turns: TurnFigures | None


@dataclass(frozen=True, slots=True)
class Course:
    """How medians went over time, oldest first, in equal slices; None for a slice without figures.

    Attributes:
        slice_seconds: How long a slice is, 0 without any.
        first_token: Seconds until the first text.
        tokens_per_second: How fast replies were written.
        turn_seconds: Wall time of a turn.
    """

    slice_seconds: float = 0.0
    first_token: tuple[float | None, ...] = ()
    tokens_per_second: tuple[float | None, ...] = ()
    turn_seconds: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricsReport:
    """Everything that was asked for.

    Attributes:
        since: The oldest turn that counts, in seconds since the epoch; None for all.
        thread: The only thread that counts, or None for all.
        by: What the groups are.
        turns: Figures of all turns.
        calls: Figures of all calls.
        groups: The figures of each; days oldest first, others by their tokens.
        course: How they went over time.
    """

    since: float | None
    thread: str | None
    by: Grouping
    turns: TurnFigures
    calls: CallFigures
    groups: tuple[MetricsGroup, ...]
    course: Course
