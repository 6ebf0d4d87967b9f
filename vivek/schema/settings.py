"""A setting's value with where it came from."""

from dataclasses import dataclass
from typing import Literal

Origin = Literal["default", "user", "project", "environment", "flag"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, ready to be shown."""

    key: str
    value: object
    origin: Origin
    place: str = ""
