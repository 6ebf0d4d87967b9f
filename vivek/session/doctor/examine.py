"""The whole examination, in the order of the screen. Each part is looked at even when another one fails."""

import asyncio
from pathlib import Path

from vivek.config.layers import environment
from vivek.errors import VivekError
from vivek.schema.doctor import Examination, Finding
from vivek.session.doctor.folders import look_at_folders, look_at_project
from vivek.session.doctor.machine import gpu_of, look_at_machine, look_at_vivek
from vivek.session.doctor.network import look_at_network
from vivek.session.doctor.prompts import look_at_prompts
from vivek.session.doctor.sandbox import look_at_sandbox
from vivek.session.doctor.servers import look_at_servers
from vivek.session.models.serving import find_model
from vivek.session.options import Choices
from vivek.session.place import Place, open_place
from vivek.session.settings import Settings, load_settings

_MODEL_SECONDS = 5.0
_SMALL_WINDOW = 8192
_SLOW = 5.0  # tokens a second; below it people wait longer than they read


async def examine(choices: Choices, start: Path | None = None) -> Examination:
    """Look at everything; nothing is changed, fetched or asked.

    Args:
        choices: What the command line asked for.
        start: Where the project is looked for; the current folder when None.
    """
    findings: list[Finding] = [*look_at_vivek(), *look_at_machine()]
    place = _place(start)
    settings, unreadable = _settings(place, choices)
    findings += [*look_at_folders(place), *look_at_prompts(place), *look_at_project(place)]
    findings += [unreadable] if unreadable else []
    findings += look_at_network(environment, settings)
    gpu = gpu_of()
    served, model, sandbox = await asyncio.gather(
        look_at_servers(environment, gpu=gpu),
        _look_at_model(settings, place),
        asyncio.to_thread(lambda: list(look_at_sandbox(place))),
    )
    usable = any(finding.mark in ("good", "note") for finding in model)
    return Examination((*findings, *served, *model, *sandbox), unreadable is None, usable)


def _place(start: Path | None) -> Place | None:
    try:
        return open_place(start)
    except VivekError:
        return None


def _settings(place: Place | None, choices: Choices) -> tuple[Settings | None, Finding | None]:
    if place is None:
        return None, None
    try:
        settings = load_settings(place, choices)
    except VivekError as error:
        return None, Finding("folders", "settings", "broken", error.message, error.hint)
    return settings, None


async def _look_at_model(settings: Settings | None, place: Place | None) -> list[Finding]:
    """Return which model a chat would begin with, its window, and why."""
    if settings is None or place is None:
        return [Finding("model", "in use", "broken", "not looked for: what is above comes first")]
    try:
        async with asyncio.timeout(_MODEL_SECONDS):
            served = await find_model(settings, place)
    except TimeoutError:
        return [Finding("model", "in use", "broken", f"its server said nothing within {_MODEL_SECONDS:g} s")]
    except VivekError as error:
        return [Finding("model", "in use", "broken", error.message, error.hint)]
    await served.provider.close()
    findings = [Finding("model", "in use", "good", str(served.spec))]
    told = f"{served.window:,} tokens: {served.window_source}"
    if served.window < _SMALL_WINDOW:
        hint = "give it a larger one (`--window 8k`), or free some memory"
        findings.append(Finding("model", "window", "poor", told, hint))
    else:
        findings.append(Finding("model", "window", "good", told))
    return [*findings, _speed(served.known.decode_rate)]


def _speed(rate: float | None) -> Finding:
    """Return how fast the model writes, as measured in earlier turns."""
    if rate is None:
        return Finding("model", "speed", "note", "not measured yet", "a turn or `vivek models probe` measures it")
    told = f"{rate:.1f} tok/s when it was last measured"
    if rate < _SLOW:
        hint = "a smaller model or a stronger quantisation (Q4) writes faster"
        return Finding("model", "speed", "poor", told, hint, makes_faster=True)
    return Finding("model", "speed", "good", told)
