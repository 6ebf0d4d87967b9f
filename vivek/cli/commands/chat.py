"""`vivek chat`, and bare `vivek`: a conversation on the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import (
    ApproveOption,
    BaseUrlOption,
    DepthOption,
    ExecutorOption,
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
    Terminal,
    ThreadOption,
    WindowOption,
    build_choices,
    look_at_terminal,
)
from vivek.cli.standard_input import load_prompt
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.session.options import Choices


def chat(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    task: Annotated[str | None, typer.Argument(metavar="TASK", help="What to do first.")] = None,
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
    no_stream: NoStreamOption = False,
) -> None:
    """Talk with a model about this project."""

    def act() -> int:
        from dataclasses import replace

        terminal = look_at_terminal()
        choices = build_choices(
            thread=thread,
            latest=latest,
            models=ModelOptions(model, base_url, window, planner_model, executor_model, reviewer_model),
            mode=mode,
            depth=depth,
            guards=GuardOptions(approve, sandbox),
            images=image,
            interactive=terminal.asks,
        )
        return _run(task, replace(choices, profile=profile), terminal, stream=not no_stream)

    ctx.ensure_object(Invocation).action = act


def _run(task: str | None, choices: "Choices", terminal: Terminal, *, stream: bool) -> int:
    """Chat on a terminal; without one, run what is said as one turn."""
    if terminal.asks:
        first = None if task is None else load_prompt(task)
        from vivek.cli.start import start_chat
        from vivek.session.place import open_place

        place = open_place()
        if choices.mode is not None:  # before the prompt is drawn, not behind it
            from vivek.session.doors.modes import find_mode

            find_mode(place, choices.mode)
        return start_chat(place, choices, terminal, first=first, stream=stream)
    if task is None and terminal.reads:
        msg = "A chat needs a terminal to draw on."
        raise ConfigError(msg, hint='Run `vivek ask "PROMPT"`, or leave out the pipe.')
    text = load_prompt("-" if task is None else task)
    from vivek.cli.turn.once import start_once

    return start_once(choices, text, form="text", terminal=terminal, stream=stream)
