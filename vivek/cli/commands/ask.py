"""`vivek ask`: one turn, no terminal needed."""

from functools import partial
from typing import Annotated, cast

import typer

from vivek.cli.limits import LimitOptions, MaxCallsOption, MaxTokensOption, TimeoutOption
from vivek.cli.options import (
    ApproveOption,
    BaseUrlOption,
    DepthOption,
    ExecutorOption,
    Format,
    FormatOption,
    GuardOptions,
    ImageOption,
    Invocation,
    LatestOption,
    ModelOption,
    ModelOptions,
    ModeOption,
    NoStreamOption,
    PlannerOption,
    ProfileOption,
    ReviewerOption,
    SandboxOption,
    ThreadOption,
    WindowOption,
    build_choices,
    look_at_terminal,
)
from vivek.cli.standard_input import attach_input, load_prompt, tell_aside
from vivek.errors import ConfigError


def ask(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    prompt: Annotated[
        str | None, typer.Argument(metavar="PROMPT", help="What to do; `-` reads standard input.")
    ] = None,
    thread: ThreadOption = None,
    latest: LatestOption = False,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    window: WindowOption = None,
    planner_model: PlannerOption = None,
    executor_model: ExecutorOption = None,
    reviewer_model: ReviewerOption = None,
    mode: ModeOption = None,
    profile: ProfileOption = None,
    depth: DepthOption = None,
    approve: ApproveOption = None,
    sandbox: SandboxOption = None,
    image: ImageOption = None,
    timeout: TimeoutOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    no_stream: NoStreamOption = False,
    format_: FormatOption = "text",
) -> None:
    """Run one turn and print its answer.

    Leave out PROMPT to go on with the open turn of a thread. Text that is piped in beside a prompt is shown to the
    model below it.
    """
    choices = partial(
        build_choices,
        thread=thread,
        latest=latest,
        models=ModelOptions(model, base_url, window, planner_model, executor_model, reviewer_model),
        mode=mode,
        depth=depth,
        guards=GuardOptions(approve, sandbox),
        images=image,
    )

    form = cast(Format, format_)
    limits = LimitOptions(timeout, max_calls, max_tokens)

    def act() -> int:
        from vivek.cli.turn.once import report_errors

        return report_errors(form, thread, work)

    def work() -> int:
        from dataclasses import replace

        from vivek.cli.turn.once import start_once

        terminal = look_at_terminal()
        if prompt is None and thread is None and not latest:
            msg = "There is no prompt."
            raise ConfigError(msg, hint='Run `vivek ask "PROMPT"`, or `vivek ask -` to read standard input.')
        asks = terminal.asks and form == "text"
        wanted = replace(choices(interactive=asks), limits=limits.limits(), profile=profile)
        seconds = limits.seconds()
        text = None if prompt is None else load_prompt(prompt)
        if text is not None and prompt != "-":
            text = attach_input(text, tell_aside)
        return start_once(wanted, text, form=form, terminal=terminal, stream=not no_stream, seconds=seconds)

    ctx.ensure_object(Invocation).action = act
