"""What commands share on the command line: options and facts of the terminal. Nothing here is heavy."""

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer
from typer.models import OptionInfo

from vivek.errors import ConfigError
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.plan import Depth
from vivek.schema.sandbox import Access

if TYPE_CHECKING:
    from vivek.session.options import Choices

Format = Literal["text", "json", "jsonl", "patch"]

_DUMB = ("", "dumb", "unknown")


def one_of(*names: str) -> Callable[[str | None], str | None]:
    """Return a check of an option's value.

    A `Literal` in a signature would do the same, and make the parser load its validation library before the prompt.
    """

    def check(value: str | None) -> str | None:
        if value is not None and value not in names:
            msg = f"{value!r} is none of {', '.join(names)}."
            raise typer.BadParameter(msg)
        return value

    return check


def choice(name: str, kind: object, about: str, *others: str) -> OptionInfo:
    """Return an option that takes one of the names of a `Literal`."""
    names = get_args(kind)
    option: OptionInfo = typer.Option(name, *others, metavar="|".join(names), callback=one_of(*names), help=about)
    return option


ThreadOption = Annotated[
    str | None, typer.Option("--thread", metavar="ID", help="Go on with this thread: id or unique prefix.")
]
LatestOption = Annotated[bool, typer.Option("--continue", help="Go on with the newest thread of this project.")]
ModelOption = Annotated[
    str | None, typer.Option("--model", metavar="PROVIDER/NAME", help="The model, such as ollama/qwen2.5-coder:7b.")
]
WindowOption = Annotated[
    str | None, typer.Option("--window", metavar="SIZE", help="Tokens of the window: 4k, 8k, 16k, 32k, 65536 ...")
]
PlannerOption = Annotated[
    str | None, typer.Option("--planner-model", metavar="PROVIDER/NAME", help="Another model for the planner.")
]
ExecutorOption = Annotated[
    str | None, typer.Option("--executor-model", metavar="PROVIDER/NAME", help="Another model for the executor.")
]
ReviewerOption = Annotated[
    str | None, typer.Option("--reviewer-model", metavar="PROVIDER/NAME", help="Another model for the reviewer.")
]
ImageOption = Annotated[
    list[str] | None,
    typer.Option("--image", metavar="FILE", help="Show a picture with the prompt; can be given several times."),
]
BaseUrlOption = Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Where the model server is.")]
ModeOption = Annotated[
    str | None,
    typer.Option("--mode", metavar="NAME", help="How the model works: peer, architect, coder, sdet, or one of yours."),
]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="Use the settings of a profile: `[profiles.NAME]`.")
]
DepthOption = Annotated[str | None, choice("--depth", Depth, "How much the model plans and reviews.")]
ApproveOption = Annotated[
    str | None,
    choice("--approval", ApprovalPolicy, "What is done without asking; the usual on a terminal: ask.", "--approve"),
]
SandboxOption = Annotated[str | None, choice("--sandbox", Access, "What commands may change.")]
NoStreamOption = Annotated[
    bool, typer.Option("--no-stream", help="Show the answer when it is complete, as plain text.")
]
FormatOption = Annotated[str, choice("--format", Format, "What is printed.")]
ListFormatOption = Annotated[str, choice("--format", Literal["text", "json"], "What is printed.")]


@dataclass
class Invocation:
    """One start of vivek: filled while the command line is parsed, then run.

    Attributes:
        debug: Whether a traceback is shown for what nobody expected.
        verbose: Whether the log goes to standard error too.
        action: The command; returns the exit code.
        commands: The names of all commands.
        parser: Returns the parser of a command, of all of them for a name that is none.
    """

    debug: bool = False
    verbose: bool = False
    action: Callable[[], int] | None = None
    commands: Collection[str] = ()
    parser: Callable[[str], Any] | None = None  # Any: typer does not name the type publicly


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What the command line says of the models.

    Attributes:
        model: The one for all.
        base_url: Where its server is.
        window: Tokens of its window, as typed.
        planner: The planner's own.
        executor: The executor's own.
        reviewer: The reviewer's own.
    """

    model: str | None = None
    base_url: str | None = None
    window: str | None = None
    planner: str | None = None
    executor: str | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class GuardOptions:
    """What the command line says of asking and of commands.

    Attributes:
        approve: What is done without asking.
        sandbox: What commands may change.
    """

    approve: str | None = None
    sandbox: str | None = None


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the streams of this process are.

    Attributes:
        reads: Whether input is a terminal.
        asks: Whether there is somebody to ask: input and output are a terminal.
        draws: Whether output takes escape codes: a terminal, not dumb, colours not declined.
        shows: Whether standard error is a terminal.
    """

    reads: bool
    asks: bool
    draws: bool
    shows: bool


def look_at_terminal() -> Terminal:
    """Return the facts of standard input, output and error."""
    from vivek.config.layers import environment

    able = (environment("TERM") or "") not in _DUMB
    stdin, stdout, stderr = (stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return Terminal(
        reads=stdin,
        asks=stdin and stdout,
        draws=stdout and able and not environment("NO_COLOR"),
        shows=stderr,
    )


def build_choices(
    *,
    thread: str | None = None,
    latest: bool = False,
    models: ModelOptions = ModelOptions(),
    mode: str | None = None,
    depth: str | None = None,
    guards: GuardOptions = GuardOptions(),
    images: Sequence[str] | None = None,
    interactive: bool,
) -> "Choices":
    """Return the choices of a command line; without somebody to ask nothing is applied unless told.

    Raises:
        ConfigError: If the options contradict each other, or the window is no size.
    """
    from vivek.session.options import Choices, parse_window

    if thread is not None and latest:
        msg = "`--thread` and `--continue` exclude each other."
        raise ConfigError(msg, hint="Name the thread, or take the newest one.")
    return Choices(
        thread=thread,
        latest=latest,
        model=models.model,
        base_url=models.base_url,
        window=None if models.window is None else parse_window(models.window),
        planner=models.planner,
        executor=models.executor,
        reviewer=models.reviewer,
        mode=mode,  # which ones there are is known where the project is
        depth=cast(Depth | None, depth),
        approve=cast(ApprovalPolicy | None, guards.approve) or (None if interactive else "none"),
        sandbox=cast(Access | None, guards.sandbox),
        interactive=interactive,
        images=tuple(images or ()),
    )
