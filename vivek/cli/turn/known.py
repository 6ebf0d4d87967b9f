"""Answers from the index before a model is asked: shown with their label, and given up for the model by one key."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from vivek.cli.render.answers import answer_text
from vivek.cli.render.safe_text import problem
from vivek.errors import VivekError

if TYPE_CHECKING:
    from vivek.session.doors.answers import IndexAnswers
    from vivek.session.options import Choices
    from vivek.session.place import Place

ASK_INSTEAD = "Enter asks the model instead."


class FromIndex:
    """Answers messages that are questions about known names; leaves no trace in the thread.

    Args:
        place: The project.
        choices: What the command line asked for.
        tell: Writes lines.
    """

    def __init__(self, place: "Place", choices: "Choices", tell: Callable[[str], None]) -> None:
        self._place = place
        self._choices = choices
        self._tell = tell
        self._door: IndexAnswers | None = None
        self._asked: str | None = None

    @property
    def waits(self) -> bool:
        """Whether Enter on an empty line asks the model what was answered here."""
        return self._asked is not None

    def take(self) -> str | None:
        """Return what was answered here last, for the model, None where nothing was."""
        asked, self._asked = self._asked, None
        return asked

    async def answer(self, text: str) -> bool:
        """Answer a message and return True; False where it is for the model."""
        self._asked = None
        try:
            found = await asyncio.to_thread(self._held().answer, text)
        except VivekError:
            return False  # a session that does not open for the same reason tells it
        for notice in self._held().take_news():
            self._tell(problem(notice.text, notice.hint))
        if found is None:
            return False
        self._tell(f"{answer_text(found)}\n{ASK_INSTEAD}")
        self._asked = text
        return True

    async def close(self) -> None:
        """Let the index go."""
        if self._door is not None:
            await asyncio.to_thread(self._door.close)

    def _held(self) -> "IndexAnswers":
        from vivek.session.doors.answers import IndexAnswers

        if self._door is None:
            self._door = IndexAnswers(self._place, self._choices)
        return self._door
