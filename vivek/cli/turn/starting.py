"""Offers to start a model server that is installed but does not run."""

from collections.abc import Callable

from vivek.cli.render.safe_text import problem
from vivek.cli.turn.approval import Asker
from vivek.errors import ProviderUnavailableError, VivekError

_TITLES = {"ollama": "Ollama", "llama-server": "llama-server with this model"}


async def offer_start(error: VivekError, asker: Asker, tell: Callable[[str], None]) -> bool:
    """Ask whether to start the server that the error names; True when it answers now.

    Args:
        error: Why there is no model.
        asker: Who answers.
        tell: Shows lines.
    """
    if not isinstance(error, ProviderUnavailableError) or not error.startable:
        return False
    title = _TITLES.get(error.startable[0], error.startable[0])
    try:
        answer = (await asker.ask(f"Start {title}? [Y/n] ")).strip().lower()
    except (EOFError, KeyboardInterrupt):
        return False
    if answer not in ("", "y", "yes"):
        return False
    from vivek.session.starting import start_server

    tell(f"Starting {title}; it goes on running when vivek ends.")
    try:
        await start_server(error.startable)
    except VivekError as failure:
        tell(problem(failure.message, failure.hint))
        return False
    return True
