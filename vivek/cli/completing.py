"""What the input line offers while something is typed: names behind a slash, files and definitions behind an `@`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

if TYPE_CHECKING:
    from vivek.session.doors.mentionable import Mentionable
    from vivek.session.place import Place

_MENTION = re.compile(r"(?<![\w@/`])@([^\s@]{1,200})$")


class MentionCompleter(Completer):
    """Completes what stands behind an `@`: files and names.

    Args:
        find: Returns what the beginning of a name may mean, each with what it is.
    """

    def __init__(self, find: Callable[[str], Sequence[tuple[str, str]]]) -> None:
        self._find = find

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what can be meant."""
        begun = _MENTION.search(document.text_before_cursor)
        if begun is not None:
            for name, about in self._find(begun[1]):
                yield Completion(name, start_position=-len(begun[1]), display_meta=about)


class SlashCompleter(Completer):
    """Completes the names behind a slash at the beginning of the line."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the names that begin as the line does."""
        text = document.text_before_cursor
        if text.startswith("/") and not any(char.isspace() for char in text):
            for name, about in self._names.items():
                if name.startswith(text):
                    yield Completion(name, start_position=-len(text), display_meta=about)


class Mentioning:
    """Looks in a project for what stands behind an `@`; nothing is imported or opened before the first one is typed.

    Args:
        place: The project.
    """

    def __init__(self, place: "Place") -> None:
        self._place = place
        self._door: Mentionable | None = None

    def __call__(self, begun: str) -> Sequence[tuple[str, str]]:
        """Return what the beginning of a name may mean, each with what it is."""
        if self._door is None:
            from vivek.session.doors.mentionable import Mentionable

            self._door = Mentionable(self._place)
        return self._door.complete(begun)

    def close(self) -> None:
        """Let go of what was opened."""
        if self._door is not None:
            self._door.close()
