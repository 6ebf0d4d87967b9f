"""The commands that the user or a trusted project brings, as commands of the chat among the others."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from vivek.cli.render.safe_text import one_line
from vivek.cli.slash.desk import Desk
from vivek.cli.slash.table import Slash
from vivek.config.folders import config_folder
from vivek.errors import VivekError
from vivek.schema.events import Notice
from vivek.schema.wishes import TurnWish

if TYPE_CHECKING:
    from vivek.session.doors.own_commands import OwnCommand
    from vivek.session.place import Place

GROUP = "Your own"
"""The heading of commands that do not ship."""

_FOLDER = "commands"
_STALE_SECONDS = 2.0


class Known(Mapping[str, Slash]):
    """All commands of a chat by name: those that ship, and behind them those of pages, which never stand before them.

    Pages are looked for again after some seconds, so that one that was just written counts; nothing is imported for
    that where there are none.

    Args:
        place: The project.
        shipped: The commands that ship.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(
        self, place: "Place", shipped: Mapping[str, Slash], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._place = place
        self._shipped = shipped
        self._clock = clock
        self._own: tuple[dict[str, Slash], tuple[Notice, ...]] = ({}, ())
        self._looked: float | None = None

    def __getitem__(self, name: str) -> Slash:
        return self._shipped[name] if name in self._shipped else self.own()[0][name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._shipped, **self.own()[0]})

    def __len__(self) -> int:
        return len(list(iter(self)))

    def own(self) -> tuple[dict[str, Slash], tuple[Notice, ...]]:
        """Return the commands of pages, and what to tell of pages that are not used."""
        if self._looked is None or self._clock() - self._looked > _STALE_SECONDS:
            self._own, self._looked = self._load(), self._clock()
        return self._own

    def _load(self) -> tuple[dict[str, Slash], tuple[Notice, ...]]:
        try:
            if not any(
                folder.is_dir() for folder in (self._place.root / ".vivek" / _FOLDER, config_folder() / _FOLDER)
            ):
                return {}, ()
            from vivek.session.doors.own_commands import load_commands

            commands, notices = load_commands(self._place)
        except VivekError as error:
            return {}, (Notice(error.message, error.hint or ""),)
        except OSError:
            return {}, ()  # a folder that may not even be looked at
        found: dict[str, Slash] = {}
        told = list(notices)
        for command in commands:
            name = f"/{command.name}"
            if name in self._shipped:
                hint = "Give it another name."
                told.append(Notice(f"{command.origin} is not used: {name} is a command that ships.", hint))
                continue
            found[name] = _slash(name, command)
        return found, tuple(told)


def _slash(name: str, command: "OwnCommand") -> Slash:
    usage = f"{name} [TEXT]" if command.takes else name
    about = f"{one_line(command.about, 60)} ({one_line(command.origin, 80)})"
    return Slash(usage, about, partial(_send, command), GROUP)


async def _send(command: "OwnCommand", desk: Desk, words: str) -> None:
    """Send the text of a command; a model of its own works for this turn only."""
    before = desk.choices
    if command.model is not None:
        other = replace(before, model=command.model, base_url=None, executor=None)
        if await desk.reopen(replace(other, thread=desk.thread, latest=False)) is None:
            return
    await desk.run(command.filled(words), TurnWish(mode=command.mode, reads_only=command.reads))
    if command.model is not None:
        await desk.release()
        desk.choose(replace(before, thread=desk.thread, latest=False))
