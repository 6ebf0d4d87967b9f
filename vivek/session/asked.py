"""Settings that a project asks for and that count only once the user trusts them, such as which models work on it.

What is trusted is exactly what was read: when a value changes, it is asked for again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from vivek.config.formats import Entry
from vivek.schema.events import Notice
from vivek.session.place import Place
from vivek.session.trust import Trust

KIND = "settings"
"""What an answer of the user on such settings is kept as."""

FROM_TRUSTED = (
    "model.name",
    "model.planner",
    "model.executor",
    "model.reviewer",
    "model.fallbacks",
    "model.window",
    "model.think",
    "model.reply_tokens",
    "answers.patterns",
)
"""What a trusted project may set; never an address or a key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one file of a project asks for.

    Attributes:
        source: The file, as it is named to the user.
        values: By dotted key.
    """

    source: str
    values: Mapping[str, Entry]


def asked_of(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return what of a project's settings needs trust; a model with an address is not among them: that is refused."""
    return {key: entry for key, entry in entries.items() if key in FROM_TRUSTED and "@" not in str(entry.value)}


def is_trusted(asked: Mapping[str, Entry], source: str, place: Place) -> bool:
    """Tell whether the user lets a project set this, exactly as it is now."""
    return Trust.open().decision(place.root, KIND, _exactly(asked), source) == "yes"


def trust_asked(asked: Asked, place: Place, trust: Trust) -> None:
    """Keep that a project may set this, exactly as it was read.

    Raises:
        ConfigError: If the answer cannot be kept, or the folder is one that is never trusted.
    """
    trust.remember(place.root, KIND, _exactly(asked.values), asked.source, "always")


def told_of(asked: Mapping[str, Entry]) -> Notice:
    """Return what to tell of settings that are not trusted."""
    said = ", ".join(f"`{key}` = {entry.value!r} ({entry.place})" for key, entry in asked.items())
    return Notice(f"This project asks for {said}; it is not used.", hint="`vivek trust settings` shows it and asks.")


def _exactly(asked: Mapping[str, Entry]) -> str:
    return json.dumps(sorted((key, entry.value) for key, entry in asked.items()), default=str)
