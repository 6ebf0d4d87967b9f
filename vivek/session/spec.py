"""Settings of a session; plain values."""

from dataclasses import dataclass

from vivek.prompts.strategies import Strategy
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.plan import Depth, ModeName
from vivek.schema.sandbox import Access
from vivek.schema.secret import Secret


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """How a session works.

    Attributes:
        mode: The mode of new turns.
        depth: How much planning and reviewing the model does.
        approval: What happens without asking.
        sandbox: What commands may change.
        sandbox_required: Whether a command may run only where something holds it back.
        recording: Whether turns are recorded, so that `vivek threads replay` can run them again without a model.
    """

    mode: ModeName = "peer"
    depth: Depth = "auto"
    approval: ApprovalPolicy = "ask"
    sandbox: Access = "workspace-write"
    sandbox_required: bool = False
    recording: bool = True


@dataclass(frozen=True, slots=True)
class ContextSpec:
    """What a thread carries over when its window fills up.

    Attributes:
        strategy: `summary` goes on from a summary, `recent` repeats the last exchanges, `selective` those that have to
            do with the request; what the user asked is kept by all of them.
        notes: Whether the model itself notes what it must keep, where it writes fast enough.
    """

    strategy: Strategy = "summary"
    notes: bool = True


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """What is known of the project's code.

    Attributes:
        enabled: Whether an index of it is kept, and code for a request is looked up.
        wait: Seconds that a turn waits for the index to be brought up to date; it goes on with what is there.
        embeddings: The model that finds code by its meaning, written like the model's name; "" for none.
    """

    enabled: bool = True
    wait: float = 0.3
    embeddings: str = ""


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """What the project is made of; a command is a text, or program and arguments.

    Attributes:
        test: Runs its tests.
        lint: Looks for mistakes.
        build: Builds it.
        languages: What it is written in, as the model is told; () for what its files say.
        ignore: Files that are kept from the model, written like lines of a `.vivekignore` at the root.
    """

    test: str | tuple[str, ...] | None = None
    lint: str | tuple[str, ...] | None = None
    build: str | tuple[str, ...] | None = None
    languages: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


COMMANDS = ("test", "lint", "build")
"""The commands among the settings of a project."""


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """A command that a file of settings names.

    Attributes:
        kind: What it is for: `test`, `lint` or `build`.
        command: As a text, or as program and arguments.
        source: The file and line that names it.
        users: Whether the user's own settings name it; a project's needs trust before it runs.
    """

    kind: str
    command: str | tuple[str, ...]
    source: str
    users: bool


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
        keep_prompts: Whether what the embedded engine has read of the newest thread is kept on disk when it leaves, so
            that the thread goes on without reading it again.
        warm: Whether a model of this machine is loaded, and reads what the next prompt begins with, while one types.
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
    keep_prompts: bool = True
    warm: bool = True


@dataclass(frozen=True, slots=True)
class ModelsSpec:
    """Where models are fetched from.

    Attributes:
        base_url: Address of the model host, or None for the one of the suggested models.
        api_key: Key of that host, for files that have to be asked for.
    """

    base_url: str | None = None
    api_key: Secret | None = None
