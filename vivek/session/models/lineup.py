"""The models of a thread: one for all nodes, or others for planner, executor and reviewer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vivek.config.layers import environment
from vivek.errors import ContextWindowExceededError
from vivek.flows.panel import swapping
from vivek.providers.base import Provider
from vivek.providers.registry import usual_address
from vivek.providers.spec import ModelSpec
from vivek.providers.window import choose_window
from vivek.schema.events import Notice
from vivek.session.machine import free_memory
from vivek.session.models.known import KnownModels
from vivek.session.models.serving import ModelPlace, Served, can_share, choose_model, place_of, serve
from vivek.session.options import SMALLEST_WINDOW
from vivek.session.settings import Settings
from vivek.session.spec import ModelChoice


@dataclass(frozen=True, slots=True)
class Lineup:
    """Who answers which node.

    Attributes:
        usual: The executor's model, which all nodes use that have no other.
        own: The models of the other nodes, by node.
    """

    usual: Served
    own: Mapping[str, Served] = field(default_factory=dict)

    @property
    def models(self) -> tuple[Served, ...]:
        """Return every model once, the usual one first."""
        return tuple({id(served): served for served in (self.usual, *self.own.values())}.values())

    async def close(self) -> None:
        """Give back every server, each once."""
        await _close(self.models)


async def find_lineup(settings: Settings) -> Lineup:
    """Open the models that are set; a node without one takes the usual model, which is looked for if need be.

    Raises:
        ConfigError: If a setting names no model.
        ModelAPIError: If one cannot be used, or none is found.
    """
    wanted = settings.model
    places = await _places(wanted)
    free = free_memory()
    opened: dict[ModelPlace, Served] = {}
    try:
        for spec, base_url in dict.fromkeys((places["executor"], *places.values())):
            # With others behind it a provider is of one model alone.
            sharing = () if wanted.fallbacks else opened.values()
            shared = next((one.provider for one in sharing if can_share(one, spec, base_url)), None)
            served = await serve(spec, base_url, wanted, free=free, shared=shared)
            opened[spec, base_url] = served
            if free is not None and not served.info.loaded:
                free = max(0, free - (served.info.size_bytes or 0))
    except BaseException:
        await _close(opened.values())
        raise
    usual = opened[places["executor"]]
    return Lineup(usual, {node: opened[place] for node, place in places.items() if opened[place] is not usual})


async def given_lineup(provider: Provider, settings: Settings) -> Lineup:
    """Return the first model of a provider that is open already, for all nodes.

    Raises:
        ModelAPIError: If it cannot be described.
    """
    info = (await provider.models())[0]
    window, why = choose_window(info, wanted=settings.model.window, free_memory=None)
    spec = ModelSpec(provider.name, info.name)
    known = KnownModels().load(spec, provider.base_url, info.digest)
    return Lineup(Served(provider, spec, info, window, why, known=known))


def crowded(lineup: Lineup, free: int | None) -> Notice | None:
    """Return what to tell of two models on one server that memory cannot hold at once; None when it can or may."""
    usual = lineup.usual
    for other in lineup.models[1:]:
        needed = [one.info.size_bytes for one in (usual, other) if not one.info.loaded]
        sizes = [size for size in needed if size is not None]
        if other.server != usual.server or free is None or len(sizes) < len(needed) or sum(sizes) <= free:
            continue
        loads = [one.known.load_seconds for one in (usual, other)]
        seconds = [load for load in loads if load is not None]
        return swapping(str(usual.spec), str(other.spec), max(seconds) if len(seconds) == len(loads) else None)
    return None


def check_windows(lineup: Lineup) -> None:
    """Refuse a model whose window holds no turn at all, before anything is asked.

    Raises:
        ContextWindowExceededError: If a window is too small.
    """
    for served in lineup.models:
        if served.window < SMALLEST_WINDOW:
            msg = f"{served.spec} has a window of {served.window:,} tokens ({served.window_source})."
            hint = f"Vivek needs {SMALLEST_WINDOW:,} at least, 8,192 to work well: load the model with more."
            raise ContextWindowExceededError(msg, hint=hint, needed=SMALLEST_WINDOW, window=served.window)


async def _close(models: Iterable[Served]) -> None:
    for provider in {id(served.provider): served.provider for served in models}.values():
        await provider.close()


async def _places(wanted: ModelChoice) -> dict[str, ModelPlace]:
    """Return the model of every node and where it answers, the usual one looked for only if a node needs it."""
    own = {"planner": wanted.planner, "executor": wanted.executor, "reviewer": wanted.reviewer}
    main = place_of(wanted.name)[0].provider if wanted.name else None
    places = {}
    for node, text in own.items():
        if text:
            spec, base_url = place_of(text)
            # The address that was given is the usual model's; another provider has its own.
            given = wanted.base_url if main in (None, spec.provider) else None
            places[node] = spec, base_url or given or usual_address(spec.provider, environment)
    if len(places) == len(own):
        return places
    usual = places["executor"] if "executor" in places and not wanted.name else await choose_model(wanted)
    return {node: places.get(node, usual) for node in own}
