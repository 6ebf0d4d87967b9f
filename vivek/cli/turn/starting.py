"""Offers what helps where no model answers: to start a server that is installed, or to fetch a model that fits."""

from collections.abc import Callable

from vivek.cli.keys import Interrupts, SignalledError
from vivek.cli.render.safe_text import problem
from vivek.cli.turn.asking import Asker
from vivek.errors import ProviderUnavailableError, VivekError

_TITLES = {"ollama": "Ollama", "llama-server": "llama-server with this model"}


async def offer_help(
    error: VivekError, asker: Asker, tell: Callable[[str], None], interrupts: Interrupts | None = None
) -> bool:
    """Ask whether to do what the error says can be done; True when there may be a model now.

    Args:
        error: Why there is no model.
        asker: Who answers.
        tell: Shows lines.
        interrupts: What stops a download.
    """
    if not isinstance(error, ProviderUnavailableError):
        return False
    if error.startable:
        return await _offer_start(error, asker, tell)
    if error.fetchable:
        return await _offer_fetch(error.fetchable, asker, tell, interrupts)
    return False


async def _offer_start(error: ProviderUnavailableError, asker: Asker, tell: Callable[[str], None]) -> bool:
    title = _TITLES.get(error.startable[0], error.startable[0])
    if (await _answer(asker, f"Start {title}? [Y/n] ")) not in ("", "y", "yes"):
        return False
    from vivek.session.models.starting import start_server

    tell(f"Starting {title}; it goes on running when vivek ends.")
    try:
        await start_server(error.startable)
    except VivekError as failure:
        tell(problem(failure.message, failure.hint))
        return False
    return True


async def _offer_fetch(name: str, asker: Asker, tell: Callable[[str], None], interrupts: Interrupts | None) -> bool:
    from vivek.cli.options import look_at_terminal
    from vivek.cli.render.models import offer_of
    from vivek.cli.turn.fetching import fetch, open_fetch_view
    from vivek.session.models.fetching import prepare_fetch, read_settings

    command = f"vivek models pull {name}"
    try:
        job = await prepare_fetch(name, read_settings())
        if (await _answer(asker, f"Download {offer_of(job.plan)}? [y/N] ")) not in ("y", "yes"):
            return False
        view = open_fetch_view(look_at_terminal())
        await fetch(job, lambda: view, command=command, interrupts=interrupts)
    except SignalledError:
        raise
    except VivekError as failure:
        tell(problem(failure.message, failure.hint))
        return False
    tell(f"{job.plan.title} is here.")
    return True


async def _answer(asker: Asker, question: str) -> str | None:
    """Return the answer, None when there is none."""
    try:
        return (await asker.ask(question)).strip().lower()
    except SignalledError:
        raise
    except (EOFError, KeyboardInterrupt):
        return None
