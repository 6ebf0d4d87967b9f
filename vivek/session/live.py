"""Picks up changed settings between two turns of a chat: looks at the files' marks first, reads only what changed.

What can change at once does; what needs a new start is said and left. A file with a mistake leaves everything as it is.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from vivek.errors import ConfigError, WorkspaceError
from vivek.schema.configuration import Changed
from vivek.schema.events import Notice
from vivek.schema.settings import Setting
from vivek.session.options import Choices
from vivek.session.origins import settings_files
from vivek.session.place import Place
from vivek.session.settings import SPECS, Settings, build_settings, state_settings

AT_ONCE = (
    "session.mode",
    "session.depth",
    "session.approval",
    "sampling",
    "project.test",
    "project.lint",
    "project.build",
    "context",
    "aids",
    "answers",
    "model.think",
    "model.reply_tokens",
)
"""Settings, or whole tables, whose change counts from the next turn on."""

_Marks = tuple[tuple[int, ...] | None, ...]


def counts_at_once(key: str) -> bool:
    """Tell whether a change of a setting counts from the next turn on, and needs no new start."""
    return any(key == each or key.startswith(f"{each}.") for each in AT_ONCE)


@dataclass(frozen=True, slots=True)
class News:
    """What came of a look at the files.

    Attributes:
        settings: Those that are in force now.
        changed: What changed, at once or not.
        notices: What to tell the user.
    """

    settings: Settings
    changed: tuple[Changed, ...] = ()
    notices: tuple[Notice, ...] = ()

    def changes(self, key: str) -> bool:
        """Tell whether a setting has another value from now on."""
        return any(each.after.key == key for each in self.changed)


@dataclass(slots=True)
class LiveSettings:
    """The settings of a chat that is running.

    Attributes:
        place: The project.
        choices: What the command line asked for; it goes on to win over every file.
        now: The settings in force.
    """

    place: Place
    choices: Choices
    now: Settings
    _marks: _Marks = ()
    _read: Mapping[str, Setting] = field(default_factory=dict)
    _told: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._marks = self._look()
        self._read = self.now.origins
        self._told = frozenset(notice.text for notice in self.now.notices)

    def refresh(self) -> News:
        """Look whether a file of settings changed, and take over what may count at once; never raises for a file."""
        marks = self._look()
        if marks == self._marks:
            return News(self.now)
        self._marks = marks
        try:
            fresh = build_settings(state_settings(self.place, self.choices))
        except (ConfigError, WorkspaceError) as error:
            hint = f"The settings before it stay in force. {error.hint or ''}".strip()
            return News(self.now, notices=(Notice(f"The changed settings are not used: {error.message}", hint=hint),))
        before, self._read = self._read, fresh.origins
        changed = tuple(
            Changed(before[key], after)
            for key, after in fresh.origins.items()
            if key in before and before[key].value != after.value
        )
        self.now = _merged(self.now, fresh)
        told = [notice for notice in fresh.notices if notice.text not in self._told]
        self._told = frozenset(notice.text for notice in fresh.notices)
        at_once = tuple(each for each in changed if counts_at_once(each.after.key))
        return News(self.now, at_once, (*told, *_telling(changed)))

    def _look(self) -> _Marks:
        return tuple(_mark(path) for path in settings_files(self.place))


def _mark(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is written, None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - quicker, and asked before every turn
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _merged(now: Settings, fresh: Settings) -> Settings:
    """Return the settings in force with what may count at once taken from others."""
    tables = {}
    for table in SPECS:
        mine, theirs = getattr(now, table), getattr(fresh, table)
        names = [each.name for each in fields(mine) if counts_at_once(f"{table}.{each.name}")]
        tables[table] = replace(mine, **{name: getattr(theirs, name) for name in names})
    return replace(now, **tables, commands=fresh.commands, origins=fresh.origins)


def _telling(changed: Sequence[Changed]) -> tuple[Notice, ...]:
    """Return one line on each change, those that wait for a new start with how."""
    notices = []
    for each in changed:
        key, place = each.after.key, each.after.place or each.after.said_by
        text = f"{key} {_said(each.before)} -> {_said(each.after)}, {place}"
        hint = "" if counts_at_once(key) else "It counts from the next start on: leave, then `vivek --continue`."
        notices.append(Notice(text, hint=hint))
    return tuple(notices)


def _said(setting: Setting) -> str:
    """Return a value as it is typed; a key is never said."""
    value = setting.value
    if value is None or value in ((), ""):
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
