"""Which model a first chat begins with: one key picks, and is remembered. Asks only somebody who is not typing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from vivek.cli.keys import Keyboard
from vivek.cli.render.safe_text import problem, visible
from vivek.errors import VivekError

if TYPE_CHECKING:
    from vivek.schema.listing import ListedModel, ModelList
    from vivek.session.options import Choices
    from vivek.session.place import Place

T = TypeVar("T")
Models = tuple["ListedModel", ...]

_SHOWN = 9
_LEAVING = ("escape", "q", "c-c", "c-d")


class Reader(Protocol):
    """Where keys come from, and text goes to that was typed for something else."""

    async def aside(self, work: Callable[[Keyboard], Awaitable[T]]) -> T:
        """Let something have the keyboard for a moment, once nobody is typing."""
        ...

    def type(self, text: str) -> None:
        """Put text into the line, as if it had been typed."""
        ...


class Picker:
    """Chooses the model of a chat that nobody chose one for; once, however often its session is opened.

    Args:
        place: The project.
        reader: Who is asked.
        tell: Shows lines.
    """

    def __init__(self, place: "Place", reader: Reader, tell: Callable[[str], None]) -> None:
        self._place = place
        self._reader = reader
        self._tell = tell
        self._found: tuple[str, str | None] | None = None

    async def settle(self, choices: "Choices") -> "Choices":
        """Return the choices with the model to begin with, where nothing says it and there is one.

        Raises:
            VivekError: If the settings cannot be read.
        """
        if self._found is None:
            from vivek.session.models.picking import load_candidates

            found = await load_candidates(self._place, choices)
            picked = None if found is None else await self._pick(found, choices)
            if picked is None:
                return choices  # a model is named, or none is here: then the session says what is missing
            from vivek.session.models.using import address_of

            self._found = picked.name, address_of(picked)
        name, base_url = self._found
        return replace(choices, found=name, found_at=base_url)

    async def _pick(self, found: "ModelList", choices: "Choices") -> "ListedModel | None":
        from vivek.session.models.picking import is_ollama_stopped, ranked

        models = ranked(found)[:_SHOWN]
        if models and is_ollama_stopped(found):
            return await self._reader.aside(lambda keyboard: self._with_ollama(keyboard, models, choices))
        if len(models) > 1:
            return await self._reader.aside(lambda keyboard: self._ask(keyboard, models))
        return models[0] if models else None

    async def _with_ollama(self, keyboard: Keyboard, models: "Models", choices: "Choices") -> "ListedModel":
        """Ask whether to start Ollama before a file is taken that lies here."""
        from vivek.session.models.picking import load_candidates, ranked

        if await self._starts_ollama(keyboard):
            found = await load_candidates(self._place, choices)
            models = (ranked(found)[:_SHOWN] if found else ()) or models
        if len(models) > 1:
            return await self._ask(keyboard, models)
        self._remember(models[0])  # so that the question does not come back
        return models[0]

    async def _ask(self, keyboard: Keyboard, models: "Models") -> "ListedModel":
        """Return the model that is picked; the best one when none is."""
        from vivek.cli.render.models import candidate_lines

        self._tell(f"Which model? Enter takes the first one.\n{candidate_lines(models)}")
        key = await keyboard.key(f"[1-{len(models)}, Enter, Esc: not now] ")
        if key == "enter" or (key.isdecimal() and 1 <= int(key) <= len(models)):
            picked = models[0] if key == "enter" else models[int(key) - 1]
            self._remember(picked)
            return picked
        if key not in _LEAVING:
            self._reader.type(key)  # the beginning of a message
        self._tell(visible(f"{models[0].name} for now; `/model` changes it, `vivek models use` keeps one"))
        return models[0]

    async def _starts_ollama(self, keyboard: Keyboard) -> bool:
        key = await keyboard.key("Ollama is installed, but does not run. Start it? [Y/n] ")
        if key not in ("enter", "y", "Y"):
            return False
        from vivek.session.models.starting import start_server

        self._tell("Starting Ollama; it goes on running when vivek ends.")
        try:
            await start_server(("ollama", "serve"))
        except VivekError as failure:
            self._tell(problem(failure.message, failure.hint))
            return False
        return True

    def _remember(self, model: "ListedModel") -> None:
        from vivek.session.models.using import remember_listed

        try:
            done = remember_listed(model)
        except VivekError as failure:
            self._tell(problem(f"The choice could not be kept: {failure.message}", failure.hint))
            return
        self._tell(visible(f"{done.name}: remembered in {done.path}; `/model` or `vivek models use` changes it"))
        for notice in done.notices:
            self._tell(problem(notice.text, notice.hint))
