"""What runs or lies here when nothing is configured, and which model of it first. Starts and loads nothing."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vivek.errors import VivekError
from vivek.providers.base import Provider
from vivek.providers.engine.gguf import GgufFile, find_models
from vivek.providers.profiles import parameters_in
from vivek.providers.registry import PROVIDERS, open_adapter
from vivek.providers.spec import ModelSpec
from vivek.schema.models import ModelInfo

NEAR_SECONDS = 1.0
FAR_SECONDS = 5.0
_MODELS_ASKED = 8
_NO_CHAT = {
    "an embedding model": re.compile(r"embed|(^|[-_/])(bge|gte|e5)[-_]|bert|minilm", re.IGNORECASE),
    "a reranker": re.compile(r"rerank", re.IGNORECASE),
    "a projector": re.compile(r"mmproj|projector", re.IGNORECASE),
    "a draft model": re.compile(r"(^|[-_:.])draft([-_:.]|$)", re.IGNORECASE),
    "a base model, not made to follow instructions": re.compile(r"(^|[-_:.])(base|fim)([-_:.]|$)", re.IGNORECASE),
    "in the cloud, not on this machine": re.compile(r"[-:]cloud$", re.IGNORECASE),
}
_CODER = re.compile(r"cod(e|er|ing|estral)|devstral|starcoder", re.IGNORECASE)
_INSTRUCT = re.compile(r"instruct|chat|(^|[-_:.])it([-_:.]|$)", re.IGNORECASE)
_SPARE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Server:
    """A server that may run.

    Attributes:
        provider: The adapter that speaks to it.
        title: Its name for people.
        base_url: Where it would answer, None for the adapter's own default.
        seconds: How long it is waited for.
    """

    provider: str
    title: str
    base_url: str | None
    seconds: float = NEAR_SECONDS


@dataclass(frozen=True, slots=True)
class Found:
    """The model to begin with.

    Attributes:
        spec: How it is named.
        base_url: Where its server answers, None for a model file.
        info: What is known of it.
        why: Why this one, in a few words.
        skipped: For every other candidate, why not.
    """

    spec: ModelSpec
    base_url: str | None
    info: ModelInfo
    why: str
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was seen: the model to begin with, if any, and why the others are not."""

    found: Found | None
    skipped: tuple[str, ...]


async def survey(
    environment: Callable[[str], str | None],
    *,
    folders: Sequence[Path] = (),
    free_memory: int | None = None,
    engine: bool = True,
    servers: Sequence[Server] | None = None,
) -> Survey:
    """Ask the servers of this machine, all at once, then look for model files.

    Args:
        environment: Value of a variable of the environment.
        folders: Where model files may lie, best first.
        free_memory: Bytes that are free now, None when unknown.
        engine: Whether a model file could be run here.
        servers: Whom to ask, best first; None for the usual ones.
    """
    asked = usual_servers(environment) if servers is None else servers
    answers = await asyncio.gather(*(_ask(server, free_memory) for server in asked))
    skipped = [reason for answer in answers if not isinstance(answer, Found) for reason in answer]
    served = [answer for answer in answers if isinstance(answer, Found)]
    if served:
        first = next((each for each in served if each.info.loaded), served[0])
        skipped += [reason for each in served for reason in each.skipped]
        skipped += [f"{each.spec}: {first.spec} came first." for each in served if each is not first]
        return Survey(replace(first, skipped=tuple(skipped)), tuple(skipped))
    if not engine:
        return Survey(None, (*skipped, "Model files: the embedded engine is not installed."))
    file, reasons = await asyncio.to_thread(_pick_file, folders, free_memory)
    skipped += reasons
    return Survey(replace(file, skipped=tuple(skipped)) if file else None, tuple(skipped))


