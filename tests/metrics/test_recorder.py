"""Figures of turns on their way into `metrics.db`."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.fakes import FakeClock
from vivek.errors import WorkspaceError
from vivek.metrics.recorder import Recorder
from vivek.metrics.spec import MetricsSpec
from vivek.metrics.tables import FILE_NAME, MOST_TURNS, open_metrics, prune
from vivek.schema.checks import Check
from vivek.schema.chunk import Usage
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    CallDone,
    CheckDone,
    EditApplied,
    EditRefused,
    EditStaged,
    Event,
    NodeStarted,
    ReviewDone,
    TextDelta,
    TurnDone,
    TurnStarted,
)
from vivek.schema.report import TurnReport, TurnUsage
from vivek.schema.review import Review
from vivek.workspace.database import Opened

DAY = 86_400.0
CHANGE = FileChange("a.py", "modify", 1, 1, applied=True)
FULL = Usage(1_000, 900, 50, 0.5, 0.25, 2.0, 7, 0.003)


def ended(status: Any = "done", seconds: float = 5.0) -> TurnDone:
    return TurnDone(TurnReport("calm-otter-7", status, usage=TurnUsage(seconds=seconds, time_to_first_token=0.5)))


WHOLE: tuple[Event, ...] = (
    TurnStarted("calm-otter-7", "ollama/a", 4_096, "given"),
    NodeStarted("planner"),
    NodeStarted("executor"),
    TextDelta("executor", "a secret word"),
    CallDone("executor", FULL, 3.0, 0.75, "ollama/b", "length"),
    NodeStarted("stage"),
    EditStaged(CHANGE),
    EditRefused("b.py", "not found"),
    CheckDone(Check("parse", "passed")),
    CheckDone(Check("tests", "failed")),
    CheckDone(Check("lint", "skipped")),
    ReviewDone(Review(0.25, needs_work=True, feedback="secret too"), 1),
    NodeStarted("executor"),
    CallDone("executor", Usage(), 1.0, None),
    ReviewDone(Review(None, needs_work=False, feedback=""), 2),
    EditApplied(CHANGE),
    ended(),
)


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Recorder]:
    """Record turns: `record(events, events, ..., keep_days=...)`; returns the recorder, closed."""

    def record_(*turns: Sequence[Event], goes_on: bool = False, now: float = 1_000.0 * DAY, **spec: Any) -> Recorder:
        recorder = Recorder(
            tmp_path,
            MetricsSpec(**spec),
            thread_id="calm-otter-7",
            model="ollama/a",
            clock=FakeClock(),
            now=lambda: now,
        )
        for events in turns:
            with recorder.turn(goes_on=goes_on) as note:
                for event in events:
                    note(event)
        recorder.close()
        return recorder

    return record_


def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / FILE_NAME)
    try:
        return connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
    finally:
        connection.close()


def test_a_turn_becomes_a_row_and_so_does_each_call_and_verdict(
    record: Callable[..., Recorder], tmp_path: Path
) -> None:
    recorder = record(WHOLE)

    head = (1, 1_000.0 * DAY, "calm-otter-7", "ollama/a", "done", 5.0, 0.5)
    assert rows(tmp_path, "turns") == [(*head, 4, 1, 1, 1, 1, 1, 1)]
    assert rows(tmp_path, "calls") == [
        (1, 2, "executor", "ollama/b", 1_000, 900, 50, 7, 0.5, 0.25, 2.0, 3.0, 0.75, "length", 0.003),
        # What the server did not tell is NULL, not 0.
        (1, 4, "executor", "ollama/a", *[None] * 7, 1.0, None, None, None),
    ]
    assert rows(tmp_path, "verdicts") == [(1, 1, 0.25, 1), (1, 2, None, 0)]
    assert recorder.take_news() == ()


def test_no_word_of_a_prompt_or_a_reply_is_kept(record: Callable[..., Recorder], tmp_path: Path) -> None:
    record(WHOLE)

    assert b"secret" not in b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))


def test_the_rest_of_a_turn_joins_its_row(record: Callable[..., Recorder], tmp_path: Path) -> None:
    record((*WHOLE[:-2], ended("needs_approval")))
    record(
        [NodeStarted("apply"), EditApplied(CHANGE), CallDone("x", Usage(), 1.0, None), ended("done", 2.0)], goes_on=True
    )

    [turn] = rows(tmp_path, "turns")
    assert turn[4:] == ("done", 7.0, 0.5, 5, 1, 1, 1, 1, 1, 1)
    assert [call[:2] for call in rows(tmp_path, "calls")] == [(1, 2), (1, 4), (1, 5)]


def test_an_answer_to_a_turn_that_nobody_recorded_is_a_row_of_its_own(
    record: Callable[..., Recorder], tmp_path: Path
) -> None:
    record(WHOLE)
    record([EditApplied(CHANGE), ended("done", 2.0)], goes_on=True)

    assert [turn[4:6] for turn in rows(tmp_path, "turns")] == [("done", 5.0), ("done", 2.0)]


def test_a_turn_that_breaks_off_is_cancelled(tmp_path: Path) -> None:
    clock = FakeClock()
    recorder = Recorder(tmp_path, MetricsSpec(), thread_id="calm-otter-7", model="ollama/a", clock=clock)

    with pytest.raises(KeyboardInterrupt), recorder.turn() as note:
        note(NodeStarted("planner"))
        clock.now += 3.0
        raise KeyboardInterrupt
    recorder.close()

    [turn] = rows(tmp_path, "turns")
    assert turn[4:8] == ("cancelled", 3.0, None, 1)


def test_nothing_is_kept_where_the_user_wants_none(record: Callable[..., Recorder], tmp_path: Path) -> None:
    record(WHOLE, enabled=False)

    assert list(tmp_path.iterdir()) == []


def test_old_figures_are_forgotten(record: Callable[..., Recorder], tmp_path: Path) -> None:
    record(WHOLE, now=1_000 * DAY)
    record(WHOLE, now=1_030 * DAY, keep_days=30)
    assert len(rows(tmp_path, "turns")) == 2

    record(WHOLE, now=1_031 * DAY, keep_days=30)

    assert [turn[1] for turn in rows(tmp_path, "turns")] == [1_030 * DAY, 1_031 * DAY]
    assert {call[0] for call in rows(tmp_path, "calls")} == {2, 3}
    assert {said[0] for said in rows(tmp_path, "verdicts")} == {2, 3}


def test_there_is_a_most_however_new_turns_are(record: Callable[..., Recorder], tmp_path: Path) -> None:
    record(WHOLE, WHOLE, WHOLE)
    connection = open_metrics(tmp_path).connection
    connection.execute("DELETE FROM calls")
    connection.execute("DELETE FROM verdicts")
    connection.execute("UPDATE turns SET id = ? WHERE id = 3", (MOST_TURNS + 1,))
    prune(connection, now=1_000 * DAY, keep_days=1)

    assert [turn for (turn,) in connection.execute("SELECT id FROM turns")] == [2, MOST_TURNS + 1]
    connection.close()


def test_what_is_no_database_is_told_once_and_left_alone(record: Callable[..., Recorder], tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    recorder = record(WHOLE, WHOLE)

    [told] = recorder.take_news()
    assert "is not a plain file" in told.text
    assert (tmp_path / FILE_NAME).is_dir()


def test_a_full_disk_is_told_once_and_disturbs_no_turn(record: Callable[..., Recorder], tmp_path: Path) -> None:
    def open_full(folder: Path) -> Opened:
        opened = open_metrics(folder)
        opened.connection.execute("PRAGMA max_page_count=1")  # no page more than there are
        return opened

    record(WHOLE)
    recorder = Recorder(
        tmp_path, MetricsSpec(), thread_id="calm-otter-7", model="ollama/a", now=lambda: 1_000 * DAY, opener=open_full
    )
    for _ in range(3):
        with recorder.turn() as note:
            for event in WHOLE * 100:
                note(event)
    recorder.close()

    [told] = recorder.take_news()
    assert told.text.startswith("Figures of this session are no longer kept: There is no space left to write ")
    assert told.hint == "Free some space, then try again."
    assert len(rows(tmp_path, "turns")) == 1


def test_a_damaged_file_is_kept_aside_and_told(record: Callable[..., Recorder], tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all " * 100)

    recorder = record(WHOLE)

    [told] = recorder.take_news()
    assert told.text == f"Damaged metrics were kept aside as {tmp_path / FILE_NAME}.corrupt-1."
    assert len(rows(tmp_path, "turns")) == 1


def test_a_file_of_a_newer_vivek_is_not_touched(record: Callable[..., Recorder], tmp_path: Path) -> None:
    record(WHOLE)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    [told] = record(WHOLE).take_news()
    assert "made by a newer vivek" in told.text
    with pytest.raises(WorkspaceError):
        open_metrics(tmp_path)


def test_two_sessions_write_into_one_file(tmp_path: Path) -> None:
    both = [Recorder(tmp_path, MetricsSpec(), thread_id=name, model="ollama/a") for name in ("one", "two")]
    for _ in range(5):
        for recorder in both:
            with recorder.turn() as note:
                for event in WHOLE:
                    note(event)
    for recorder in both:
        recorder.close()

    assert len(rows(tmp_path, "turns")) == 10
    assert [recorder.take_news() for recorder in both] == [(), ()]
