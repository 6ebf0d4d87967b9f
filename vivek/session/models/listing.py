"""All models that can be reached now: of servers, of files and folders on this disk, and of services with a key."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vivek.config.folders import home_folder, state_folder
from vivek.config.layers import environment
from vivek.errors import ConfigError, ProviderUnavailableError
from vivek.providers.catalog import MODEL_LISTS, did_you_mean
from vivek.providers.discovery import info_of_file, rank, unfit
from vivek.providers.engine.gguf import GgufFile, find_models, load_gguf, model_folders
from vivek.providers.engine.mlx.find import find_model_folders
from vivek.providers.engine.mlx.library import missing_library
from vivek.providers.registry import PROVIDERS
from vivek.schema.listing import ListedModel, ListedServer, ModelList
from vivek.session.machine import free_memory
from vivek.session.models.asking import LIMIT, Answer, Asked, ask, whom_to_ask
from vivek.session.models.offers import has_engine, how_to_run_files
from vivek.session.spec import ModelChoice

_DISK = ("local", "mlx")
_STORE = ".ollama"


async def list_models(
    choice: ModelChoice,
    *,
    only: str | None = None,
    base_url: str | None = None,
    services: bool = True,
    refresh: bool = False,
    limit: float = LIMIT,
) -> ModelList:
    """Ask everybody at once.

    Args:
        choice: The user's settings.
        only: One provider, the others are left out.
        base_url: Where that provider answers.
        services: Whether those that want a key are asked, too.
        refresh: Ask again, whatever was answered a moment ago.
        limit: Seconds that each is waited for.

    Raises:
        ConfigError: If there is no such provider.
        ModelAPIError: If the provider that was asked for alone cannot answer.
    """
    if only is not None and only not in PROVIDERS:
        hint = did_you_mean(only, list(PROVIDERS)) or f"There are {', '.join(PROVIDERS)}."
        raise ConfigError(f"There is no provider `{only}`.", hint=hint)
    if refresh:
        MODEL_LISTS.invalidate()
    servers = whom_to_ask(choice, environment, only=only, base_url=base_url, services=services)
    if only is not None and not servers and only not in _DISK:
        raise ConfigError(f"`{only}` needs an address.", hint="Give it with `--base-url URL`.")
    memory = free_memory()
    answers, disk = await asyncio.gather(
        _ask_all(servers, memory, limit), asyncio.to_thread(_on_disk, only, memory, choice.name)
    )
    if only is not None and servers and answers[0].server.problem:
        _raise(answers[0])
    served = {model.info.name for answer in answers if answer.server.provider == "ollama" for model in answer.models}
    models = [*(model for answer in answers for model in answer.models), *_without(disk[0], served)]
    chosen = [replace(model, chosen=model.name == choice.name) for model in models]
    return ModelList(tuple(chosen), (*(answer.server for answer in answers), *disk[1]))


async def _ask_all(servers: Sequence[Asked], memory: int | None, limit: float) -> list[Answer]:
    return list(await asyncio.gather(*(ask(server, free_memory=memory, limit=limit) for server in servers)))


def _raise(answer: Answer) -> None:
    """Raise what went wrong with the provider that was asked for alone."""
    if answer.error is not None:
        raise answer.error
    server = answer.server
    msg = f"{server.title} at {server.place}: {server.problem}."
    raise ProviderUnavailableError(msg, hint=server.hint)


Found = tuple[list[tuple[ListedModel, Path]], list[ListedServer]]


def _on_disk(only: str | None, memory: int | None, chosen: str | None) -> Found:
    """Return the models that lie on this disk, with where they lie."""
    folders = model_folders(home_folder(), state_folder())
    models: list[tuple[ListedModel, Path]] = []
    servers: list[ListedServer] = []
    kinds: dict[str, Callable[[], list[tuple[ListedModel, Path]]]] = {
        "local": lambda: _files(folders, memory, chosen),
        "mlx": lambda: _folders(folders, memory),
    }
    for provider, find in kinds.items():
        if only in {None, provider}:
            found = sorted(find(), key=lambda pair: rank(pair[0].info), reverse=True)
            models += found
            place = str(folders[0]) if only else "the folders of models"
            servers.append(ListedServer(provider, PROVIDERS[provider].title, place, models=len(found)))
    return models, servers


def _files(folders: Sequence[Path], memory: int | None, chosen: str | None) -> list[tuple[ListedModel, Path]]:
    named = list(_named(find_models(folders)))
    path = Path((chosen or "").removeprefix("local/"))
    # The one in use belongs to the list wherever it lies.
    if path.is_absolute() and path.is_file() and path not in {file.path for file, _ in named}:
        named.append((load_gguf(path), str(path)))
    missing = "" if has_engine() else how_to_run_files()
    rows = []
    for file, name in named:
        info = replace(info_of_file(file), name=name)
        template = "" if file.is_chat else "no chat template in it"
        reason = file.reason.rstrip(".") or template or unfit(info, memory) or missing
        rows.append((ListedModel("local", info, reason=reason), file.path))
    return rows


def _named(files: Sequence[GgufFile]) -> Iterator[tuple[GgufFile, str]]:
    """Yield files with what to type for each: its name, and where two have the same one, its path."""
    taken: set[str] = set()
    for file in files:
        yield file, str(file.path) if file.name in taken else file.name
        taken.add(file.name)


def _folders(folders: Sequence[Path], memory: int | None) -> list[tuple[ListedModel, Path]]:
    missing = missing_library()
    rows = []
    for folder in find_model_folders(folders):
        absent = f"{missing} is not installed" if missing else ""
        reason = folder.reason.rstrip(".") or unfit(folder.info, memory) or absent
        rows.append((ListedModel("mlx", replace(folder.info, name=folder.name), reason=reason), folder.path))
    return rows


def _without(found: Sequence[tuple[ListedModel, Path]], served: set[str]) -> list[ListedModel]:
    """Leave out the files of Ollama's own store that Ollama, which answers, has listed itself."""
    return [model for model, path in found if not (_STORE in path.parts and model.info.name in served)]
