"""Fits what the token tables count to what a server reports: a factor, and what its chat template adds. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from vivek.schema.counts import TokenReport

KEPT: Final = 24
"""Reports that a fit looks back on."""

MANY: Final = 8
"""Reports among which one may be wrong."""

_NOISE: Final = 0.01  # share by which a report differs from any fit, at the least
_ROUNDS: Final = 8
_TOLERANCE: Final = 1.5  # noises beyond which a report weighs less, so that a wrong one does not bend the fit
_SMALLEST: Final = 100  # tokens below which a share says nothing


@dataclass(frozen=True, slots=True)
class Weights:
    """How a server's count follows from ours.

    Attributes:
        plain: Its tokens for one of the tables' in ASCII text.
        digit: How much of what the tables saved on digits it does not save: 1 where each digit stands alone.
        other: Its tokens for one of the tables' in all other text.
        message: What the template puts around a message.
        fixed: What it puts into every prompt.
    """

    plain: float = 1.0
    digit: float = 0.0
    other: float = 1.0
    message: float = 5.0
    fixed: float = 3.0

    def text(self, plain: float, digits: float, other: float) -> float:
        """Return the tokens of a text."""
        return self.plain * plain + self.digit * digits + self.other * other

    def of(self, report: TokenReport) -> float:
        """Return the tokens of the prompt that a report is about."""
        said = self.text(report.plain, report.digits, report.other)
        return said + self.message * report.messages + self.fixed


USUAL: Final = Weights()
"""What is assumed before the first report: the tables are right, the template marks the begin and end of a message."""

_SPREAD: Final = Weights(0.5, 0.5, 0.5, 5.0, 50.0)  # how far from the usual these may well lie
_LEAST: Final = Weights(0.25, 0.0, 0.1, 0.0, 0.0)
_MOST: Final = Weights(5.0, 2.0, 5.0, 64.0, 20_000.0)


def is_plausible(report: TokenReport) -> bool:
    """Tell whether a report can be the size of its whole prompt, and is large enough to teach something.

    A server that counts only what its cache did not hold says too little.
    """
    said = report.plain + report.other
    if said < _SMALLEST // 2:
        return False
    least = 0.6 * report.plain + 0.2 * report.other
    most = 4 * said + _MOST.message * report.messages + 4096
    return least <= report.read <= most


def fit_weights(reports: Sequence[TokenReport]) -> Weights:
    """Return the weights that most of the reports agree on.

    Least squares of the shares by which they are off, drawn to the usual where reports say nothing; what lies far
    off counts less from round to round.
    """
    if not reports:
        return USUAL
    ratio = median(report.read / max(1, report.plain + report.other) for report in reports)
    weights = _within([min(ratio, 2.0), *_listed(USUAL)[1:]])
    for _ in range(_ROUNDS):
        off = [abs(_off(report, weights)) for report in reports]
        noise = max(_NOISE, median(off))
        trust = [min(1.0, _TOLERANCE * noise / each) if each else 1.0 for each in off]
        weights = _within(_solve(*_equations(reports, trust, noise)))
    return weights


def worst_below(reports: Sequence[TokenReport], weights: Weights) -> float:
    """Return the largest share by which the weights make a report too small, 0.0 when they make none so.

    Of many reports a single one may be wrong: the second largest counts.
    """
    below = sorted([0.0, *(_off(report, weights) for report in reports)])
    return max(0.0, below[-2] if len(reports) >= MANY else below[-1])


def _off(report: TokenReport, weights: Weights) -> float:
    estimate = weights.of(report)
    return (report.read - estimate) / max(_SMALLEST, estimate)


def _equations(
    reports: Sequence[TokenReport], trust: Sequence[float], noise: float
) -> tuple[list[list[float]], list[float]]:
    """Return the normal equations, the usual weights among them as one soft observation each."""
    usual, spread = _listed(USUAL), _listed(_SPREAD)
    size = len(usual)
    left = [[0.0] * size for _ in range(size)]
    right = [0.0] * size
    for at in range(size):
        left[at][at] = spread[at] ** -2
        right[at] = usual[at] * spread[at] ** -2
    for report, share in zip(reports, trust, strict=True):
        row = [report.plain, report.digits, report.other, report.messages, 1.0]
        weight = share / (noise * max(_SMALLEST, report.read)) ** 2
        for at in range(size):
            right[at] += weight * row[at] * report.read
            for other in range(size):
                left[at][other] += weight * row[at] * row[other]
    return left, right


def _solve(left: list[list[float]], right: list[float]) -> list[float]:
    """Solve a small system that is symmetric and positive, by elimination."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(left, right, strict=True)]
    for at in range(size):
        for below in range(at + 1, size):
            share = rows[below][at] / rows[at][at]
            rows[below] = [one - share * other for one, other in zip(rows[below], rows[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][other] * found[other] for other in range(at + 1, size))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found


def _listed(weights: Weights) -> list[float]:
    return [weights.plain, weights.digit, weights.other, weights.message, weights.fixed]


def _within(found: Sequence[float]) -> Weights:
    """Return weights within what is possible."""
    bounds = zip(found, _listed(_LEAST), _listed(_MOST), strict=True)
    return Weights(*(min(most, max(least, value)) for value, least, most in bounds))
