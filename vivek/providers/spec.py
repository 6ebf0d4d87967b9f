"""What the choice of a provider is made of: plain values, nothing heavy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vivek.schema.process import Launcher
from vivek.schema.secret import Secret


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
        kept: Where what the embedded engine has computed of a thread outlives it, None to keep nothing.
    """

    state: Path
    models: Sequence[Path] = ()
    here: Path = field(default_factory=Path)
    kept: Path | None = None

    def absolute(self, name: str) -> Path:
        """Return the path that a user means by `name`."""
        return self.here / Path(name).expanduser()


@dataclass(frozen=True, slots=True)
class Opening:
    """What an adapter is opened with.

    Attributes:
        spec: Which one.
        base_url: Where its server answers, the usual address where none was given; "" without a server.
        key: The server's key.
        launcher: Starts the embedded engine.
        folders: Places on this disk.
        window: Tokens of the window that an engine of ours is to start with.
        threads: Threads of an engine of ours.
    """

    spec: ModelSpec
    base_url: str = ""
    key: Secret | None = None
    launcher: Launcher | None = None
    folders: Folders | None = None
    window: int | None = None
    threads: int | None = None

    @property
    def path(self) -> Path:
        """The model's name as a path, relative ones from the folder given."""
        return self.folders.absolute(self.spec.model) if self.folders else Path(self.spec.model).expanduser()


@dataclass(frozen=True, slots=True)
class PatienceSpec:
    """How long and how often a server is tried before its first token.

    Attributes:
        tries: Requests in all.
        base: Seconds that the first wait may take, half of it on this machine; each further one twice as long.
        cap: Seconds that one wait may take; a server that asks for more is told to the user instead.
        load: Seconds that a server may say that it loads its model.
        poll: Seconds between two looks at a server that loads.
    """

    tries: int = 3
    base: float = 0.5
    cap: float = 30.0
    load: float = 600.0
    poll: float = 0.5
