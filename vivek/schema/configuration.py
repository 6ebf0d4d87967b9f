"""What is shown of the settings: one row a setting, and what is wrong with a file."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.settings import Setting

When = Literal["next turn", "next start"]
"""When a change of a setting counts in a chat that is running."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file of settings.

    Attributes:
        text: What, with file, line and column.
        hint: What to do.
        key: The setting whose value it is, "" where it is none.
    """

    text: str
    hint: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A file that settings are read from.

    Attributes:
        name: What it is called: `user`, `project page` or `project`.
        path: Where it is.
        exists: Whether it is there.
    """

    name: str
    path: str
    exists: bool


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a setting, whatever its value.

    Attributes:
        key: Its dotted name.
        kind: What its value may be, in words.
        default: Its default.
        about: What it does.
        origins: Who may set it.
        variable: The variable that sets it, "" for none.
        when: When a change counts.
        short: What it is called in the front matter of `vivek.md`, "" where it has no short name.
    """

    key: str
    kind: str
    default: object
    about: str
    origins: tuple[str, ...]
    variable: str
    when: When
    short: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting whose change was picked up.

    Attributes:
        before: What it was.
        after: What it is now.
    """

    before: Setting
    after: Setting
