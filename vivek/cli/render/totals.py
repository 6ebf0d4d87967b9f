"""What the turns of a chat came to, and the line that it ends with."""

from dataclasses import dataclass, field

from vivek.schema.report import TurnReport, TurnUsage

_MINUTE = 60


@dataclass(slots=True)
class Totals:
    """Sums over the turns of a chat; a figure that one turn did not tell is unknown for all.

    Attributes:
        turns: Turns that ended, however they did.
        usage: Figures of the models.
        files: The files that were changed.
        iterations: Verdicts of reviews.
        score: The last review's, or None.
    """

    turns: int = 0
    usage: TurnUsage = field(default_factory=TurnUsage)
    files: frozenset[str] = frozenset()
    iterations: int = 0
    score: float | None = None

    def add(self, report: TurnReport, verdicts: int) -> None:
        """Add a turn.

        Args:
            report: How it ended.
            verdicts: How often it was reviewed.
        """
        self.turns += 1
        self.usage = self.usage.with_turn(report.usage)
        self.files |= {change.path for change in report.changes if change.applied}
        self.iterations += verdicts
        if report.review is not None and report.review.score is not None:
            self.score = report.review.score


def totals_of(totals: Totals) -> str:
    """Return one line; what is unknown is left out."""
    usage = totals.usage
    parts = [f"{_counted(totals.turns, 'turn')} in {_lasting(usage.seconds)}"]
    if usage.prompt_tokens is not None:
        cached = "cached unknown" if usage.cached_tokens is None else f"{usage.cached_tokens:,} cached"
        parts.append(f"prompt {usage.prompt_tokens:,} tokens ({cached})")
    if usage.completion_tokens is not None:
        parts.append(f"reply {usage.completion_tokens:,} tokens")
    if usage.tokens_per_second is not None:
        parts.append(f"{usage.tokens_per_second:.1f} tok/s")
    parts.append(f"{_counted(len(totals.files), 'file')} changed")
    if totals.iterations:
        score = "not scored" if totals.score is None else f"score {totals.score:.2f}"
        parts.append(f"{_counted(totals.iterations, 'review')}, {score}")
    return " · ".join(parts)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _lasting(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes:,} min {rest} s"
