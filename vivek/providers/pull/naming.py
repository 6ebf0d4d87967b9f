"""From what a user types to something that can be fetched; asks a model host where it has to, fetches nothing yet."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from vivek.errors import ConfigError, ModelNotFoundError
from vivek.providers.catalog import did_you_mean
from vivek.providers.pull.host import Repository, check_repository, load_repository
from vivek.providers.pull.jobs import FileJob, FolderJob, Job, OllamaJob, present_bytes, waiting_folder
from vivek.providers.pull.part import Disk
from vivek.providers.pull.wanted import Checksum, WantedFile
from vivek.providers.suggestions import Suggestion, Suggestions
from vivek.providers.wire.address import ollama_url, parse_address
from vivek.providers.wire.decoding import excerpt
from vivek.providers.wire.download import Downloader
from vivek.schema.fetching import FetchPlan
from vivek.schema.secret import Secret

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,200}\.gguf", re.ASCII | re.IGNORECASE)
_OLLAMA_NAME = re.compile(r"[A-Za-z0-9][\w.:/-]{0,200}", re.ASCII)
# What a model of MLX is made of. Nothing that could be run: a repository may bring programs, too.
_OF_A_FOLDER = re.compile(r".*\.(json|safetensors|txt|jinja|model)|LICEN[CS]E(\.\w+)?", re.ASCII | re.IGNORECASE)
_WAYS = "Models are fetched as `ollama/NAME`, `local/NAME`, `mlx/OWNER/NAME`, or by the address of a GGUF file."


@dataclass(frozen=True, slots=True)
class Places:
    """Where models come from and go to.

    Attributes:
        models: Vivek's own folder of models.
        host: Base address of the model host.
        ollama: Where Ollama answers, None for its usual address.
        host_key: Key of the model host.
        ollama_key: Key for an Ollama behind a proxy.
        disk: How files are written.
    """

    models: Path
    host: str
    ollama: str | None = None
    host_key: Secret | None = None
    ollama_key: Secret | None = None
    disk: Disk = field(default_factory=Disk)


async def prepare(name: str, places: Places, suggested: Suggestions, *, sha256: str | None = None) -> Job:
    """Return what `name` means, ready to be confirmed.

    Args:
        name: `ollama/NAME`, `local/NAME`, `local/OWNER/NAME/FILE.gguf`, `mlx/NAME`, `mlx/OWNER/NAME`, or an address.
        places: Where models come from and go to.
        suggested: The models that are known by a short name.
        sha256: The checksum that the file must have; needed for an address.

    Raises:
        ConfigError: If the name means nothing, or a checksum is missing.
        ModelNotFoundError: If there is no such model; the hint offers the nearest names.
        ModelAPIError: If the model host cannot be asked.
    """
    name, sha256 = name.strip(), sha256.strip().lower() if sha256 else None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise ConfigError("A SHA-256 checksum has 64 hexadecimal digits.", hint="Copy it again, whole.")
    if parse_address(places.host).userinfo:
        raise ConfigError("`models.base_url` holds a password.", hint="Put the key into `models.api_key`.")
    places = replace(places, host=places.host.rstrip("/"))
    if "://" in name:
        return _by_address(name.removeprefix("local/"), places, sha256)
    provider, slash, rest = name.partition("/")
    if not slash or not rest:
        close = did_you_mean(name, list(suggested.models), "local/")
        raise ConfigError(f"`{excerpt(name)}` does not say where to fetch from.", hint=f"{close} {_WAYS}".strip())
    if sha256 is not None and provider != "local":
        raise ConfigError("`--sha256` is for GGUF files only.", hint="Leave it out.")
    match provider:
        case "ollama":
            return _by_ollama(rest, places, suggested)
        case "local":
            return await _by_file(rest, places, suggested, sha256)
        case "mlx":
            return await _by_folder(rest, places, suggested)
        case _:
            raise ConfigError(f"Models of `{excerpt(provider)}` cannot be fetched by vivek.", hint=_WAYS)


def _by_ollama(name: str, places: Places, suggested: Suggestions) -> Job:
    if not _OLLAMA_NAME.fullmatch(name) or ".." in name:
        raise ConfigError(f"`{excerpt(name)}` is no name of a model in Ollama.", hint="It is written `NAME:TAG`.")
    known = next((each for each in suggested.models.values() if each.ollama == name), None)
    where = f"Ollama at {ollama_url(places.ollama)}"
    notes = () if known else ("Its size is known when Ollama has asked its library.",)
    plan = FetchPlan(
        name=f"ollama/{name}",
        title=f"{known.title}, {known.quantisation}" if known else name,
        model=f"ollama/{name}",
        source="Ollama's library",
        target=where,
        size_bytes=known.file.size_bytes if known else None,
        licence=known.licence if known else "",
        limits=known.limits if known else "",
        checksum="Ollama checks the digests of its library",
        notes=notes,
    )
    return OllamaJob(plan, name, places.ollama, places.ollama_key)


async def _by_file(name: str, places: Places, suggested: Suggestions, sha256: str | None) -> Job:
    stem = name.lower().removesuffix(".gguf")
    for known in suggested.models.values():
        if stem in {known.name, known.file.name.lower().removesuffix(".gguf")}:
            if sha256 not in {None, known.file.sha256}:
                msg = f"{known.file.name} is known with another checksum: {known.file.sha256}."
                raise ConfigError(msg, hint="Leave `--sha256` out, or give the address of the file that you mean.")
            return _suggested_file(known, places)
    repository, slash, file = name.rpartition("/")
    if not slash or not _FILE_NAME.fullmatch(file) or ".." in file:
        names = [each.name for each in suggested.models.values()]
        offer = did_you_mean(name, names, "local/") or f"There are {', '.join(f'`local/{each}`' for each in names)}."
        hint = f"{offer} Any other: `local/OWNER/NAME/FILE.gguf`."
        raise ModelNotFoundError(f"No model file is known as `{excerpt(name)}`.", hint=hint)
    found = await load_repository(check_repository(repository), base_url=places.host, key=places.host_key)
    wanted = next((each for each in found.files if each.name == file), None)
    if wanted is None:
        near = did_you_mean(file, [each.name for each in found.files], f"local/{repository}/")
        raise ModelNotFoundError(f"{repository} has no file {file} that can be checked.", hint=near)
    if sha256 is not None and wanted.checksum != Checksum("sha256", sha256):
        msg = f"{places.host} has {file} with another checksum: {wanted.checksum.value}."
        raise ConfigError(msg, hint="Leave `--sha256` out if you trust the host.")
    told = f"{_shown(wanted.checksum)}, {'as given and' if sha256 else 'only'} as the host says"
    return _file_job(wanted, places, title=file, name=f"local/{name}", checksum=told, repository=found)


def _suggested_file(known: Suggestion, places: Places) -> Job:
    file = known.file
    wanted = WantedFile(file.name, f"{places.host}/{file.path}", file.size_bytes, Checksum("sha256", file.sha256))
    title = f"{known.title}, {known.quantisation}"
    told = _shown(wanted.checksum)
    return _file_job(wanted, places, title=title, name=f"local/{known.name}", checksum=told, known=known)


def _by_address(url: str, places: Places, sha256: str | None) -> Job:
    parsed = parse_address(url)
    if parsed.userinfo:
        raise ConfigError("The address holds a password.", hint="Leave it out; a key goes into `models.api_key`.")
    file = parsed.path.rpartition("/")[2]
    if not _FILE_NAME.fullmatch(file) or ".." in file:
        raise ConfigError(f"`{excerpt(file)}` is no name of a GGUF file.", hint=_WAYS)
    if sha256 is None:
        msg = "The checksum of that file is needed: without it nobody knows what comes."
        raise ConfigError(msg, hint="Give it with `--sha256`; the page of the model shows it.")
    wanted = WantedFile(file, url, None, Checksum("sha256", sha256))
    return _file_job(wanted, places, title=file, name=url, checksum=f"{_shown(wanted.checksum)}, as given")


def _file_job(
    wanted: WantedFile,
    places: Places,
    *,
    title: str,
    name: str,
    checksum: str,
    known: Suggestion | None = None,
    repository: Repository | None = None,
) -> Job:
    folder = places.models
    plan = FetchPlan(
        name=name,
        title=title,
        model=f"local/{wanted.name.removesuffix('.gguf')}",
        source=wanted.url,
        target=str(folder / wanted.name),
        size_bytes=wanted.size,
        present_bytes=present_bytes([wanted], folder),
        free_bytes=places.disk.free(folder),
        licence=known.licence if known else repository.licence if repository else "",
        limits=known.limits if known else "",
        checksum=checksum,
        done=(folder / wanted.name).is_file(),
        notes=_gate(repository),
    )
    return FileJob(plan, wanted, folder, Downloader(key=places.host_key, own=places.host), places.disk)


async def _by_folder(name: str, places: Places, suggested: Suggestions) -> Job:
    known = suggested.models.get(name)
    if known is None and "/" not in name:
        names = [each.name for each in suggested.models.values()]
        raise ModelNotFoundError(
            f"No MLX model is known as `{excerpt(name)}`.", hint=did_you_mean(name, names, "mlx/") or _WAYS
        )
    repository = known.mlx if known else check_repository(name)
    found = await load_repository(repository, base_url=places.host, key=places.host_key)
    files = [each for each in found.files if _OF_A_FOLDER.fullmatch(each.name)]
    names_here = {each.name for each in files}
    if "config.json" not in names_here or not any(each.endswith(".safetensors") for each in names_here):
        msg = f"{repository} holds no model of MLX: `config.json` and weights (`.safetensors`) are not both there."
        raise ModelNotFoundError(msg, hint="GGUF files are fetched as `local/OWNER/NAME/FILE.gguf`.")
    folder = places.models / repository
    present = folder if folder.exists() else waiting_folder(folder)
    left_out = len(found.left_out) + len(found.files) - len(files)
    notes = (f"{left_out} other files of the repository stay there.",) if left_out else ()
    plan = FetchPlan(
        name=f"mlx/{name}",
        title=known.title if known else repository,
        model=f"mlx/{repository}",
        source=f"{places.host}/{repository}, revision {found.revision[:12]}",
        target=str(folder),
        files=len(files),
        size_bytes=sum(each.size or 0 for each in files),
        present_bytes=present_bytes(files, present),
        free_bytes=places.disk.free(places.models),
        licence=known.licence if known else found.licence,
        limits=known.limits if known else "",
        checksum="each file by the checksum that the host names",
        done=folder.exists() and all((folder / each.name).is_file() for each in files),
        notes=(*notes, *_gate(found)),
    )
    return FolderJob(plan, files, folder, Downloader(key=places.host_key, own=places.host), places.disk)


def _gate(repository: Repository | None) -> tuple[str, ...]:
    return ("The host gives its files only to those who asked for them.",) if repository and repository.gated else ()


def _shown(checksum: Checksum) -> str:
    return f"{checksum.algorithm} {checksum.value}"
