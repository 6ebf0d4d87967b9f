"""What becomes of a review by a model that is stopped: what was read by then is kept, whoever stops it."""

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from tests.session.reviewers import Reviewer, spoil
from vivek.cli.keys import Interrupts, SignalledError
from vivek.cli.reviewing.asking import Asked, Asking
from vivek.schema.changes import ScopeWish
from vivek.session.doors.review import collect_changes, review_static
from vivek.session.options import Choices
from vivek.session.piecewise.review import open_review
from vivek.session.place import open_place


async def asked(root: Path, model: Reviewer, interrupts: Interrupts, told: list[str]) -> Asked:
    spoil(root)
    place = open_place(root)
    changes = collect_changes(place, ScopeWish())
    opener = partial(open_review, provider=model)
    asking = Asking("quick", Choices(), named=True, live=True, tell=told.append, opener=opener)
    return await asking.review(place, changes, review_static(place, changes), interrupts.run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_leaves_a_report_of_what_was_read(workspace: Path, number: signal.Signals) -> None:
    model, told, interrupts = Reviewer(), list[str](), Interrupts(time.monotonic)

    def interrupted(_: str) -> None:
        if len(model.requests) == 4:  # the file with the defect is done, the other one begins
            os.kill(os.getpid(), number)

    model.says = interrupted
    result = await asked(workspace, model, interrupts, told)

    assert result.stopped
    assert result.report.status == "incomplete"
    assert [each.rule for each in result.report.findings] == ["review/wrong-result"]
    assert [each.path for each in result.report.receipts if each.skipped] == ["till/prices.py"]
    if number == signal.SIGTERM:
        with pytest.raises(SignalledError):
            interrupts.leave()


async def test_each_piece_and_each_finding_is_told_as_it_comes(workspace: Path) -> None:
    told: list[str] = []

    result = await asked(workspace, Reviewer(), Interrupts(time.monotonic), told)

    assert not result.stopped
    assert told[0].startswith("looking for a model")
    assert told[1].startswith("scripted/default: 2 pieces, ")
    assert told[2:] == [
        "  till/report.py:8: high: The first price is left out. [review/wrong-result, confidence high]",
        "[1/2] till/report.py:7-8",
        "[2/2] till/prices.py:5",
    ]
