"""What a shell can complete: names that vivek knows already, each with a few words on it. No network, no model."""

import json
from collections.abc import Iterator
from contextlib import suppress

from vivek.config.folders import state_folder
from vivek.errors import VivekError
from vivek.prompts.modes import MODES
from vivek.session.options import Choices
from vivek.session.pages.page import load_pages
from vivek.session.place import Place
from vivek.session.settings import build_settings, state_settings
from vivek.session.threads.index import ThreadIndex
from vivek.session.trust import Trust

Names = tuple[tuple[str, str], ...]

_MOST = 200
_LARGEST = 100_000  # bytes of a file on a model
_OWN = ("name", "planner", "executor", "reviewer")


def thread_ids(place: Place) -> Names:
    """Return the threads of a project, the newest first, each with its title."""
    with ThreadIndex.open() as index:
        return tuple((each.id, each.title) for each in index.list(place.root)[:_MOST])


def model_names(place: Place) -> Names:
    """Return the models that settings name, threads used, or that were measured; nobody is asked for more."""
    found: dict[str, str] = {}
    with suppress(VivekError):
        model = build_settings(state_settings(place, Choices()), unlock=False).model
        named = [getattr(model, each) for each in _OWN] + list(model.fallbacks)
        found |= {name: "set" for name in named if name}
    with ThreadIndex.open() as index:
        for thread in index.list()[:_MOST]:
            found.setdefault(thread.model, "used")
    for name in _measured():
        found.setdefault(name, "measured")
    return tuple((name, about) for name, about in found.items() if name)


def mode_names(place: Place) -> Names:
    """Return the modes, those of the user and of a trusted project among them."""
    own = tuple((page.name, page.origin) for page in load_pages("mode", place, Trust.open()).used)
    return (*((name, mode.summary) for name, mode in MODES.items()), *own)


def profile_names(place: Place) -> Names:
    """Return the profiles of the files of settings."""
    stated = state_settings(place, Choices())
    return tuple((name, "profile") for name in stated.profiles)


def setting_keys() -> Names:
    """Return the names of all settings."""
    from vivek.session.reference import describe_settings

    return tuple((each.key, each.about) for each in describe_settings())


def setting_values(key: str) -> Names:
    """Return the values that a setting may have, where there are a few only."""
    from vivek.session.doors.configuration import describe

    with suppress(VivekError):
        kind = describe(key).kind
        if kind == "true or false":
            return (("true", ""), ("false", ""))
        return tuple((each.strip("` "), "") for each in kind.removeprefix("one of").split(",") if "`" in each)
    return ()


def _measured() -> Iterator[str]:
    """Yield the models that there are measurements of."""
    with suppress(OSError):
        for path in sorted((state_folder() / "models").glob("*.json"))[:_MOST]:
            with suppress(OSError, ValueError, RecursionError), path.open("rb") as file:
                known = json.loads(file.read(_LARGEST))
                said = known.get("known") if isinstance(known, dict) else None
                if isinstance(said, dict) and isinstance(name := said.get("model"), str):
                    yield name
