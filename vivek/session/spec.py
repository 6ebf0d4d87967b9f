"""Settings of a session; plain values."""

from dataclasses import dataclass

from vivek.schema.plan import Depth, ModeName
from vivek.schema.secret import Secret


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
        planner: Another model for the planner, written like `name`; `@URL` behind it says where it answers.
        executor: Another model for the executor.
        reviewer: Another model for the reviewer.
        fallbacks: Models that answer, in this order, when the first cannot.
        think: Whether a model that can think does so first; None leaves it to the model.
        vision: Whether the model can be shown pictures; None believes its server.
        reply_tokens: Tokens that an answer in prose may take, or None for what suits the model's size.
    """

    name: str | None = None
    base_url: str | None = None
    api_key: Secret | None = None
    window: int | None = None
    threads: int | None = None
    planner: str | None = None
    executor: str | None = None
    reviewer: str | None = None
    fallbacks: tuple[str, ...] = ()
    think: bool | None = None
    vision: bool | None = None
    reply_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ModelsSpec:
    """Where models are fetched from.

    Attributes:
        base_url: Address of the model host, or None for the one of the suggested models.
        api_key: Key of that host, for files that have to be asked for.
    """

    base_url: str | None = None
    api_key: Secret | None = None
