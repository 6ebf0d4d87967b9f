"""The model part of a session put together: provider, window, profile, prompts, and what the nodes may use."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from vivek.config.folders import home_folder, state_folder
from vivek.config.layers import environment
from vivek.edits.registry import load_dialect
from vivek.errors import ProviderUnavailableError
from vivek.flows.asking import Asker
from vivek.flows.context import NodeContext
from vivek.project.notes import read_notes
from vivek.project.scan import load_files
from vivek.prompts import tokens
from vivek.prompts.build import system_text
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.providers.base import Provider
from vivek.providers.discovery import Found, survey
from vivek.providers.engine.gguf import model_folders
from vivek.providers.profiles import profile_for
from vivek.providers.registry import RESIZABLE, open_provider, parse_model
from vivek.providers.spec import Folders, ModelSpec
from vivek.providers.window import choose_window
from vivek.schema.events import Event
from vivek.schema.models import ModelInfo
from vivek.session.logs import LOGGER
from vivek.session.machine import free_memory
from vivek.session.place import Place
from vivek.session.settings import Settings
from vivek.workspace.files import Files
from vivek.workspace.git import list_files
from vivek.workspace.journal import Journal
from vivek.workspace.process import launch
from vivek.workspace.stage import Stage
from vivek.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Served:
    """A model with who serves it.

    Attributes:
        provider: The server.
        spec: How the model is named.
        info: What is known of it.
        window: Tokens it holds in this thread.
        window_source: Who said so, or why.
        base_url: Where it answers, None at the usual address.
    """

    provider: Provider
    spec: ModelSpec
    info: ModelInfo
    window: int
    window_source: str
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session works with.

    Attributes:
        served: The model.
        store: Big texts.
        journal: The way to the user's files.
        transcript: What was said.
        broken: What was received of a call that broke off: node, asked, text.
        context: Makes what the nodes of one turn may use.
    """

    served: Served
    store: Store
    journal: Journal
    transcript: Transcript
    broken: dict[str, str]
    context: Callable[[], NodeContext]

    @property
    def label(self) -> str:
        """Return `provider/model`."""
        return str(self.served.spec)

    @property
    def banner(self) -> str:
        """Return one line on model and window."""
        window = self.served.window
        size = f"{window / 1024:.0f}k" if window >= 1024 else str(window)
        return f"{self.label} · {size} window · /model"

    @staticmethod
    def count(text: str) -> int:
        """Return the tokens of a text, cheaply and never too low."""
        return bound(text)


async def find_model(settings: Settings, place: Place) -> Served:
    """Open the model that is set, or the best that is found here.

    Raises:
        ConfigError: If the setting names no model.
        ModelAPIError: If the model cannot be used, or none is found.
    """
    folders = Folders(state_folder() / "engine", tuple(model_folders(home_folder(), state_folder())), Path.cwd())
    wanted = settings.model
    if wanted.name:
        spec = parse_model(wanted.name)
        base_url = wanted.base_url or (environment("OLLAMA_HOST") if spec.provider == "ollama" else None)
    else:
        seen = await survey(environment, folders=folders.models, free_memory=free_memory(), engine=_can_run_files())
        if seen.found is None:
            raise _no_model(seen.skipped)
        if seen.found.spec.provider == "local" and not _has_engine():
            raise _server_not_started(seen.found)
        spec, base_url = seen.found.spec, seen.found.base_url

    def opened(window: int | None) -> Provider:
        return open_provider(
            spec,
            base_url=base_url,
            key=wanted.api_key,
            launcher=launch,
            folders=folders,
            window=window,
            threads=wanted.threads,
        )

    provider = opened(None)
    try:
        info = await provider.describe(spec.model)
    except BaseException:
        await provider.close()
        raise
    resizable = spec.provider in RESIZABLE
    window, why = choose_window(info, wanted=wanted.window, free_memory=free_memory(), resizable=resizable)
    if spec.provider == "local":
        # The engine is started with the window that the thread budgets for; describing it has started nothing.
        await provider.close()
        provider = opened(window)
    return Served(provider, spec, info, window, why, base_url)


def put_together(served: Served, place: Place, store: Store, thread_id: str) -> Parts:
    """Join the model and the project to what the nodes of a thread use."""
    files = Files(place.root)
    journal = Journal(store, files)
    transcript = Transcript(store)
    broken: dict[str, str] = {}
    family = tokens.family_of(served.info.name, served.info.architecture)

    def exact(text: str) -> int:
        return tokens.count(text, family)

    asker = Asker(
        provider=served.provider,
        model=served.spec.model,
        window=served.window,
        transcript=transcript,
        count=bound,
        exact=exact,
        keep_partial=lambda node, asked, text: broken.update(node=node, asked=asked, text=text),
    )

    def context() -> NodeContext:
        return NodeContext(
            thread_id=thread_id,
            ask=asker,
            emit=_nobody_listens,
            ask_user=_nobody_answers,
            store=store,
            files=files,
            stage=Stage(store),
            journal=journal,
            transcript=transcript,
            list_files=cache(lambda: () if place.restricted else load_files(place.root, tracked=list_files).paths),
            read_notes=cache(lambda: "" if place.restricted else read_notes(place.root, files.read)),
            system_text=lambda notes: system_text(_instruction(), notes),
            count=bound,
            profile=profile_for(served.info),
            window=served.window,
            policy="ask",
        )

    return Parts(served, store, journal, transcript, broken, context)


def _instruction() -> str:
    return load_dialect("whole").INSTRUCTION


def _nobody_listens(event: Event) -> None:
    """Stand in until a node is bound to the graph."""


def _nobody_answers(payload: Mapping[str, object]) -> object:
    """Stand in until a node is bound to the graph."""
    return {"approved": False}


def _has_engine() -> bool:
    return find_spec("xllamacpp") is not None


def _can_run_files() -> bool:
    return _has_engine() or which("llama-server") is not None


def _server_not_started(found: Found) -> ProviderUnavailableError:
    """Return that a model file lies here and that `llama-server`, which is installed, could run it."""
    path = found.spec.model
    window, _ = choose_window(found.info, wanted=None, free_memory=free_memory(), resizable=True)
    command = ("llama-server", "--host", "127.0.0.1", "--port", "8080", "-c", str(window), "-m", path)
    msg = f"No model server runs, but the model file {path} lies here."
    return ProviderUnavailableError(msg, hint=f"run `{shlex.join(command)}`", startable=command)


def _no_model(skipped: Sequence[str]) -> ProviderUnavailableError:
    for reason in skipped:
        LOGGER.info("no model: %s", reason)
    # Of all reasons only those that somebody who thinks to have a model needs to know; silent servers are no news.
    silent = ("does not answer", "no answer within", "none found")
    told = next((reason for reason in skipped if not any(words in reason for words in silent)), "")
    msg = f"No model was found on this machine. {told}".rstrip()
    # What is installed but does not run comes first: it is one command away.
    installed = {"ollama": "run `ollama serve`", "llama-server": "run `llama-server -m MODEL.gguf`"}
    ways = [way for program, way in installed.items() if which(program)] or [
        "start Ollama, LM Studio or `llama-server`"
    ]
    engine = "" if _has_engine() else ' (`pip install "vivek[local]"`)'
    ways.append(f"give a GGUF file with `--model local/PATH.gguf`{engine}")
    startable = ("ollama", "serve") if which("ollama") else ()
    return ProviderUnavailableError(msg, hint=", or ".join(ways), startable=startable)
