"""Which model answers in a thread, opened and described: the one that is named, else the best that is found here."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from vivek.config.folders import home_folder, state_folder
from vivek.config.layers import environment
from vivek.providers.base import Provider
from vivek.providers.discovery import survey
from vivek.providers.engine.gguf import model_folders
from vivek.providers.keys import key_for
from vivek.providers.registry import PROVIDERS, open_provider, parse_model, usual_address
from vivek.providers.spec import Folders, ModelSpec, PatienceSpec
from vivek.providers.window import choose_window
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo
from vivek.session.keeping import kept_prompts_folder
from vivek.session.machine import free_memory
from vivek.session.models.known import KnownModels
from vivek.session.models.offers import can_run_files, has_engine, no_model, server_not_started
from vivek.session.models.veiling import veiled
from vivek.session.place import Place
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice
from vivek.workspace.process import launch

ModelPlace = tuple[ModelSpec, str | None]
"""A model and where its server answers, None at the usual address."""

FALLBACK_WAIT = 5.0
"""Seconds that one wait for a model may take when others stand ready to answer."""

_AT = "@http"  # between a model and the address of its server, where the two are written together


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
        known: What was measured of it in earlier turns and by a probe.
        resizable: Whether its window is asked for, so that it may come out smaller.
    """

    provider: Provider
    spec: ModelSpec
    info: ModelInfo
    window: int
    window_source: str
    base_url: str | None = None
    known: Known = field(default_factory=lambda: Known(""))
    resizable: bool = False

    @property
    def server(self) -> str:
        """Return what tells its server from others."""
        return f"{self.spec.provider} {self.provider.base_url}"


async def find_model(settings: Settings, place: Place) -> Served:
    """Open the model that is set, or the best that is found here.

    Raises:
        ConfigError: If the setting names no model.
        ModelAPIError: If the model cannot be used, or none is found.
    """
    spec, base_url = await choose_model(settings.model)
    return await serve(spec, base_url, settings.model, free=free_memory())


def place_of(text: str) -> ModelPlace:
    """Return the model that a text names, and the address behind it: `llamacpp/default@http://127.0.0.1:8081`.

    Raises:
        ConfigError: If it names no model.
    """
    name, at, rest = text.partition(_AT)
    return parse_model(name), at[1:] + rest if at else None


async def choose_model(wanted: ModelChoice) -> ModelPlace:
    """Return the model that is set, or the best that is found here, and where it answers.

    Raises:
        ConfigError: If the setting names no model.
        ModelAPIError: If none is found.
    """
    if wanted.name:
        spec, base_url = place_of(wanted.name)
        return spec, base_url or wanted.base_url or usual_address(spec.provider, environment)
    folders = _folders().models
    seen = await survey(environment, folders=folders, free_memory=free_memory(), engine=can_run_files())
    if seen.found is None:
        raise no_model(seen.skipped)
    if seen.found.spec.provider == "local" and not has_engine():
        raise server_not_started(seen.found)
    return seen.found.spec, seen.found.base_url


async def serve(
    spec: ModelSpec, base_url: str | None, wanted: ModelChoice, *, free: int | None, shared: Provider | None = None
) -> Served:
    """Open a model and choose its window.

    Args:
        spec: The model.
        base_url: Where its server answers, None for the usual address.
        wanted: What the user set.
        free: Bytes of memory that are free for it, None when unknown.
        shared: The server, where it is open already for another model; its owner closes it.

    Raises:
        ModelAPIError: If the model cannot be used.
    """
    provider = shared or _opened(spec, base_url, wanted, None)
    try:
        info = await provider.describe(spec.model)
    except BaseException:
        if shared is None:
            await provider.close()
        raise
    resizable = PROVIDERS[spec.provider].can_resize(info)
    # The memory of this machine says nothing about a server on another one.
    here = free if is_here(provider) else None
    window, why = choose_window(info, wanted=wanted.window, free_memory=here, resizable=resizable)
    if resizable and not _has_server(provider):
        # The engine is started with the window that the thread budgets for; describing it has started nothing.
        await provider.close()
        provider = _opened(spec, base_url, wanted, window)
    known = KnownModels().load(spec, provider.base_url, info.digest)
    return Served(provider, spec, info, window, why, base_url, known, resizable)


def open_embedder(text: str, wanted: ModelChoice) -> tuple[Provider, str]:
    """Return the server of an embedding model, and the model's name there; nothing is asked of it yet.

    Args:
        text: Names the model, and where it answers if that is not where the usual one does.
        wanted: What the user set for models.

    Raises:
        ConfigError: If it names no model.
    """
    spec, base_url = place_of(text)
    same = wanted.name is not None and place_of(wanted.name)[0].provider == spec.provider
    base_url = base_url or (wanted.base_url if same else None) or usual_address(spec.provider, environment)
    return _alone(spec, base_url, replace(wanted, keep_prompts=False), None), spec.model


def can_share(one: Served, spec: ModelSpec, base_url: str | None) -> bool:
    """Tell whether another model can be asked of the same open server; engines of ours hold one model each."""
    return (one.spec.provider, one.base_url) == (spec.provider, base_url) and _has_server(one.provider)


def _opened(spec: ModelSpec, base_url: str | None, wanted: ModelChoice, window: int | None) -> Provider:
    """Return the provider of a model, with those behind it that answer when it cannot."""
    if not wanted.fallbacks:
        return _alone(spec, base_url, wanted, window)
    from vivek.providers.fallback import Candidate, FallbackProvider

    # A wait for the first is worth less when another one stands ready.
    first = partial(_alone, spec, base_url, wanted, window, patience=PatienceSpec(cap=FALLBACK_WAIT))
    candidates = [Candidate(spec, first, PROVIDERS[spec.provider].can_resize)]
    # A key that was entered for no address is for the first one's.
    behind = wanted if wanted.api_key and wanted.api_key.entered_for else replace(wanted, api_key=None)
    for text in wanted.fallbacks:
        other, address = place_of(text)
        address = address or usual_address(other.provider, environment)
        opener = partial(_alone, other, address, behind, None)
        candidates.append(Candidate(other, opener, PROVIDERS[other.provider].can_resize))
    return FallbackProvider(candidates)


def _alone(
    spec: ModelSpec,
    base_url: str | None,
    wanted: ModelChoice,
    window: int | None,
    *,
    patience: PatienceSpec | None = None,
) -> Provider:
    opened = open_provider(
        spec,
        base_url=base_url,
        key=key_for(spec.provider, base_url, wanted.api_key, environment),
        launcher=launch,
        folders=_folders(keep=wanted.keep_prompts),
        window=window,
        threads=wanted.threads,
        patience=patience,
    )
    return veiled(opened, spec)


def _folders(*, keep: bool = False) -> Folders:
    models = tuple(model_folders(home_folder(), state_folder()))
    return Folders(state_folder() / "engine", models, Path.cwd(), kept_prompts_folder() if keep else None)


def is_here(provider: Provider) -> bool:
    """Tell whether a model computes on this machine, as far as its address tells."""
    if not _has_server(provider):
        return True
    from vivek.providers.wire.address import is_loopback, parse_address

    return is_loopback(parse_address(provider.base_url).host)


def _has_server(provider: Provider) -> bool:
    return provider.base_url.startswith(("http://", "https://"))
