"""Asks before a command does what cannot be taken back, or much; without a terminal it has to be told beforehand."""

import typer

from vivek.cli.options import look_at_terminal
from vivek.errors import ConfigError


def agree(question: str, *, what: str, command: str) -> bool:
    """Return whether the user agrees; the answer is no unless somebody types yes.

    Args:
        question: What is asked, without the choices.
        what: What asks first, as the beginning of a sentence.
        command: The command that does not ask.

    Raises:
        ConfigError: If there is no terminal to ask on.
    """
    if not look_at_terminal().asks:
        msg = f"{what} asks first, and there is no terminal to ask on."
        raise ConfigError(msg, hint=f"Run `{command}`.")
    answer = typer.prompt(f"{question} [y/N]", default="", show_default=False)
    return str(answer).strip().lower() in ("y", "yes")
