"""The model part of a session put together: provider, window, profile, prompts, and what the nodes may use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from vivek.edits.registry import choose, load_dialect
from vivek.flows.asking import Asker
from vivek.flows.calling import Caller
from vivek.flows.context import NodeContext
from vivek.flows.panel import Panel
from vivek.project.notes import Notes, load_notes, read_notes
from vivek.project.scan import load_files
from vivek.prompts import tokens
from vivek.prompts.build import system_text
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.schema.events import Event
from vivek.schema.known import Known
from vivek.schema.pictures import Picture
from vivek.session.bench import Workbench
from vivek.session.known import KnownModels
from vivek.session.lineup import Lineup
from vivek.session.place import Place
from vivek.session.seeing import can_see, check_sight, take_pictures
from vivek.session.serving import Served
from vivek.session.settings import Settings
from vivek.session.treating import profile_of, think_of, thinks_of
from vivek.tools.registry import cards, text_card
from vivek.workspace.calls import Calls
from vivek.workspace.files import Files
from vivek.workspace.git import list_files
from vivek.workspace.journal import Journal
from vivek.workspace.spool import Spool
from vivek.workspace.stage import Stage
from vivek.workspace.store import Store

NATIVE = ("read", "search", "find", "run")
"""What a model may call in its server's own way, where a probe found that it does so."""

REQUESTS = ("read", "search", "find", "run", "script")
"""What a model may ask for by a line of text; that a long result goes on is said below it."""


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
        sees: Whether the model that does the work can be shown pictures, None when nobody knows.
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
    sees: bool | None = None

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
        """
        said, pictures = take_pictures(text, given, here=Path.cwd(), store=self.store)
        check_sight(pictures, self.label, self.served.spec.provider, self.sees)
        return said, pictures

    def keep_speeds(self) -> None:
        """Keep how fast the models were, for the next session."""
        models = KnownModels()
        for served, asker in zip(self.lineup.models, self.panel.askers, strict=True):
            now = asker.caller.pace.known
            if served.provider.base_url and _speeds(now) != _speeds(served.known):
                models.save_speeds(served.spec, served.provider.base_url, now)

    @staticmethod
    def count(text: str) -> int:
        """Return the tokens of a text, cheaply and never too low."""
        return bound(text)


def put_together(
    lineup: Lineup, place: Place, store: Store, thread_id: str, settings: Settings, *, interactive: bool
) -> Parts:
    """Join the models and the project to what the nodes of a thread use.

    Args:
        lineup: The models.
        place: The project.
        store: Big texts.
        thread_id: The thread.
        settings: What the user set.
        interactive: Whether there is somebody who can be asked.
    """
    files = Files(place.root)
    journal = Journal(store, files)
    transcript = Transcript(store)
    broken: dict[str, str] = {}
    leftover: dict[str, set[str]] = {}
    profiles = {id(served): profile_of(served, settings) for served in lineup.models}

    def sees(served: Served) -> bool | None:
        set_by_user = settings.model.vision
        return can_see(served.spec.provider, served.info) if set_by_user is None else set_by_user

    def asker_of(served: Served) -> Asker:
        family = tokens.family_of(served.info.name, served.info.architecture)
        caller = Caller(
            provider=served.provider,
            model=served.spec.model,
            window=served.window,
            count=bound,
            exact=lambda text: tokens.count(text, family),
            label=str(served.spec),
            server=served.server,
            known=served.known,
            thinking_tokens=profiles[id(served)].thinking_tokens,
            tools=cards(NATIVE) if served.known.tools == "native" else (),
            look=partial(served.provider.describe, served.spec.model) if served.resizable else None,
            thread_id=thread_id,
            leftover=leftover.setdefault(served.server, set()),
            keep_partial=lambda node, asked, text, spooled: broken.update(
                node=node, asked=asked, text=text, spooled=spooled
            ),
            spool=lambda: Spool(store),
        )
        shared = len(lineup.models) > 1
        return Asker(
            caller,
            transcript,
            think=think_of(served, settings),
            thinks=thinks_of(served),
            shared=shared,
            sees=sees(served) is not False,
        )

    askers = {id(served): asker_of(served) for served in lineup.models}
    panel = Panel(askers[id(lineup.usual)], {node: askers[id(served)] for node, served in lineup.own.items()})

    def listed() -> Sequence[str]:
        return () if place.restricted else load_files(place.root, tracked=list_files).paths

    notes = Notes() if place.restricted else load_notes(place.root, files.read)
    bench = Workbench(place, files, listed, settings, interactive)

    def choose_dialect(lines: int, size: int) -> str:
        rate = panel.usual.caller.pace.known.decode_rate
        return choose(lineup.usual.known.edits, lines=lines, seconds=size / rate if rate else None)

    def context() -> NodeContext:
        files_of_turn = cache(listed)
        bench.list_files = files_of_turn
        return NodeContext(
            thread_id=thread_id,
            ask=panel,
            emit=_nobody_listens,
            ask_user=_nobody_answers,
            store=store,
            files=files,
            stage=Stage(store),
            journal=journal,
            transcript=transcript,
            list_files=files_of_turn,
            read_notes=cache(lambda: "" if place.restricted else read_notes(place.root, files.read)),
            system_text=lambda notes: system_text(load_dialect("whole").INSTRUCTION, notes, text_card(REQUESTS)),
            count=bound,
            profile=profiles[id(lineup.usual)],
            window=panel.usual.caller.window,
            policy="ask",
            bench=bench,
            calls=Calls(store),
            choose_dialect=choose_dialect,
            profiles={node: profiles[id(served)] for node, served in lineup.own.items()},
            narrowest=min(asker.caller.window for asker in panel.askers),
        )

    return Parts(lineup, panel, store, journal, transcript, broken, context, bench, notes, sees(lineup.usual))


def _speeds(known: Known) -> tuple[float | None, ...]:
    return known.prefill_rate, known.decode_rate, known.load_seconds


def _size(window: int) -> str:
    return f"{window / 1024:.0f}k" if window >= 1024 else str(window)


def _nobody_listens(event: Event) -> None:
    """Stand in until a node is bound to the graph."""


def _nobody_answers(payload: Mapping[str, object]) -> object:
    """Stand in until a node is bound to the graph."""
    return {"approved": False}
