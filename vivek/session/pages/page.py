"""Pages of Markdown that a user or a trusted project brings, for modes, chat commands and rules; not yet understood.

A page of a project speaks to the model in the user's name, so it is used only once the user has seen it and said so.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vivek.config.folders import config_folder
from vivek.config.formats import read_text
from vivek.errors import ConfigError
from vivek.schema.events import Notice
from vivek.session.place import Place
from vivek.session.trust import Trust

PageKind = Literal["mode", "command", "rule"]

FOLDERS: dict[PageKind, str] = {"mode": "modes", "command": "commands", "rule": "rules"}
"""Where pages lie, below `.vivek/` and below the folder of the user's settings."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")

_MOST = 200  # pages of a folder; what holds more is no folder of such pages


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was found.

    Attributes:
        kind: What it describes.
        name: What the user types for it.
        origin: Its file, as it is named to the user; beneath the root for one of a project.
        text: What it says.
    """

    kind: PageKind
    name: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Pages:
    """What was found of one kind.

    Attributes:
        used: The pages that count: those of the user, then the trusted ones of the project with other names.
        notices: Which ones do not, and why.
        untrusted: The names of those that wait for trust.
    """

    used: tuple[Page, ...]
    notices: tuple[Notice, ...]
    untrusted: tuple[str, ...] = ()


def load_pages(kind: PageKind, place: Place, trust: Trust) -> Pages:
    """Return the pages of a kind that may be used; a bad file is told and never stops anything."""
    own, notices = _pages(kind, config_folder() / FOLDERS[kind], None)
    brought, told = project_pages(kind, place)
    trusted = tuple(page for page in brought if is_trusted(page, place, trust))
    names = {page.name for page in own}
    if left := [page for page in brought if page not in trusted]:
        hint, origins = "`vivek trust templates` shows them and asks.", ", ".join(page.origin for page in left)
        told = (*told, Notice(f"This project brings {FOLDERS[kind]} that are not used: {origins}.", hint))
    used = (*own, *(page for page in trusted if page.name not in names))
    return Pages(used, (*notices, *told), tuple(page.name for page in left if page.name not in names))


def project_pages(kind: PageKind, place: Place) -> tuple[tuple[Page, ...], tuple[Notice, ...]]:
    """Return the pages of a kind that a project brings, trusted or not, and what is wrong with others."""
    if place.restricted:
        return (), ()
    return _pages(kind, place.root / ".vivek" / FOLDERS[kind], place.root)


def is_trusted(page: Page, place: Place, trust: Trust) -> bool:
    """Tell whether the user lets a page of a project, exactly as it is now, speak to the model."""
    return trust.decision(place.root, page.kind, page.text, page.origin) == "yes"


def trust_page(page: Page, place: Place, trust: Trust) -> None:
    """Keep that a page of a project is trusted, exactly as it was read.

    Raises:
        ConfigError: If the answer cannot be kept, or the folder is one that is never trusted.
    """
    trust.remember(place.root, page.kind, page.text, page.origin, "always")


def _pages(kind: PageKind, folder: Path, root: Path | None) -> tuple[tuple[Page, ...], tuple[Notice, ...]]:
    pages, notices = [], []
    try:
        paths = sorted(folder.glob("*.md"))[:_MOST] if folder.is_dir() else []
    except OSError:
        paths = []
    for path in paths:
        origin = str(path) if root is None else path.relative_to(root).as_posix()
        if NAME.fullmatch(path.stem) is None:
            hint = "A name has small letters, digits and `-`, and begins with a letter."
            notices.append(Notice(f"{origin} is not used: `{path.stem}` is no name of a {kind}.", hint))
            continue
        if root is not None and not _lies_in(path, root):
            notices.append(Notice(f"{origin} is not used: it leads out of the project."))
            continue
        try:
            pages.append(Page(kind, path.stem, origin, read_text(path).replace("\r\n", "\n")))
        except ConfigError as error:
            notices.append(Notice(f"{origin} is not used: {error.message}", error.hint or ""))
    return tuple(pages), tuple(notices)


def _lies_in(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False
