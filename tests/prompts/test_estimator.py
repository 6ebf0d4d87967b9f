"""Estimates of prompts: the tables asked once for each text, only when needed, and set right by what servers report."""

import pytest

from vivek.prompts.estimate import bound
from vivek.prompts.estimator import FLOOR, Estimator
from vivek.schema.counts import Calibration, TokenReport

CODE = "def discount(price, rate):\n    return price * (1 - rate)\n" * 40
CHINESE = "我们需要在计算折扣时向上取整并且保持接口不变。" * 10


class Tables:
    """Counts as many tokens as a text has letters by four, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> int:
        self.asked.append(text)
        return -(-len(text) // 4)


def size_of(*texts: str) -> int:
    """Return what the tables of a test make of texts."""
    return sum(-(-len(text) // 4) for text in texts)


def test_a_text_is_counted_once() -> None:
    tables = Tables()
    estimator = Estimator(tables, "qwen")
    for _ in range(3):
        estimator.prompt([CODE, "Why?"])
        estimator.most(CODE)

    assert sorted(tables.asked) == sorted([CODE, "Why?"])


def test_what_servers_report_waits_until_an_estimate_is_needed() -> None:
    tables = Tables()
    estimator = Estimator(tables, "qwen")
    for turn in range(1, 40):
        estimator.note([CODE * turn], "", 2 * size_of(CODE * turn))

    assert estimator.calibration == Calibration("qwen")
    assert tables.asked == []
    estimator.prompt([CODE])
    assert len(estimator.calibration.reports) == 8, "the newest"


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.3, 2.0])
def test_five_reports_are_enough_to_be_within_two_per_cent(factor: float) -> None:
    estimator = Estimator(Tables(), "")
    said: list[str] = ["You help."]
    for turn in range(5):
        said += [f"{CODE}{turn}" * (turn + 1), "Done."]
        estimator.note(said, "", round(factor * size_of(*said) + 6 * len(said) + 10))
        estimator.prompt(said)
    more = [*said, CODE * 3]

    about, most = estimator.prompt(more)

    true = factor * size_of(*more) + 6 * len(more) + 10
    assert about == pytest.approx(true, rel=0.02)
    assert most >= true


def test_the_margin_is_what_estimates_were_off_by_and_never_nothing() -> None:
    steady, shaky = Estimator(Tables(), "qwen"), Estimator(Tables(), "qwen")
    for turn in range(1, 20):
        said = [CODE * turn]
        for estimator, off in ((steady, 1.0), (shaky, 1.0 + 0.04 * (-1) ** turn)):
            estimator.note(said, "", round(size_of(*said) * off) + 8)
            estimator.prompt(said)

    assert steady.share == FLOOR
    assert 0.05 < shaky.share < 0.25


@pytest.mark.parametrize(("tables", "spared"), [("qwen", (1.0, 1.05)), ("", (1.3, 1.4))])
def test_only_a_vocabulary_that_nobody_knows_is_left_room_for_kinds_of_text_that_were_not_seen(
    tables: str, spared: tuple[float, float]
) -> None:
    estimator = Estimator(Tables(), tables)
    for turn in range(1, 20):
        estimator.note([CODE * turn], "", size_of(CODE * turn) + 8)
        estimator.prompt([CODE * turn])

    (about, most), (least, largest) = estimator.prompt([CODE]), spared
    assert least <= most / about <= largest
    assert estimator.prompt(["0" * 900], begun=True)[1] <= bound("0" * 900) + 10, "no vocabulary makes more of it"


def test_what_a_model_with_a_vocabulary_of_its_own_makes_of_other_scripts_is_its_bytes_at_most() -> None:
    unknown, qwen = Estimator(Tables(), ""), Estimator(Tables(), "qwen")

    assert unknown.most(CHINESE) == len(CHINESE.encode())
    assert qwen.most(CHINESE) < len(CHINESE.encode()) // 2
    assert unknown.most(CODE) <= bound(CODE)


def test_digits_that_stand_alone_elsewhere_count_one_each_until_it_is_known() -> None:
    table = "1234567 " * 100

    assert Estimator(Tables(), "").most(table) > size_of(table) + 300
    assert Estimator(Tables(), "llama3").most(table) < size_of(table) * 1.1


def test_texts_that_follow_what_the_server_read_are_counted_without_what_stands_before_all() -> None:
    estimator = Estimator(Tables(), "qwen")

    begun = estimator.prompt([CODE], begun=True)[0]

    assert estimator.prompt([CODE])[0] == begun + 3, "what a template begins every prompt with"
    assert estimator.prompt([CODE], "a tool" * 20)[0] == begun + 3 + size_of("a tool" * 20)


def test_reports_that_cannot_be_right_teach_nothing() -> None:
    estimator = Estimator(Tables(), "qwen")
    for read in (3, 90_000, 0):
        estimator.note([CODE], "", read)
    estimator.prompt([CODE])

    assert estimator.calibration == Calibration("qwen")


def test_what_was_learned_with_other_tables_is_of_no_use() -> None:
    known = Calibration("qwen", (TokenReport(1_000, 0, 0, 2, 1_500),), 0.01)

    assert Estimator(Tables(), "qwen", known).prompt([CODE]) != Estimator(Tables(), "qwen").prompt([CODE])
    assert Estimator(Tables(), "llama3", known).prompt([CODE]) == Estimator(Tables(), "llama3").prompt([CODE])


def test_lone_surrogates_are_counted() -> None:
    assert Estimator(Tables(), "").most("\udc80" * 10) >= 10
