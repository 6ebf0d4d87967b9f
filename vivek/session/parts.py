"""What a session works with, put together by `wiring`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vivek.errors import ContextWindowExceededError
from vivek.flows.context import NodeContext
from vivek.flows.panel import Panel
from vivek.project.notes import Notes
from vivek.prompts.estimate import bound
from vivek.prompts.modes import SHIPPED_MODES, Modes
from vivek.prompts.transcript import Transcript
from vivek.schema.counts import PromptCount
from vivek.schema.pictures import Picture
from vivek.session.bench import Workbench
from vivek.session.knowledge.informed import Informed
from vivek.session.models.known import KnownModels
from vivek.session.models.lineup import Lineup
from vivek.session.models.serving import Served
from vivek.session.models.treating import Treatment
from vivek.session.seeing import check_sight, take_pictures
from vivek.session.settings import Settings
from vivek.workspace.journal.journal import Journal
from vivek.workspace.store import Store

_CHARACTERS = 40  # for each token of a window: no text of words is packed so well


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session works with.

    Attributes:
        lineup: The models.
        panel: Asks them.
        store: Big texts.
        journal: The way to the user's files.
        transcript: What was said.
        broken: What was received of a call that broke off: node, asked, text, spooled.
        context: Makes what the nodes of one turn may use.
        bench: Where commands run.
        notes: What the project says about itself at the start.
        knowing: What is known of the project's code.
        sees: Whether the model that does the work can be shown pictures, None when nobody knows.
        modes: The modes that a turn may have.
        treatment: How the models are treated at present.
    """

    lineup: Lineup
    panel: Panel
    store: Store
    journal: Journal
    transcript: Transcript
    broken: dict[str, str]
    context: Callable[[], NodeContext]
    bench: Workbench
    notes: Notes
    knowing: Informed
    sees: bool | None = None
    modes: Modes = SHIPPED_MODES
    treatment: Treatment | None = None

    def adopt(self, settings: Settings) -> None:
        """Take over settings, from the next turn on."""
        self.bench.settings = settings
        if self.treatment is not None:
            self.treatment.adopt(settings)

    @property
    def served(self) -> Served:
        """Return the model that does the work."""
        return self.lineup.usual

    @property
    def window(self) -> int:
        """Return the tokens that it holds now."""
        return self.panel.usual.caller.window

    @property
    def label(self) -> str:
        """Return `provider/model`."""
        return str(self.served.spec)

    @property
    def banner(self) -> str:
        """Return one line on the models, their window and their speed."""
        rate = self.panel.usual.caller.pace.known.decode_rate
        speed = f" · ~{rate:.0f} tok/s" if rate and rate >= 1 else f" · ~{rate:.1f} tok/s" if rate else ""
        others = "".join(f" · {node}: {served.spec}" for node, served in self.lineup.own.items())
        return f"{self.label} · {_size(self.window)} window{speed}{others}{self.bench.guard} · /model"

    def see(self, text: str, given: Sequence[str]) -> tuple[str, tuple[Picture, ...]]:
        """Return the request with a line for each of its pictures, and the pictures.

        Raises:
            ConfigError: If a picture cannot be used.
            RequestInvalidError: If the model cannot be shown pictures.
            ContextWindowExceededError: If the text is longer than any window of this size can hold.
        """
        if len(text) > _CHARACTERS * self.window:
            msg = f"The request has {len(text):,} characters; the window of {self.label} holds {self.window:,} tokens."
            raise ContextWindowExceededError(msg, hint="Name the file with `@` instead: what matters of it is shown.")
        said, pictures = take_pictures(text, given, here=Path.cwd(), store=self.store)
        check_sight(pictures, self.label, self.served.spec.provider, self.sees)
        return said, pictures

    def prompts(self) -> tuple[PromptCount, ...]:
        """Return the figures of the newest prompt of every model, the usual one first."""
        return tuple(asker.caller.prompt for asker in self.panel.askers)

    def keep_learned(self) -> None:
        """Keep how fast the models were and how their tokens are counted, for the next session."""
        models = KnownModels()
        for served, asker in zip(self.lineup.models, self.panel.askers, strict=True):
            now = asker.caller.learned
            if served.provider.base_url and now.learned != served.known.learned:
                models.save_learned(served.spec, served.provider.base_url, now)

    @staticmethod
    def count(text: str) -> int:
        """Return the tokens of a text, cheaply and never too low."""
        return bound(text)


def _size(window: int) -> str:
    return f"{window / 1024:.0f}k" if window >= 1024 else str(window)
