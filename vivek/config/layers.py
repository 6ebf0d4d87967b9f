"""Merges layers of settings, each value with its origin; the only reader of the environment. Knows no key itself."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vivek.config.formats import Entry
from vivek.schema.secret import Secret
from vivek.schema.settings import Origin, Setting

if TYPE_CHECKING:  # the events take longer to import than all of this module, and most starts need none
    from vivek.schema.events import Notice

_PREFIX = "VIVEK_"
_TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
# The libraries around MLX fetch what is missing, count their users and talk on stderr, unless they are told not to.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "MLXLM_USE_MODELSCOPE": "False",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """What one origin says.

    Attributes:
        origin: Who it is.
        entries: Values with their places, by dotted key.
        notices: What was ignored, and why.
        profile: The profile that was chosen, where this is what it says; "" for none.
    """

    origin: Origin
    entries: Mapping[str, Entry] = field(default_factory=dict)
    notices: tuple["Notice", ...] = ()
    profile: str = ""


def environment(name: str) -> str | None:
    """Return a variable of the environment, or None; everything that vivek reads there, it reads here."""
    return os.environ.get(name)


def silence_tracing() -> None:
    """Switch off the tracing that LangGraph's companion library does when a variable asks for it.

    Whoever uses LangGraph elsewhere may have these variables set, and traces hold whole prompts.
    """
    for name in _TRACING:
        os.environ[name] = "false"


def keep_model_libraries_offline() -> None:
    """Keep the libraries that run a model in this process off the network and quiet; before they are imported."""
    os.environ.update(_OFFLINE)


def build_layer(
    origin: Origin,
    entries: Mapping[str, Entry],
    *,
    profile: str = "",
    allowed: Collection[str] | None = None,
    protected: Collection[str] = (),
    secret: Collection[str] = (),
) -> Layer:
    """Return what a file of settings may say.

    Args:
        origin: Whose file it is.
        entries: What stands in it, by dotted key.
        profile: The profile that these entries belong to.
        allowed: Keys, or whole tables, that this origin may set; None for all. The others are ignored, and told.
        protected: Keys, or whole tables, that this origin may not set; they are ignored, and that is told.
        secret: Keys whose values must not be shown.
    """
    kept: dict[str, Entry] = {}
    notices = []
    for key, entry in entries.items():
        if _is_among(key, protected) or (allowed is not None and not _is_among(key, allowed)):
            notices.append(_ignored(key, entry.place))
        else:
            kept[key] = _hidden(key, entry) if key in secret else entry
    return Layer(origin, kept, tuple(notices), profile)


def environment_layer(keys: Collection[str], *, protected: Collection[str] = (), secret: Collection[str] = ()) -> Layer:
    """Return what the environment says of `keys`: `VIVEK_PROVIDER_TIMEOUT` sets `provider.timeout`.

    Values are text; whoever knows the type of a setting reads them. An empty variable says nothing.
    """
    kept: dict[str, Entry] = {}
    notices = []
    for key in keys:
        name = variable_of(key)
        value = environment(name)
        if not value:
            continue
        if _is_among(key, protected):
            notices.append(_ignored(key, name))
        else:
            entry = Entry(value, name, untyped=True)
            kept[key] = _hidden(key, entry) if key in secret else entry
    return Layer("environment", kept, tuple(notices))


def variable_of(key: str) -> str:
    """Return the variable of the environment that sets a key."""
    return _PREFIX + key.upper().replace(".", "_").replace("-", "_")


def merge(
    defaults: Mapping[str, object], layers: Iterable[Layer] = (), flags: Mapping[str, object] | None = None
) -> dict[str, Setting]:
    """Return every setting with its value, origin and place; a later layer wins over an earlier one.

    Args:
        defaults: All keys there are. Keys of the layers that are none of these are kept, for whoever checks them.
        layers: What the origins say, the weakest first.
        flags: What the command line said; None as a value says nothing.
    """
    settings = {key: Setting(key, value, "default") for key, value in defaults.items()}
    for layer in layers:
        settings |= {
            key: Setting(key, each.value, layer.origin, each.place, each.column, layer.profile, each.untyped)
            for key, each in layer.entries.items()
        }
    said = {key: value for key, value in (flags or {}).items() if value is not None}
    return settings | {key: Setting(key, value, "flag") for key, value in said.items()}


def _hidden(key: str, entry: Entry) -> Entry:
    """Return an entry whose value shows in no message and no traceback; what is no text is for who checks types."""
    source = f"`{entry.place}`" if entry.place.startswith(_PREFIX) else f"`{key}` ({entry.place})"
    return replace(entry, value=Secret(entry.value, source=source)) if isinstance(entry.value, str) else entry


def _is_among(key: str, named: Collection[str]) -> bool:
    return any(key == each or key.startswith(each + ".") for each in named)


def _ignored(key: str, place: str) -> "Notice":
    from vivek.schema.events import Notice

    hint = "Set it in your own settings or on the command line."
    return Notice(f"`{key}` may not be set by {place}; it is ignored.", hint=hint)
