"""The templates and modes that a user or a trusted project brings, read and checked before a turn begins."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vivek.config.folders import config_folder
from vivek.config.formats import read_text
from vivek.errors import ConfigError
from vivek.prompts.modes import SHIPPED_MODES, Modes
from vivek.prompts.templates import SHIPPED, Templates, template_names
from vivek.schema.events import Notice
from vivek.session.pages.modes import load_modes
from vivek.session.place import Place
from vivek.session.trust import Trust

KIND = "template"
"""What an answer of the user on a template is kept as."""

_FOLDER = "templates"


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template that stands in for one that ships.

    Attributes:
        name: Which one.
        origin: The file, as it is named to the user; beneath the root for one of a project.
        text: What it says.
    """

    name: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class LoadedTemplates:
    """The templates and modes of a session.

    Attributes:
        templates: What the prompts are made of.
        own: What stands in for templates that ship, those that are used.
        notices: What to tell: files that are not used, and why.
        modes: The modes that a turn may have.
    """

    templates: Templates = SHIPPED
    own: tuple[OwnTemplate, ...] = ()
    notices: tuple[Notice, ...] = ()
    modes: Modes = SHIPPED_MODES


def load_templates(place: Place, trust: Trust) -> LoadedTemplates:
    """Return the templates of a session: the trusted ones of the project before the user's before those that ship.

    Args:
        place: The project.
        trust: What the user trusts.

    Raises:
        ConfigError: If one that is to be used cannot be read, misses a variable or has one that is not known.
    """
    folder = config_folder() / _FOLDER
    own = [OwnTemplate(name, str(folder / f"{name}.md"), text) for name, text in _texts(folder)]
    brought = project_templates(place)
    trusted = [each for each in brought if is_trusted(each, place, trust)]
    templates = SHIPPED
    for each in (*own, *trusted):
        templates = templates.with_own(each.name, each.text, each.origin)
    notices = [*_unknown(folder)]
    if left := [each.origin for each in brought if each not in trusted]:
        hint = "`vivek trust templates` shows them and asks."
        notices.append(Notice(f"This project brings prompts of its own, which are not used: {', '.join(left)}.", hint))
    modes, told = load_modes(place, trust)
    names = {each.name for each in trusted}
    used = (*(each for each in own if each.name not in names), *trusted)
    return LoadedTemplates(templates, used, (*notices, *told), modes)


def project_templates(place: Place) -> tuple[OwnTemplate, ...]:
    """Return the templates that a project brings, trusted or not; () for what is no project.

    One that cannot be read, or that leads out of the project, counts as not there: it could not be shown either.
    """
    if place.restricted:
        return ()
    folder = place.root / ".vivek" / _FOLDER
    found = []
    for name in template_names():
        path = folder / f"{name}.md"
        try:
            if path.is_file() and path.resolve().is_relative_to(place.root.resolve()):
                found.append(OwnTemplate(name, path.relative_to(place.root).as_posix(), read_text(path)))
        except (ConfigError, OSError):
            continue
    return tuple(found)


def is_trusted(template: OwnTemplate, place: Place, trust: Trust) -> bool:
    """Tell whether the user lets a project's template, exactly as it is now, stand in for one that ships."""
    return trust.decision(place.root, KIND, template.text, template.origin) == "yes"


def check_templates(templates: Sequence[OwnTemplate]) -> None:
    """Refuse templates that could not be used.

    Raises:
        ConfigError: If one misses a variable or has one that is not known.
    """
    for each in templates:
        SHIPPED.with_own(each.name, each.text, each.origin)


def trust_templates(templates: Sequence[OwnTemplate], place: Place, trust: Trust) -> None:
    """Keep that templates of a project are trusted, exactly as they were read.

    Raises:
        ConfigError: If the answer cannot be kept, or the folder is one that is never trusted.
    """
    for each in templates:
        trust.remember(place.root, KIND, each.text, each.origin, "always")


def _texts(folder: Path) -> list[tuple[str, str]]:
    """Return name and text of each template in a folder of the user.

    Raises:
        ConfigError: If a file cannot be read, is no UTF-8 or far too large.
    """
    paths = [(name, folder / f"{name}.md") for name in template_names()]
    return [(name, read_text(path)) for name, path in paths if path.exists()]


def _unknown(folder: Path) -> list[Notice]:
    """Return a notice for each file that no template has the name of."""
    if not folder.is_dir():
        return []
    names = template_names()
    notices = []
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean `{near[0]}.md`?" if near else f"There are: {', '.join(names)}."
            notices.append(Notice(f"{path} is not used: there is no template `{name}`.", hint))
    return notices
