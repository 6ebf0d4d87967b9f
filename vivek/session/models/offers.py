"""What can be done where no model is: start a server that is installed, fetch a model that fits, or say how."""

import os
import shlex
from collections.abc import Sequence
from importlib.util import find_spec
from shutil import which

from vivek.errors import ProviderUnavailableError
from vivek.providers.discovery import Found
from vivek.providers.suggestions import load_suggestions
from vivek.providers.window import choose_window
from vivek.schema.listing import ModelList
from vivek.session.logs import LOGGER
from vivek.session.machine import free_memory

_EMPTY_OLLAMA = "Ollama runs, but has no model"
# Of all reasons only those are told that somebody who thinks to have a model needs to know; silent servers are no news.
_NO_NEWS = ("does not answer", "no answer within", "none found", _EMPTY_OLLAMA)


def has_engine() -> bool:
    """Return whether the engine that comes with vivek is installed."""
    return find_spec("xllamacpp") is not None


def can_run_files() -> bool:
    """Return whether something that is installed here can run a model file."""
    return has_engine() or which("llama-server") is not None


def how_to_run_files() -> str:
    """Return what runs a model file where the engine of vivek is not installed."""
    return (
        "`llama-server` could run it"
        if can_run_files()
        else 'the engine is not installed: `pip install "vivek[local]"`'
    )


def total_memory() -> int | None:
    """Return the bytes of memory that this machine has, None when the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def server_not_started(found: Found) -> ProviderUnavailableError:
    """Return that a model file lies here and that `llama-server`, which is installed, could run it."""
    path = found.spec.model
    window, _ = choose_window(found.info, wanted=None, free_memory=free_memory(), resizable=True)
    command = ("llama-server", "--host", "127.0.0.1", "--port", "8080", "-c", str(window), "-m", path)
    msg = f"No model server runs, but the model file {path} lies here."
    return ProviderUnavailableError(msg, hint=f"run `{shlex.join(command)}`", startable=command)


def no_model(skipped: Sequence[str]) -> ProviderUnavailableError:
    """Return that nothing was found, with what to do about it: what is installed but does not run comes first.

    Args:
        skipped: Why each candidate is none.
    """
    for reason in skipped:
        LOGGER.info("no model: %s", reason)
    told = next((reason for reason in skipped if not any(words in reason for words in _NO_NEWS)), "")
    ollama_runs = any(_EMPTY_OLLAMA in reason for reason in skipped)
    fetchable = what_to_fetch(ollama_runs=ollama_runs)
    installed = {"ollama": "run `ollama serve`", "llama-server": "run `llama-server -m MODEL.gguf`"}
    ways = [way for program, way in installed.items() if which(program)]
    ways = [] if ollama_runs else ways or ["start Ollama, LM Studio or `llama-server`"]
    ways += [f"run `vivek models pull {fetchable}`"] if fetchable else []
    engine = "" if has_engine() else ' (`pip install "vivek[local]"`)'
    ways.append(f"give a GGUF file with `--model local/PATH.gguf`{engine}")
    startable = ("ollama", "serve") if which("ollama") and not ollama_runs else ()
    msg = f"No model was found on this machine. {told}".rstrip()
    return ProviderUnavailableError(msg, hint=", or ".join(ways), startable=startable, fetchable=fetchable)


def what_to_fetch(*, ollama_runs: bool, total: int | None = None, free: int | None = None) -> str:
    """Return the name of the model that fits this machine best, as `vivek models pull` takes it; "" when none does.

    Args:
        ollama_runs: Whether Ollama is there to fetch and run it; else the engine that comes with vivek has to be.
        total: Bytes of memory; looked up when None.
        free: Bytes that are free; looked up when None.
    """
    if not ollama_runs and not has_engine():
        return ""
    fitting = load_suggestions().fitting(total or total_memory(), free or free_memory())
    if not fitting:
        return ""
    return f"ollama/{fitting[0].ollama}" if ollama_runs else f"local/{fitting[0].name}"


def how_to_get_one(found: ModelList) -> str:
    """Return what to do where no model is, in one line."""
    runs = any(server.provider == "ollama" and not server.problem for server in found.servers)
    error = no_model((f"{_EMPTY_OLLAMA}.",) if runs else ())
    return error.hint
