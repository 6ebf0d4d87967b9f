"""The modes of a session: those that ship, and those that pages of the user or of a trusted project describe."""

import difflib
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType

from vivek.config.front_matter import parse_front_matter, split_page
from vivek.config.validation import build_spec
from vivek.errors import ConfigError
from vivek.prompts.modes import LIMITED, MODES, Modes
from vivek.schema.events import Notice
from vivek.schema.modes import Mode
from vivek.schema.plan import Depth
from vivek.schema.request import SAMPLING_RANGES, Sampling
from vivek.schema.settings import Setting
from vivek.session.options import parse_window
from vivek.session.pages.page import Page, load_pages
from vivek.session.place import Place
from vivek.session.trust import Trust

_NONE = "none"


@dataclass(frozen=True, slots=True)
class ModeSpec:
    """What the front matter of a mode's page may say.

    Attributes:
        about: What it is good for, in a few words.
        edits: Whether it may change files.
        prose: Whether an explanation goes with a change.
        tools: Which of `search`, `find`, `run` and `script` the model may ask for; `none` for none of them.
        depth: How much is planned and reviewed.
        model: The model that works in it.
        window: The size of its window.
        temperature: As in `[sampling]`, and so are the others.
        top_p: See there.
        top_k: See there.
        repeat_penalty: See there.
        seed: See there.
    """

    about: str = ""
    edits: bool = True
    prose: bool = True
    tools: tuple[str, ...] | None = None
    depth: Depth | None = None
    model: str | None = None
    window: str | int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    repeat_penalty: float | None = None
    seed: int | None = None


def load_modes(place: Place, trust: Trust) -> tuple[Modes, tuple[Notice, ...]]:
    """Return the modes of a session, and what to tell: pages that are not used, and why."""
    pages = load_pages("mode", place, trust)
    own, notices = {}, [*pages.notices]
    for page in pages.used:
        try:
            own[page.name] = parse_mode(page)
        except ConfigError as error:
            notices.append(Notice(f"The mode {page.name} is not used. {error.message}", error.hint or ""))
    return Modes(MappingProxyType(own), pages.untrusted), tuple(notices)


def parse_mode(page: Page) -> Mode:
    """Return the mode that a page describes.

    Raises:
        ConfigError: If it says what cannot be; file and line are named.
    """
    if page.name in MODES:
        msg = f"{page.origin}: `{page.name}` is a mode that ships."
        hint = f"Give it another name; `templates/modes/{page.name}.md` changes the words of the one that ships."
        raise ConfigError(msg, hint=hint)
    settings = matter_of(page, ModeSpec)
    said = build_spec(ModeSpec, page.kind, settings)
    text = split_page(page.text).body.strip()
    if not text:
        msg = f"{page.origin}: the page says nothing to the model."
        raise ConfigError(msg, hint="Write below the front matter how the model is to work.")
    return Mode(
        page.name,
        said.about or text.split("\n", 1)[0],
        edits=said.edits,
        prose=said.prose,
        tools=_tools(said.tools, settings),
        depth=said.depth,
        model=None if said.model is None else parse_model(said.model, settings["mode.model"].place),
        window=_window(said.window, settings),
        sampling=_sampling(said, settings),
        text=text,
        origin=page.origin,
    )


def matter_of(page: Page, spec: type[object]) -> dict[str, Setting]:
    """Return what the front matter of a page says, by dotted key below the kind of page.

    Args:
        page: The page.
        spec: What it may say.

    Raises:
        ConfigError: If it cannot be read, or says what nothing knows; file and line are named.
    """
    known = [each.name for each in fields(spec)]  # type: ignore[arg-type]  # a dataclass, by contract
    settings = {}
    for key, entry in parse_front_matter(page.text, Path(page.origin)).items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(known)}."
            raise ConfigError(f"{entry.place}: there is no `{key}` in such a page.", hint=hint)
        name = f"{page.kind}.{key}"
        settings[name] = Setting(name, entry.value, "project", entry.place, entry.column, untyped=entry.untyped)
    return settings


def _tools(named: tuple[str, ...] | None, settings: dict[str, Setting]) -> tuple[str, ...] | None:
    if named is None:
        return None
    wanted = tuple(name for name in named if name not in (_NONE, "read"))
    if unknown := [name for name in wanted if name not in LIMITED]:
        msg = f"{settings['mode.tools'].place}: there is no request `{unknown[0]}`."
        raise ConfigError(msg, hint=f"There are: {', '.join(LIMITED)}; `none` for none of them.")
    return wanted


def parse_model(name: str, place: str) -> str:
    """Return the model that a page names.

    Args:
        name: What the page says.
        place: File and line.

    Raises:
        ConfigError: If it is no model, or a server as well: no page says where prompts go.
    """
    if "@" in name:
        msg = f"{place}: a page names a model, not the address of a server."
        raise ConfigError(msg, hint="Addresses belong into your own settings.")
    if "/" not in name.strip("/"):
        raise ConfigError(f"{place}: `{name}` names no provider.", hint="Write it like `ollama/qwen2.5-coder:7b`.")
    return name


def _window(size: str | int | None, settings: dict[str, Setting]) -> int | None:
    if size is None:
        return None
    try:
        return parse_window(str(size))
    except ConfigError as error:
        raise ConfigError(f"{settings['mode.window'].place}: {error.message}", hint=error.hint) from error


def _sampling(said: ModeSpec, settings: dict[str, Setting]) -> Sampling:
    for name, (least, most) in SAMPLING_RANGES.items():
        value = getattr(said, name)
        if value is not None and not least <= value <= most:
            msg = f"{settings[f'mode.{name}'].place}: `{name}` must lie between {least:g} and {most:g}, not {value!r}."
            raise ConfigError(msg, hint="Correct it, or remove it to use what suits the model.")
    return Sampling(said.temperature, said.top_p, said.top_k, said.repeat_penalty, said.seed)
