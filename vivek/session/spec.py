"""Settings of a session; plain values."""

from dataclasses import dataclass

from vivek.schema.plan import Depth, ModeName


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """How a session works.

    Attributes:
        mode: The mode of new turns.
        depth: How much planning and reviewing the model does.
    """

    mode: ModeName = "peer"
    depth: Depth = "auto"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model is used, and how it is reached.

    Attributes:
        name: `PROVIDER/NAME`, or None to look for one.
        base_url: Where its server answers, or None for the usual address.
        api_key: The server's key, or None.
        window: Tokens of the window wanted, or None to choose.
        threads: Threads of the embedded engine, or None for the free cores.
    """

    name: str | None = None
    base_url: str | None = None
    api_key: str | None = None
    window: int | None = None
    threads: int | None = None
