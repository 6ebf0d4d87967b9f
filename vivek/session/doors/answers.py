"""Answers questions about known names from the index, at once: no model, no graph, no network."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from vivek.errors import ConfigError, IndexingError, WorkspaceError
from vivek.project.questions import FORMS, Candidate, Form, own_forms, read_question
from vivek.schema.answers import IndexAnswer
from vivek.schema.events import Notice
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.live import LiveSettings
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import Settings, load_settings

if TYPE_CHECKING:
    from vivek.project.index.base import Lookup

PATIENCE = 0.1
"""Seconds that an answer waits for the index to be brought up to date."""

_BEHIND = "The index could not be brought up to date in time: what changed lately may be missing."
_BUILD = "`vivek index build` makes it whole."


class IndexAnswers:
    """Answers what the index of a project can answer; meant for a thread, since it waits for the disk.

    Args:
        place: The project.
        choices: What the command line asked for.
        patience: Seconds that an answer waits for the index to be brought up to date.
        least: How sure it must be that the index is meant, None for what the settings say.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        place: Place,
        choices: Choices,
        *,
        patience: float = PATIENCE,
        least: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._choices = choices
        self._patience = patience
        self._least = least
        self._clock = clock
        self._settings: LiveSettings | None = None
        self._own: tuple[tuple[str, ...], tuple[Form, ...]] = ((), ())
        self._lookup: Lookup | None = None
        self._held = ExitStack()
        self._refreshing: threading.Thread | None = None
        self._left = threading.Event()
        self._current = False
        self._news: list[Notice] = []

    def answer(self, text: str) -> IndexAnswer | None:
        """Return the answer to a message, None where it is for a model: because of its form, or of what is known.

        Raises:
            ConfigError: If the settings cannot be read.
        """
        if self._place.restricted:
            return None
        now = self._now()
        spec = now.answers
        wanted = (spec.enabled or self._least is not None) and now.index.enabled
        least = spec.confidence if self._least is None else self._least
        asked = read_question(text, (*self._forms(spec.patterns), *FORMS)) if wanted else None
        if asked is None or asked.sure < least:
            return None
        try:
            return self._looked_up(asked, least)
        except (IndexingError, WorkspaceError) as error:
            self._news.append(Notice(error.message, error.hint))
            return None

    def take_news(self) -> tuple[Notice, ...]:
        """Return what there is to tell since the last call: why something was not answered here."""
        news, self._news = tuple(self._news), []
        return news

    def close(self) -> None:
        """Let the index go."""
        self._left.set()
        if self._refreshing is not None:
            self._refreshing.join()
        self._lookup = None
        self._held.close()

    def _now(self) -> Settings:
        """Return the settings as the files say them by now."""
        if self._settings is None:
            self._settings = LiveSettings(self._place, self._choices, load_settings(self._place, self._choices))
        self._settings.refresh()  # the session tells what changed
        return self._settings.now

    def _forms(self, patterns: Sequence[str]) -> tuple[Form, ...]:
        """Return the forms of the user's own patterns; those that cannot be used are told once."""
        if tuple(patterns) != self._own[0]:
            try:
                self._own = (tuple(patterns), own_forms(patterns))
            except ConfigError as error:
                self._own = (tuple(patterns), ())
                self._news.append(Notice(f"{error.message} None of your patterns is used.", error.hint))
        return self._own[1]

    def _looked_up(self, asked: Candidate, least: float) -> IndexAnswer | None:
        from vivek.session.answering import answer_of

        lookup = self._open()
        current = self._refreshed(lookup)
        answer = answer_of(asked, lookup)
        if not lookup.status().complete and (answer is None or answer.kind != "where"):
            self._news.append(Notice("The index of this project is not complete yet; the model is asked.", _BUILD))
            return None
        if answer is None or answer.confidence < least:
            return None
        return answer if current else replace(answer, notes=(*answer.notes, _BEHIND))

    def _open(self) -> "Lookup":
        if self._lookup is None:
            ignored, home = self._now().project.ignore, find_home(self._place)
            self._lookup = self._held.enter_context(open_lookup(self._place, home, ignored))
        return self._lookup

    def _refreshed(self, lookup: "Lookup") -> bool:
        """Bring the index up to date; False when that takes longer than anybody waits."""
        if self._refreshing is None or not self._refreshing.is_alive():
            self._current = False
            self._refreshing = threading.Thread(target=self._refresh, args=(lookup,), daemon=True)
            self._refreshing.start()
        self._refreshing.join(self._patience)
        return self._current

    def _refresh(self, lookup: "Lookup") -> None:
        end, late = self._clock() + self._patience, False

        def stops() -> bool:
            # Reading files takes the processor from whoever types: a session has a child for that.
            nonlocal late
            late = late or self._left.is_set() or self._clock() > end
            return late

        with suppress(IndexingError):
            lookup.refresh(stop=stops)
            self._current = not late
