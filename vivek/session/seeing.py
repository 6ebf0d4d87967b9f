"""The pictures of a request: found, read, kept in the store, and refused for a model that cannot see them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from vivek.errors import ConfigError, RequestInvalidError
from vivek.project.pictures import FORMATS, MOST_PICTURES, load_picture, mentioned
from vivek.schema.models import ModelInfo
from vivek.schema.pictures import Picture
from vivek.workspace.store import Store

_TEXT_ONLY = {"mlx": "mlx-lm is text only", "local": "the embedded engine is text only"}
_OF_THE_SERVER = frozenset({"structured_output"})
"""What a list of any OpenAI-compatible server may tell of every model alike: vLLM's says no word about pictures."""


def take_pictures(text: str, given: Iterable[str], *, here: Path, store: Store) -> tuple[str, tuple[Picture, ...]]:
    """Return the request with a line for each of its pictures, and the pictures, kept in the store.

    Args:
        text: What the user typed; `@shot.png` in it shows a picture.
        given: Files that the command line names as pictures.
        here: What relative paths start from.
        store: Where their bytes are kept: what happens to the file later changes nothing.

    Raises:
        ConfigError: If one cannot be read, is none, is too large, or there are too many.
    """
    paths = list(dict.fromkeys([*(here / Path(name).expanduser() for name in given), *mentioned(text, here)]))
    if not paths:
        return text, ()
    if len(paths) > MOST_PICTURES:
        msg = f"{len(paths)} pictures are too many for one request: the most is {MOST_PICTURES}."
        raise ConfigError(msg, hint="Show them in several requests.")
    pictures = []
    for path in paths:
        picture, data = load_picture(path)
        store.put(data)
        pictures.append(picture)
    lines = "\n".join(picture.line for picture in pictures)
    return f"{text}\n\n{lines}", tuple(pictures)


def can_see(provider: str, info: ModelInfo) -> bool | None:
    """Return whether a model can be shown pictures, None when its server does not say what it can do."""
    if provider in _TEXT_ONLY:
        return False
    if "vision" in info.abilities:
        return True
    told = info.abilities - _OF_THE_SERVER if provider == "openai_compat" else info.abilities
    return False if told else None


def check_sight(pictures: Sequence[Picture], label: str, provider: str, sees: bool | None) -> None:
    """Refuse pictures for a model that cannot see; where nobody knows, the server decides.

    Args:
        pictures: What is to be shown.
        label: `provider/model`.
        provider: The provider's name.
        sees: Whether the model can be shown pictures, None when nobody knows.

    Raises:
        RequestInvalidError: If there is a picture and the model cannot see.
    """
    if not pictures or sees is not False:
        return
    why = _TEXT_ONLY.get(provider, "its server says that it cannot see")
    msg = f"`{label}` cannot be shown pictures: {why}."
    hint = f"`vivek models list` names models with vision; formats are {FORMATS}. `model.vision = true` overrides this."
    raise RequestInvalidError(msg, hint=hint if provider not in _TEXT_ONLY else hint.partition(" `model.vision")[0])
