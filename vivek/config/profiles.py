"""Named profiles: the tables `[profiles.NAME]` of a file of settings, taken over the rest of it when one is chosen."""

import difflib
import re
from collections.abc import Iterable, Mapping

from vivek.config.formats import Entry
from vivek.errors import ConfigError

TABLE = "profiles"
_NAME = re.compile(r"[A-Za-z0-9][\w-]{0,63}")


def split_profiles(entries: Mapping[str, Entry]) -> tuple[dict[str, Entry], dict[str, dict[str, Entry]]]:
    """Return what a file says in general, and what each of its profiles says, by name.

    Raises:
        ConfigError: If the name of a profile is none, or a value stands where a table belongs.
    """
    usual: dict[str, Entry] = {}
    profiles: dict[str, dict[str, Entry]] = {}
    for key, entry in entries.items():
        table, _, rest = key.partition(".")
        if table != TABLE:
            usual[key] = entry
            continue
        name, _, inner = rest.partition(".")
        if not inner:
            msg = f"`{key}` ({entry.place}) must be a table."
            raise ConfigError(msg, hint="Write `[profiles.ci.session]` on a line of its own, and its settings below.")
        if not _NAME.fullmatch(name):
            msg = f"`{name}` ({entry.place}) is no name of a profile."
            raise ConfigError(msg, hint="A name is made of letters, digits, `-` and `_`.")
        profiles.setdefault(name, {})[inner] = entry
    return usual, profiles


def check_profile(name: str, known: Iterable[str], said_by: str) -> None:
    """Refuse a profile that no file knows.

    Args:
        name: Its name.
        known: Those that there are.
        said_by: Where it was chosen, such as `--profile`.

    Raises:
        ConfigError: If there is none of that name; the hint names the nearest one.
    """
    there = sorted(known)
    if name in there:
        return
    near = difflib.get_close_matches(name, there, n=1)
    if near:
        hint = f"Did you mean `{near[0]}`?"
    elif there:
        hint = f"There are: {', '.join(there)}."
    else:
        hint = f"Write a table such as `[profiles.{name}.session]` into your `config.toml`: `vivek config edit`."
    msg = f"There is no profile `{name}` ({said_by})."
    raise ConfigError(msg, hint=hint)
