"""What the choice of a provider is made of: plain values, nothing heavy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model and who serves it, written `provider/model`."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True)
class Folders:
    """Places on this disk.

    Attributes:
        state: Where the embedded engine keeps what belongs to it.
        models: Where model files are looked for, best first.
        here: What relative paths start from.
    """

    state: Path
    models: Sequence[Path] = ()
    here: Path = field(default_factory=Path)


@dataclass(frozen=True, slots=True)
class PatienceSpec:
    """How long and how often a server is tried before its first token.

    Attributes:
        tries: Requests in all.
        base: Seconds that the first wait may take; each further one may take twice as long.
        cap: Seconds that one wait may take; a server that asks for more is told to the user instead.
        load: Seconds that a server may say that it loads its model.
        poll: Seconds between two looks at a server that loads.
    """

    tries: int = 3
    base: float = 0.25
    cap: float = 30.0
    load: float = 600.0
    poll: float = 0.5
