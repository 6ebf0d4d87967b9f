"""Parses the command line and runs its command; what went wrong becomes an exit code, here alone."""

import os
import signal
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Annotated, Any

import typer

from vivek import __version__
from vivek.cli.catalog import COMMANDS
from vivek.cli.keys import SignalledError, end_on_signals, ignore_interrupts
from vivek.cli.options import Invocation
from vivek.cli.render.safe_text import problem
from vivek.errors import VivekError

_ABOUT = "A coding assistant for the terminal that makes small local models trustworthy. Bare `vivek` is `vivek chat`."
_GLOBAL = ("--debug", "--verbose", "-v")
_ANSWERED = ("--help", "--version")
_BROKEN_PIPE = 128 + signal.SIGPIPE
_INTERRUPTED = 128 + signal.SIGINT


def run(arguments: Sequence[str]) -> int:
    """Run vivek and return its exit code.

    Args:
        arguments: The command line without the program's name.
    """
    _forgive_encodings()
    invocation = Invocation(commands=tuple(COMMANDS), parser=_parser_of)
    try:
        _parse(arguments, invocation)
    except SystemExit as end:
        if invocation.action is None:
            return end.code if isinstance(end.code, int) else 1
    return act(invocation)


def build_app(name: str | None = None) -> typer.Typer:
    """Return the parser with one command, or with all of them when there is none of that name."""
    app = typer.Typer(name="vivek", help=_ABOUT, add_completion=False, rich_markup_mode=None, no_args_is_help=True)
    app.callback()(_global_options)
    for command in [name] if name in COMMANDS else COMMANDS:
        COMMANDS[command](app)
    return app


def _parser_of(name: str) -> Any:  # Any: typer does not name the type publicly
    return typer.main.get_command(build_app(name))


def _tell_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"vivek {__version__}\n")
        raise typer.Exit


def _global_options(
    ctx: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_tell_version)
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log too.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback for what nobody expected.")] = False,
) -> None:
    invocation = ctx.ensure_object(Invocation)
    invocation.verbose, invocation.debug = verbose, debug


def _parse(arguments: Sequence[str], invocation: Invocation) -> None:
    """Fill the invocation; ends by SystemExit, as typer does."""
    rest = [argument for argument in arguments if argument not in _GLOBAL]
    given = list(arguments)
    if not rest or (rest[0].startswith("-") and rest[0] not in _ANSWERED):
        # Bare `vivek`, or options of the chat without its name.
        place = next((index for index, argument in enumerate(given) if argument not in _GLOBAL), len(given))
        given.insert(place, "chat")
        rest.insert(0, "chat")
    command = _parser_of(rest[0])
    _take_words_as_they_are(command)
    command(given, prog_name="vivek", obj=invocation)


def _take_words_as_they_are(command: Any) -> None:  # Any: typer does not name the type publicly
    """Keep the parser from loading its validation library: every value here is text or a flag, and stays as it is.

    With a version of typer that goes about it in another way this does nothing; a test sees what is loaded.
    """
    for parameter in command.get_params(typer.Context(command)):
        vars(parameter)["get_runtime_param"] = _AsItIs
    for inner in getattr(command, "commands", {}).values():
        _take_words_as_they_are(inner)


class _AsItIs:
    """A conversion that does nothing."""

    def coerce(self, value: object, **_place: object) -> object:
        """Return the value."""
        return value


def act(invocation: Invocation) -> int:
    """Run the command; everything it can raise becomes an exit code or one readable line."""
    if not invocation.debug:
        sys.excepthook = _tell_unexpected
    end_on_signals()
    if invocation.verbose:
        from vivek.session.logs import start_logs

        start_logs(verbose=True)
    try:
        code = invocation.action() if invocation.action is not None else 0
        sys.stdout.flush()
    except VivekError as error:
        sys.stderr.write(problem(error.message, error.hint) + "\n" + _link(error.message))
        if invocation.debug:
            sys.excepthook(type(error), error, error.__traceback__)
        code = error.exit_code
    except SignalledError as error:
        code = 128 + error.number
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:
        code = _BROKEN_PIPE
    except OSError as error:
        if not _is_output_stuck():
            raise
        told = f"Standard output cannot be written: {error.strerror}."
        sys.stderr.write(problem(told, "Make room where it goes, or send it elsewhere.") + "\n")
        code = 1
    ignore_interrupts()
    _settle_output()
    return code


def _link(message: str) -> str:
    """Return the line that leads a reader, not a script, to what else is known of an error."""
    from vivek.cli.troubles import link_to

    link = link_to(message) if sys.stderr.isatty() else ""
    return f"{link}\n" if link else ""


def _tell_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one line what nobody expected; the traceback goes to the log."""
    from vivek.session.logs import log_unexpected

    _settle_output()
    try:
        where = log_unexpected(kind, error, trace)
    except VivekError:  # nobody knows where the log would be
        where = None
    told = str(error).partition("\n")[0] or "no message"
    hint = "`vivek --debug` and the same command show a traceback here"
    if where is not None:
        hint = f"the details are in {where}; {hint}"
    sys.stderr.write(problem(f"Unexpected {kind.__name__}: {told}", hint) + "\n")


def _forgive_encodings() -> None:
    """Let no text fail because of the terminal's encoding, and no write because a stream was closed from outside."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _is_output_stuck() -> bool:
    """Tell whether what was written to standard output does not get there: it stays in the buffer then."""
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _settle_output() -> None:
    """Send what cannot be written nowhere: the interpreter would try again at its end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
