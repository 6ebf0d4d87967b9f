"""What the input line offers while something is typed: names behind a slash and what may follow them, mentions."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, ThreadedCompleter, merge_completers
from prompt_toolkit.document import Document

from vivek.cli.render.safe_text import one_line
from vivek.errors import VivekError

if TYPE_CHECKING:
    from vivek.session.doors.mentionable import Mentionable
    from vivek.session.place import Place

KINDS = ("MODE", "ID", "PATH", "MODEL", "PROVIDER/NAME")
"""Words of a usage that things are looked up for."""

_STALE_SECONDS = 30.0
_ARGUMENT = re.compile(r"[A-Z]+/[A-Z]+|[A-Z]+|[a-z][a-z-]*|--[a-z-]+")
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


class Named(Protocol):
    """A command of the chat, as far as completion goes.

    Attributes:
        usage: The name and what may follow it: `/mode MODE`, `/approve [ask|edits]`.
        about: What it does.
    """

    @property
    def usage(self) -> str:
        """The name and what may follow it."""
        ...

    @property
    def about(self) -> str:
        """What it does."""
        ...


class SlashCompleter(Completer):
    """Completes the names behind a slash at the beginning of the line."""

    def __init__(self, names: Mapping[str, Named]) -> None:
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the names that begin as the line does."""
        text = document.text_before_cursor
        if text.startswith("/") and not any(char.isspace() for char in text):
            for name, slash in self._names.items():
                if name.startswith(text):
                    yield Completion(name, start_position=-len(text), display_meta=slash.about)


class ArgumentCompleter(Completer):
    """Completes what follows a name behind a slash, as its usage says: choices that it lists, or things of a kind.

    Args:
        names: The commands.
        find: Returns the things of a kind, such as `MODE`, that begin so, each with what it is.
    """

    def __init__(self, names: Mapping[str, Named], find: Callable[[str, str], Sequence[tuple[str, str]]]) -> None:
        self._names = names
        self._find = find

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what can follow."""
        name, within, rest = document.text_before_cursor.partition(" ")
        slash = self._names.get(name)
        if slash is None or not within or "\n" in rest:
            return
        begun = rest.rpartition(" ")[2]
        for word in _ARGUMENT.findall(slash.usage.partition(" ")[2]):
            if word in KINDS:
                found = self._find(word, begun)
            elif word.isupper() or " " in rest:
                continue
            else:
                found = [(word, "")] if word.startswith(begun) else []
            for offered, about in found:
                yield Completion(offered, start_position=-len(begun), display_meta=about)


class Arguments:
    """Finds what can follow a command of the chat; nothing is imported or asked before the first one is typed.

    Args:
        place: The project.
        mentions: Completes files.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        place: "Place",
        mentions: Callable[[str], Sequence[tuple[str, str]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._mentions = mentions
        self._clock = clock
        self._models: tuple[tuple[str, str], ...] = ()
        self._asked: float | None = None

    def __call__(self, kind: str, begun: str) -> Sequence[tuple[str, str]]:
        """Return the things of a kind that begin so; none where they cannot be read: completion is no place to fail."""
        try:
            match kind:
                case "PATH":
                    return [found for found in self._mentions(begun) if found[1] == "file"]
                case "MODE":
                    found = self._find_modes()
                case "ID":
                    found = self._find_threads()
                case _:
                    found = self._find_models()
        except VivekError:
            return []
        return [offered for offered in found if offered[0].startswith(begun)]

    def _find_modes(self) -> Sequence[tuple[str, str]]:
        from vivek.session.pages.modes import load_modes
        from vivek.session.trust import Trust

        modes = load_modes(self._place, Trust.open())[0]
        return [(name, modes.of(name).summary) for name in modes.names]

    def _find_threads(self) -> Sequence[tuple[str, str]]:
        from vivek.session.threads.index import ThreadIndex

        with ThreadIndex.open() as index:
            return [(thread.id, one_line(thread.title, 60)) for thread in index.list(self._place.root)]

    def _find_models(self) -> Sequence[tuple[str, str]]:
        """Return the models of this machine; its servers are asked at most twice a minute, services never."""
        if self._asked is None or self._clock() - self._asked > _STALE_SECONDS:
            from vivek.session.models.completing import find_names

            self._models, self._asked = find_names(self._place), self._clock()
        return self._models


def build_completer(
    names: Mapping[str, Named],
    mentions: Callable[[str], Sequence[tuple[str, str]]],
    arguments: Callable[[str, str], Sequence[tuple[str, str]]],
) -> Completer:
    """Return what completes a line: names at once, what has to be looked up in a thread.

    Args:
        names: The commands of the chat.
        mentions: Completes what stands behind an `@`.
        arguments: Completes what follows a command.
    """
    looked_up = merge_completers([MentionCompleter(mentions), ArgumentCompleter(names, arguments)])
    return merge_completers([SlashCompleter(names), ThreadedCompleter(looked_up)])


class Mentioning:
    """Looks in a project for what stands behind an `@`; nothing is imported or opened before the first one is typed.

    Args:
        place: The project.
        profile: The profile of settings that is in force.
    """

    def __init__(self, place: "Place", profile: str | None = None) -> None:
        self._place = place
        self._profile = profile
        self._door: Mentionable | None = None

    def __call__(self, begun: str) -> Sequence[tuple[str, str]]:
        """Return what the beginning of a name may mean, each with what it is."""
        if self._door is None:
            from vivek.session.doors.mentionable import Mentionable

            self._door = Mentionable(self._place, profile=self._profile)
        return self._door.complete(begun)

    def close(self) -> None:
        """Let go of what was opened."""
        if self._door is not None:
            self._door.close()
