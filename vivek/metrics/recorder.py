"""Turns events into rows of `metrics.db`, behind the turn: what fails here is said once and disturbs nobody."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from vivek.errors import VivekError
from vivek.metrics.spec import MetricsSpec
from vivek.metrics.tables import FILE_NAME, open_metrics, prune, write
from vivek.metrics.tally import HEARD, Heard, Tally
from vivek.schema.events import Notice
from vivek.workspace.database import Opened
from vivek.workspace.database_errors import translate_database_errors


class Recorder:
    """Keeps the figures of a thread's turns.

    Args:
        folder: The project's data folder.
        spec: What the user set.
        thread_id: The thread.
        model: `provider/model` of who does the work.
        clock: Seconds of a clock that only goes forward.
        now: Seconds since the epoch.
        opener: Opens the database.
    """

    def __init__(
        self,
        folder: Path,
        spec: MetricsSpec,
        *,
        thread_id: str,
        model: str,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        opener: Callable[[Path], Opened] = open_metrics,
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._thread_id = thread_id
        self._model = model
        self._clock = clock
        self._now = now
        self._open = opener
        self._stopped = not spec.enabled
        self._writer: ThreadPoolExecutor | None = None
        self._db: sqlite3.Connection | None = None
        self._news: list[Notice] = []

    @contextmanager
    def turn(self, *, goes_on: bool = False) -> Iterator[Callable[[Heard], None]]:
        """Give what takes the events of a turn; its rows are written behind it, however it ends.

        Args:
            goes_on: Whether it is the rest of a turn that waited for an answer.
        """
        began = self._clock()
        tally = Tally(self._thread_id, self._model, self._now(), goes_on=goes_on)

        def note(event: Heard) -> None:
            if type(event) in HEARD:  # nearly all events are pieces of a reply: they cost one look
                tally.take(event)

        try:
            yield note
        finally:
            if tally.seconds is None:
                tally.seconds = self._clock() - began
            if not self._stopped:
                self._hand_over(tally)

    def take_news(self) -> tuple[Notice, ...]:
        """Return what is to be told since the last call."""
        news = tuple(self._news)
        self._news.clear()
        return news

    def close(self) -> None:
        """Wait until everything is written."""
        if self._writer is not None:
            self._writer.submit(self._close_database)
            self._writer.shutdown(wait=True)
            self._writer = None

    def _hand_over(self, tally: Tally) -> None:
        if self._writer is None:
            self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="metrics")
        self._writer.submit(self._write, tally)

    def _write(self, tally: Tally) -> None:
        """Write a turn; runs in the writer's thread."""
        if self._stopped:
            return
        try:
            with translate_database_errors(self._folder / FILE_NAME):
                write(self._opened(), tally)
        except VivekError as error:
            # A disk that is full stays full: one sentence, and no more tries in this session.
            self._stopped = True
            self._news.append(Notice(f"Figures of this session are no longer kept: {error.message}", hint=error.hint))

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            opened = self._open(self._folder)
            self._db = opened.connection
            if opened.kept_aside is not None:
                self._news.append(Notice(f"Damaged metrics were kept aside as {opened.kept_aside}."))
            prune(self._db, now=self._now(), keep_days=self._spec.keep_days)
        return self._db

    def _close_database(self) -> None:
        if self._db is not None:
            with closing(self._db):
                self._db = None
