"""Puts a model through the probe and keeps what came out, step by step: what was measured survives a stop."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from vivek.config.writing import replace_file
from vivek.edits.registry import DIALECTS
from vivek.errors import ConfigError
from vivek.flows.probe.measure import Ear
from vivek.flows.probe.sequence import Prober
from vivek.prompts.estimate import bound
from vivek.providers.profiles import profile_for
from vivek.providers.spec import ModelSpec
from vivek.schema.known import Known
from vivek.schema.probe import Probed, Step
from vivek.session.models.known import KnownModels
from vivek.session.models.known_text import LARGEST, dump_known, parse_known
from vivek.session.models.serving import find_model
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import load_settings

_FILES = frozenset({"local", "mlx", "scripted"})  # providers whose models are paths of this disk

SECONDS = 115.0
"""What a probe may take, the start of the model included."""


async def probe_model(
    place: Place,
    choices: Choices,
    *,
    today: str,
    seconds: float = SECONDS,
) -> AsyncGenerator[Probed | Step]:
    """Measure the model of the settings, or the one that is asked for; first what is probed, then every step.

    Args:
        place: Where the settings are looked for.
        choices: What the command line asked for.
        today: The date, as `2026-11-21`.
        seconds: What the probe may take.

    Raises:
        ConfigError: If the model is not named well.
        ModelAPIError: If it cannot be used at all.
    """
    settings = load_settings(place, choices)
    served = await find_model(settings, place)
    models = KnownModels()
    try:
        yield Probed(str(served.spec), served.window, served.window_source)
        ear = Ear(served.provider, served.spec.model, served.window, seconds)
        prober = Prober(
            ear,
            profile_for(served.info, user=settings.sampling),
            Known(str(served.spec), digest=served.info.digest, probed=today, tokens=served.known.tokens),
            DIALECTS,
            secrets.token_hex(4),
            bound,
        )
        async with aclosing(prober.run()) as steps:
            async for step in steps:
                if step.measured:
                    models.save(served.spec, served.provider.base_url, step.known)
                yield step
    finally:
        await served.provider.close()


async def export_known(place: Place, choices: Choices, target: Path) -> str:
    """Write what is known of a model to a file that can be shared: it names no path, address or key.

    Raises:
        ConfigError: If nothing was measured yet, or the file cannot be written.
    """
    served = await find_model(load_settings(place, choices), place)
    await served.provider.close()
    if not served.known.probed:
        msg = f"`{served.spec}` was not probed yet."
        raise ConfigError(msg, hint=f"Run `vivek models probe {served.spec}` first.")
    try:
        replace_file(target, dump_known(replace(served.known, model=_shared_name(served.spec))).encode())
    except OSError as error:
        msg = f"{target} cannot be written: {error.strerror}."
        raise ConfigError(msg, hint="Choose another file.") from error
    return str(served.spec)


async def import_known(place: Place, choices: Choices, source: Path) -> str:
    """Take what somebody else measured of the same model.

    Raises:
        ConfigError: If the file cannot be read, is no such file, or is of another model.
    """
    try:
        with source.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        msg = f"{source} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="Give a file that `vivek models probe --export` wrote.") from error
    known = parse_known(data)
    served = await find_model(load_settings(place, choices), place)
    await served.provider.close()
    if known.model != _shared_name(served.spec):
        msg = f"{source} was measured of `{known.model}`, not of `{served.spec}`."
        raise ConfigError(msg, hint=f"Name the model: `vivek models probe {known.model} --import {source}`.")
    if known.digest and served.info.digest and known.digest != served.info.digest:
        msg = f"{source} was measured of other weights than those of `{served.spec}` here."
        raise ConfigError(msg, hint=f"Measure these: `vivek models probe {served.spec}`.")
    # How fast it was elsewhere says nothing about this machine.
    here = served.known
    known = replace(
        known,
        model=str(served.spec),
        prefill_rate=here.prefill_rate,
        decode_rate=here.decode_rate,
        load_seconds=here.load_seconds,
    )
    KnownModels().save(served.spec, served.provider.base_url, known)
    return str(served.spec)


def _shared_name(spec: ModelSpec) -> str:
    """Return a model's name as others know it, too: a file without its folders."""
    return f"{spec.provider}/{Path(spec.model).name}" if spec.provider in _FILES else str(spec)
