"""The settings in the front matter of a project's page, `vivek.md`; a mistake in it stops nothing and is told."""

import difflib
from collections.abc import Mapping

from vivek.config.formats import Entry, read_text
from vivek.config.front_matter import parse_front_matter
from vivek.errors import ConfigError
from vivek.schema.events import Notice
from vivek.session.place import Place

PAGE = "vivek.md"
"""Its name, at the root of the project."""

SHORT: Mapping[str, str] = {
    "languages": "project.languages",
    "test": "project.test",
    "lint": "project.lint",
    "build": "project.build",
    "ignore": "project.ignore",
    "mode": "session.mode",
    "depth": "session.depth",
    "model": "model.name",
    "planner": "model.planner",
    "executor": "model.executor",
    "reviewer": "model.reviewer",
}
"""What settings are called in the front matter of `vivek.md`; the full names count there as well."""


def load_page(place: Place) -> tuple[dict[str, Entry], tuple[Notice, ...]]:
    """Return the settings of a project's page by dotted key, and what is wrong with them."""
    path = place.root / PAGE
    if place.restricted or (path.is_symlink() and not path.resolve().is_relative_to(place.root)):
        return {}, ()
    try:
        return page_settings(parse_front_matter(read_text(path), path))
    except ConfigError as error:
        return {}, (Notice(f"No setting of {PAGE} is used: {error.message}", hint=error.hint or ""),)


def page_settings(entries: Mapping[str, Entry]) -> tuple[dict[str, Entry], tuple[Notice, ...]]:
    """Return the front matter of a page by dotted key, and what to tell of names that nothing knows."""
    told, kept = [], {}
    for key, entry in entries.items():
        if key in SHORT or "." in key:
            kept[SHORT.get(key, key)] = entry
            continue
        near = difflib.get_close_matches(key, SHORT, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(SHORT)}."
        where = f"{entry.place}:{entry.column}"
        told.append(Notice(f"There is no setting `{key}` ({where}); it is ignored.", hint=hint))
    return kept, tuple(told)
