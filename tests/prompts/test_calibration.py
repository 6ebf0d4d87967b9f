"""What a server reports of its prompts, fitted to what the tables count: right when they agree, unmoved by one lie."""

import random

import pytest

from vivek.prompts.calibration import KEPT, USUAL, Weights, fit_weights, is_plausible, worst_below
from vivek.schema.counts import TokenReport


def reports(true: Weights, count: int = 12, *, noise: float = 0.0, seed: int = 1) -> list[TokenReport]:
    """Return prompts of growing size as a server with these weights would report them."""
    source = random.Random(seed)
    made = []
    for number in range(count):
        plain, digits = source.randrange(300, 12_000), source.randrange(0, 200)
        other = source.choice([0, 0, source.randrange(50, 900)])
        report = TokenReport(plain, digits, other, 2 + 2 * number, 0)
        read = true.of(report) * (1 + source.uniform(-noise, noise))
        made.append(TokenReport(plain, digits, other, report.messages, round(read)))
    return made


def test_without_reports_the_tables_are_believed() -> None:
    assert fit_weights([]) == USUAL


@pytest.mark.parametrize(
    "true",
    [USUAL, Weights(1.08, 0.0, 0.8, 4.0, 20.0), Weights(1.4, 1.0, 2.0, 7.0, 60.0), Weights(0.9, 0.3, 0.6, 12.0, 3.0)],
)
def test_a_fit_tells_prompts_it_has_not_seen(true: Weights) -> None:
    fitted = fit_weights(reports(true))

    for report in reports(true, seed=2):
        assert fitted.of(report) == pytest.approx(report.read, rel=0.02)


def test_the_overhead_of_a_template_is_learned_from_small_and_large_prompts() -> None:
    long = [TokenReport(2_000, 0, 0, number, 2_000 + 11 * number + 40) for number in range(1, 12)]
    short = [TokenReport(60 * number, 0, 0, number, 60 * number + 11 * number + 40) for number in range(1, 12)]

    fitted = fit_weights([*long, *short])

    assert fitted.plain == pytest.approx(1.0, abs=0.01)
    assert fitted.message * 10 + fitted.fixed == pytest.approx(150, rel=0.1)


@pytest.mark.parametrize("lie", [0.65, 0.9, 1.5, 3.5])
def test_one_wrong_report_among_many_does_not_bend_the_fit(lie: float) -> None:
    said = reports(Weights(1.05, 0.0, 1.0, 5.0, 3.0), noise=0.005)
    wrong = said[7]
    said[7] = TokenReport(wrong.plain, wrong.digits, wrong.other, wrong.messages, round(wrong.read * lie))

    assert fit_weights(said).plain == pytest.approx(1.05, abs=0.02)
    assert worst_below(said, fit_weights(said)) < 0.02, "and one alone does not widen the margin"


def test_every_report_that_can_be_is_fitted_to_what_is_possible() -> None:
    source = random.Random(3)
    for _ in range(300):
        said = [
            TokenReport(*(source.randrange(10 ** source.randrange(1, 8)) for _ in range(5)))
            for _ in range(source.randrange(1, KEPT))
        ]
        fitted = fit_weights(said)
        assert 0.25 <= fitted.plain <= 5
        assert 0 <= fitted.digit <= 2
        assert 0.1 <= fitted.other <= 5
        assert 0 <= fitted.message <= 64
        assert 0 <= fitted.fixed <= 20_000
        assert worst_below(said, fitted) >= 0


@pytest.mark.parametrize(
    ("report", "plausible"),
    [
        (TokenReport(1_000, 0, 0, 3, 1_015), True),
        (TokenReport(1_000, 0, 0, 3, 700), True),
        (TokenReport(1_000, 0, 0, 3, 40), False),  # only what was new to its cache
        (TokenReport(1_000, 0, 0, 3, 0), False),
        (TokenReport(1_000, 0, 0, 3, 90_000), False),
        (TokenReport(20, 0, 0, 2, 60), False),  # too small to teach anything
        (TokenReport(100, 0, 900, 3, 300), True),  # a vocabulary rich in another script
    ],
)
def test_reports_that_cannot_be_of_the_whole_prompt_are_told(report: TokenReport, *, plausible: bool) -> None:
    assert is_plausible(report) is plausible
