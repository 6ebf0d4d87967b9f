"""Everything about one model: what is said of it, what was measured, and how vivek would treat it."""

from collections.abc import Iterator
from dataclasses import fields, replace

from vivek.config.layers import environment
from vivek.providers.profiles import parameters_in, profile_for
from vivek.providers.registry import usual_address
from vivek.schema.details import Fact, ModelDetails
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo, Profile
from vivek.schema.request import Sampling
from vivek.session.machine import free_memory
from vivek.session.models.known import KnownModels
from vivek.session.models.serving import Served, place_of, serve
from vivek.session.settings import Settings

_FACTS = (
    "parameters",
    "quantisation",
    "architecture",
    "size_bytes",
    "window_maximum",
    "window_loaded",
    "window_default",
    "cache_bytes",
    "gpu_share",
    "digest",
)


async def show_model(text: str, settings: Settings, *, base_url: str | None = None) -> ModelDetails:
    """Return what is known of a model; its server is asked, nothing is loaded.

    Args:
        text: `PROVIDER/NAME`.
        settings: The user's settings.
        base_url: Where its server answers; None for the usual address.

    Raises:
        ConfigError: If the text names no model.
        ModelAPIError: If its server cannot be asked, or has no such model.
    """
    spec, named = place_of(text)
    configured = settings.model.base_url if settings.model.name == text else None
    address = base_url or named or configured or usual_address(spec.provider, environment)
    served = await serve(spec, address, replace(settings.model, fallbacks=()), free=free_memory())
    try:
        path = KnownModels().path(spec, served.provider.base_url)
        return ModelDetails(
            name=str(spec),
            place=served.provider.base_url,
            facts=tuple(facts_of(served.info)),
            window=served.window,
            window_why=served.window_source,
            size=profile_for(served.info).size,
            treatment=tuple(treatment_of(served, settings.sampling)),
            measured=tuple(measured_of(served.known)),
            profile=str(path) if path.exists() else "",
        )
    finally:
        await served.provider.close()


def facts_of(info: ModelInfo) -> Iterator[Fact]:
    """Yield what is said of a model, with who says it."""
    for name in _FACTS:
        value = getattr(info, name)
        if value is not None:
            yield Fact(name, value, info.sources.get(name, "its server"))
    for ability in sorted(info.abilities):
        yield Fact(ability, value=True, source=info.sources.get(ability, info.sources.get("abilities", "its server")))
    yield Fact("loaded", info.loaded, info.sources.get("loaded", "its server"))


def treatment_of(served: Served, user: Sampling) -> Iterator[Fact]:
    """Yield how the model would be asked, each value with where it comes from: the first that says one wins."""
    info, probed = served.info, served.known.sampling
    profile = profile_for(info, user=user, probed=probed)
    usual = profile_for(replace(info, sampling=Sampling()))
    because = _size_of(info, profile)
    ranked = (
        (user, "your settings"),
        (probed, "measured by a probe"),
        (info.sampling, info.sources.get("sampling", "the model itself")),
        (usual.sampling, because),
    )
    for field in fields(Sampling):
        value = getattr(profile.sampling, field.name)
        if value is not None:
            source = next(source for each, source in ranked if getattr(each, field.name) is not None)
            yield Fact(field.name, value, source)
    yield Fact("reply_tokens", profile.prose_tokens, because)
    yield Fact("thinking_tokens", profile.thinking_tokens, because)
    yield Fact("steps", profile.step_limit, because)


def measured_of(known: Known) -> Iterator[Fact]:
    """Yield what was measured."""
    probe, turns = f"probe of {known.probed}", "earlier turns"
    if known.schema is not None:
        yield Fact("schema enforced", known.schema, probe)
    for name, value in (("tool calls", known.tools), ("thinking", known.thinking)):
        if value is not None:
            yield Fact(name, value, probe)
    for dialect, (solved, tried) in sorted(known.edits.items()):
        yield Fact(f"edits as {dialect}", f"{solved} of {tried}", probe)
    if known.needles is not None:
        begin, end = ("found" if each else "missed" for each in known.needles)
        yield Fact("needle", f"{begin} at the begin, {end} at the end of the window", probe)
    rates = (
        ("reading, tok/s", known.prefill_rate),
        ("writing, tok/s", known.decode_rate),
        ("loading, s", known.load_seconds),
    )
    for name, rate in rates:
        if rate is not None:
            yield Fact(name, round(rate, 1), turns if not known.probed else f"{probe} and {turns}")


def _size_of(info: ModelInfo, profile: Profile) -> str:
    if info.parameters:
        return f"usual for a {profile.size} model ({info.parameters / 1e9:.1f}B)"
    told = parameters_in(info.name)
    why = f"{told / 1e9:g}B by its name" if told else "nobody says its size"
    return f"usual for a {profile.size} model ({why})"
