"""What a model host tells of one repository: revision, licence, files with their checksums.

Protocol: GET `/api/models/OWNER/NAME/revision/REVISION?blobs=true` of Hugging Face, which its mirrors answer too. Large
files come with their SHA-256, small ones with git's name of their content.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from vivek.errors import ConfigError, ModelAPIError, ModelNotFoundError, RequestInvalidError
from vivek.providers.pull.wanted import Checksum, WantedFile
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.decoding import excerpt
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.model_lists import entries
from vivek.providers.wire.reply import whole, words
from vivek.schema.secret import Secret

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9][\w.-]{0,200}", re.ASCII)
_REVISION = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository of a model host.

    Attributes:
        name: `OWNER/NAME`.
        revision: The commit whose files these are.
        licence: Its licence, "" when it names none.
        gated: Whether its files have to be asked for.
        files: Those that can be fetched and checked, of its top folder.
        left_out: Names of the others.
    """

    name: str
    revision: str
    licence: str
    gated: bool
    files: tuple[WantedFile, ...]
    left_out: tuple[str, ...]


def check_repository(name: str) -> str:
    """Return a repository's name.

    Raises:
        ConfigError: If it is none.
    """
    if not _REPOSITORY.fullmatch(name) or ".." in name:
        msg = f"`{excerpt(name)}` is no repository of a model host."
        raise ConfigError(msg, hint="It is written `OWNER/NAME`.")
    return name


async def load_repository(name: str, *, base_url: str, key: Secret | None = None) -> Repository:
    """Ask a host for a repository.

    Raises:
        ConfigError: If the name or the address is none.
        ModelNotFoundError: If the host has no such repository.
        ModelAPIError: If the host cannot be reached, or answers with something else.
    """
    check_repository(name)
    door = HttpDoor(
        base_url,
        server="The model host",
        headers=bearer_header(key),
        start_hint="Check the network, or set another address with `models.base_url`.",
    )
    try:
        said = await door.get_json(f"/api/models/{name}/revision/main?blobs=true")
    except RequestInvalidError as error:
        if error.status == 404:
            raise ModelNotFoundError(f"{door.place} has no repository {name}.", hint="Check its name.") from error
        raise
    finally:
        await door.close()
    return read_repository(name, said, door.base_url)


def read_repository(name: str, said: Mapping[str, object], base_url: str) -> Repository:
    """Return what the answer of a host says; nothing in it is taken on trust.

    Raises:
        ModelAPIError: If it names no revision.
    """
    revision = words(said.get("sha"))
    if not _REVISION.fullmatch(revision):
        msg = f"{base_url} does not tell the revision of {name}."
        raise ModelAPIError(msg, hint="Is this the address of a model host? Check `models.base_url`.")
    found = list(_files(name, revision, said, base_url))
    return Repository(
        name,
        revision,
        _licence(said),
        bool(said.get("gated")),
        tuple(file for file in found if isinstance(file, WantedFile)),
        tuple(file for file in found if isinstance(file, str)),
    )


def _files(name: str, revision: str, said: Mapping[str, object], base_url: str) -> Iterator[WantedFile | str]:
    seen: set[str] = set()
    for entry in entries(said, "siblings"):
        path = words(entry.get("rfilename"))
        size, checksum = whole(entry.get("size")), _checksum(entry)
        usable = _FILE.fullmatch(path) and ".." not in path and path.lower() not in seen
        if not usable or size is None or checksum is None:
            yield excerpt(path)
            continue
        seen.add(path.lower())
        yield WantedFile(path, f"{base_url}/{name}/resolve/{revision}/{quote(path)}", size, checksum)


def _checksum(entry: Mapping[str, object]) -> Checksum | None:
    large = entry.get("lfs")
    if isinstance(large, Mapping):
        value = words(large.get("sha256")).lower()
        return Checksum("sha256", value) if _SHA256.fullmatch(value) else None
    value = words(entry.get("blobId")).lower()
    return Checksum("git", value) if _REVISION.fullmatch(value) else None


def _licence(said: Mapping[str, object]) -> str:
    card = said.get("cardData")
    told = card if isinstance(card, Mapping) else {}
    licence = told.get("license")
    if isinstance(licence, list):
        licence = ", ".join(words(each) for each in licence)
    if licence == "other":
        licence = told.get("license_name") or licence
    if not words(licence):
        tags = said.get("tags")
        named = [words(tag) for tag in tags] if isinstance(tags, list) else []
        licence = next((tag.removeprefix("license:") for tag in named if tag.startswith("license:")), "")
    return excerpt(words(licence), 60)
