"""The chat commands that the user or a trusted project brings as pages of Markdown: `commands/NAME.md`. No model."""

import re
from dataclasses import dataclass

from vivek.config.front_matter import split_page
from vivek.config.validation import build_spec
from vivek.errors import ConfigError
from vivek.schema.events import Notice
from vivek.session.pages.modes import load_modes, matter_of, parse_model
from vivek.session.pages.page import Page, load_pages
from vivek.session.place import Place
from vivek.session.trust import Trust

_PLACE = re.compile(r"\$(ARGUMENTS\b|[1-9](?![0-9])|\$)")


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What the front matter of a command's page may say.

    Attributes:
        about: What it does, in a few words.
        mode: The mode of its turn.
        model: The model that does it.
        reads: Whether its turn changes nothing, whatever the mode allows.
    """

    about: str = ""
    mode: str | None = None
    model: str | None = None
    reads: bool = False


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """A command of the chat that sends a text.

    Attributes:
        name: What is typed for it, without the slash.
        about: What it does, in a few words.
        text: What is sent; `$ARGUMENTS` and `$1` to `$9` stand for what follows the name, `$$` for a dollar.
        origin: Its file.
        mode: The mode of its turn, None for that of the chat.
        model: The model that does it, None for that of the chat.
        reads: Whether its turn changes nothing.
    """

    name: str
    about: str
    text: str
    origin: str
    mode: str | None = None
    model: str | None = None
    reads: bool = False

    @property
    def takes(self) -> bool:
        """Whether its text has a place for what follows the name."""
        return any(found[1] != "$" for found in _PLACE.finditer(self.text))

    def filled(self, arguments: str) -> str:
        """Return what is sent; arguments that the text has no place for stand below it."""
        words = arguments.split()

        def said(found: re.Match[str]) -> str:
            if found[1] == "$":
                return "$"
            if found[1] == "ARGUMENTS":
                return arguments
            at = int(found[1])
            return words[at - 1] if at <= len(words) else ""

        text = _PLACE.sub(said, self.text)
        return f"{text}\n\n{arguments}" if arguments and not self.takes else text


def load_commands(place: Place) -> tuple[tuple[OwnCommand, ...], tuple[Notice, ...]]:
    """Return the commands, and what to tell: pages that are not used, and why."""
    trust = Trust.open()
    pages = load_pages("command", place, trust)
    commands, notices = [], [*pages.notices]
    modes = load_modes(place, trust)[0].names if pages.used else ()
    for page in pages.used:
        try:
            commands.append(_command(page, modes))
        except ConfigError as error:
            notices.append(Notice(f"The command /{page.name} is not used. {error.message}", error.hint or ""))
    return tuple(commands), tuple(notices)


def _command(page: Page, modes: tuple[str, ...]) -> OwnCommand:
    """Return the command that a page describes.

    Raises:
        ConfigError: If it says what cannot be; file and line are named.
    """
    settings = matter_of(page, CommandSpec)
    said = build_spec(CommandSpec, page.kind, settings)
    text = split_page(page.text).body.strip()
    if not text:
        msg = f"{page.origin}: the page says nothing to the model."
        raise ConfigError(msg, hint="Write below the front matter what is to be sent.")
    if said.mode is not None and said.mode not in modes:
        msg = f"{settings['command.mode'].place}: there is no mode `{said.mode}`."
        raise ConfigError(msg, hint=f"There are: {', '.join(modes)}.")
    model = None if said.model is None else parse_model(said.model, settings["command.model"].place)
    about = said.about or text.split("\n", 1)[0]
    return OwnCommand(page.name, about, text, page.origin, said.mode, model, said.reads)