def usual_servers(environment: Callable[[str], str | None]) -> tuple[Server, ...]:
    """Return the servers that may run, best first; a remote `OLLAMA_HOST` is an address the user configured."""
    from vivek.providers.wire.address import is_loopback, ollama_url, parse_address

    address = ollama_url(environment("OLLAMA_HOST"))
    near = is_loopback(parse_address(address).host)
    return (
        Server("ollama", "Ollama", address, NEAR_SECONDS if near else FAR_SECONDS),
        *(Server(name, PROVIDERS[name].title, PROVIDERS[name].base_url) for name in ("lmstudio", "llamacpp")),
    )


async def _ask(server: Server, free_memory: int | None) -> Found | tuple[str, ...]:
    """Return the best model of one server, or why it has none."""
    provider: Provider | None = None
    try:
        provider = open_adapter(ModelSpec(server.provider, "default"), base_url=server.base_url)
        async with asyncio.timeout(server.seconds):
            return await _pick_served(server, provider, free_memory)
    except TimeoutError:
        return (f"{server.title}: no answer within {server.seconds:g} s.",)
    except VivekError as error:
        return (f"{server.title}: {error.message}",)
    finally:
        if provider is not None:
            await provider.close()


async def _pick_served(server: Server, provider: Provider, free_memory: int | None) -> Found | tuple[str, ...]:
    skipped: list[str] = []
    fit: list[ModelInfo] = []
    infos = await provider.models()
    for info in infos:
        if reason := unfit(info, free_memory):
            skipped.append(f"{server.provider}/{info.name}: {reason}.")
        else:
            fit.append(info)
    ranked = sorted(fit, key=rank, reverse=True)
    for listed in ranked[:_MODELS_ASKED]:
        # What a model is for, only its server knows: a name may not tell that it embeds.
        info = await provider.describe(listed.name)
        if reason := unfit(info, free_memory):
            skipped.append(f"{server.provider}/{info.name}: {reason}.")
            continue
        why = "loaded now" if info.loaded else "the best that fits"
        spec = ModelSpec(server.provider, info.name)
        return Found(spec, provider.base_url, info, f"{why} in {server.title}", tuple(skipped))
    return tuple(skipped) or (f"{server.title} runs, but has no model.",)


def _pick_file(folders: Sequence[Path], free_memory: int | None) -> tuple[Found | None, list[str]]:
    skipped: list[str] = []
    fit: list[tuple[GgufFile, ModelInfo]] = []
    for file in find_models(folders):
        info = info_of_file(file)
        reason = (
            file.reason.rstrip(".") or ("" if file.is_chat else "no chat template in it") or unfit(info, free_memory)
        )
        if reason:
            skipped.append(f"{file.path}: {reason}.")
        else:
            fit.append((file, info))
    if not fit:
        return None, skipped or ["Model files: none found."]
    file, info = max(fit, key=lambda pair: rank(pair[1]))
    return Found(ModelSpec("local", str(file.path)), None, info, "the best model file that fits"), skipped


def info_of_file(file: GgufFile) -> ModelInfo:
    """Return what a model file says of itself."""
    return file.info


def rank(info: ModelInfo) -> tuple[bool, float, bool, str]:
    """Return how good a start with this model is, for comparing: loaded first, then size, coders counting double."""
    size = float(info.parameters or parameters_in(info.name) or 0)
    return info.loaded, size * (2 if _CODER.search(info.name) else 1), bool(_INSTRUCT.search(info.name)), info.name


def unfit(info: ModelInfo, free_memory: int | None) -> str:
    """Return why a model is no start, "" when it may be one."""
    if "remote" in info.sources:
        return "in the cloud, not on this machine"
    if "embeddings" in info.abilities and "structured_output" not in info.abilities:
        return "an embedding model"
    for reason, pattern in _NO_CHAT.items():
        if pattern.search(info.name):
            return reason
    if not info.loaded and free_memory is not None and info.size_bytes is not None:
        needed = info.size_bytes + _SPARE_BYTES
        if needed > free_memory:
            return f"needs about {needed / 1e9:.1f} GB of memory, {free_memory / 1e9:.1f} GB are free"
    return ""
