"""The modes of work, as data: those that ship, whose texts are templates, and those that users bring."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from vivek.errors import ConfigError
from vivek.prompts.templates import SHIPPED, Templates
from vivek.schema.models import Profile
from vivek.schema.modes import Mode
from vivek.schema.plan import ModeName
from vivek.schema.request import Sampling

OPEN_MODE: ModeName = "peer"
"""The mode that leaves the planner a choice; every other one was chosen by the user, and binds."""

LIMITED = ("search", "find", "run", "script")
"""What a mode may leave out; reading a file is always possible."""

_BRIEF = "With a change, at most one sentence."
_READS = "Change no file."

MODES: Mapping[ModeName, Mode] = MappingProxyType(
    {
        mode.name: mode
        for mode in (
            Mode("peer", "answers, changes files, explains"),
            Mode("architect", "designs and asks, changes no file", edits=False, tools=("search", "find")),
            Mode("coder", "changes files, says little", prose=False),
            Mode("sdet", "writes tests first, then the code"),
        )
    }
)
"""The modes that ship."""


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes of a session.

    Attributes:
        own: Those that the user or a trusted project brings, by name.
        untrusted: The names of those that the project brings and nobody has trusted yet.
    """

    own: Mapping[ModeName, Mode] = field(default_factory=lambda: MappingProxyType({}))
    untrusted: tuple[ModeName, ...] = ()

    @property
    def names(self) -> tuple[ModeName, ...]:
        """The names of all modes, those that ship first."""
        return (*MODES, *self.own)

    def of(self, name: ModeName) -> Mode:
        """Return a mode; one whose file is gone since its turn began reads only: nobody knows what it allowed."""
        return MODES.get(name) or self.own.get(name) or MODES["architect"]

    def check(self, name: str) -> Mode:
        """Return the mode of a name that somebody typed.

        Raises:
            ConfigError: If there is none, and the nearest one is named; or if it is not trusted.
        """
        if name in self.names:
            return self.of(name)
        if name in self.untrusted:
            msg = f"The mode `{name}` of this project is not trusted yet."
            raise ConfigError(msg, hint="`vivek trust templates` shows it and asks.")
        near = difflib.get_close_matches(name, self.names, n=1)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        raise ConfigError(f"There is no mode `{name}`.", hint=f"{hint}There are: {', '.join(self.names)}.")


SHIPPED_MODES = Modes()
"""The modes of a session that nobody brought one to."""


def mode_text(mode: Mode, templates: Templates = SHIPPED) -> str:
    """Return what a mode tells the executor: its own words, and what follows from its data."""
    said = [f"Mode: {mode.name}. {mode.text.strip()}" if mode.text else templates.render(f"modes/{mode.name}")]
    if mode.text and not mode.edits:
        said.append(_READS)
    if mode.text and mode.edits and not mode.prose:
        said.append(_BRIEF)
    if mode.tools is not None:
        lines = ", ".join(f"`{name}:`" for name in ("need", "read", *mode.tools))
        said.append(f"Only these request lines are answered: {lines}.")
    return " ".join(said) if "\n" not in said[0] else "\n".join(said)


def in_mode(profile: Profile, mode: Mode) -> Profile:
    """Return how a model is treated in a mode: with what the mode says of sampling."""
    said = {each.name: value for each in fields(Sampling) if (value := getattr(mode.sampling, each.name)) is not None}
    return replace(profile, sampling=replace(profile.sampling, **said)) if said else profile
