"""The model part of a session put together: provider, window, profile, prompts, and what the nodes may use."""

from collections.abc import Mapping, Sequence
from functools import cache, partial

from vivek.edits.registry import choose, load_dialect
from vivek.flows.asking import Asker
from vivek.flows.calling import Caller
from vivek.flows.chat.summing import NODE as SUMMARY
from vivek.flows.chat.summing import summary_room
from vivek.flows.context import NodeContext
from vivek.flows.panel import Panel
from vivek.project.notes import Notes, load_notes
from vivek.prompts import tokens
from vivek.prompts.build import system_text
from vivek.prompts.estimate import bound
from vivek.prompts.parts import NOTES_SHARE
from vivek.prompts.transcript import Transcript
from vivek.schema.events import Event
from vivek.session.bench import Workbench
from vivek.session.knowledge.informed import Informed
from vivek.session.listing import list_project
from vivek.session.models.considerate import considerate
from vivek.session.models.lineup import Lineup, check_windows
from vivek.session.models.serving import Served
from vivek.session.models.treating import Treatment, think_of, thinks_of
from vivek.session.pages.templates import LoadedTemplates
from vivek.session.parts import Parts
from vivek.session.place import Place
from vivek.session.seeing import can_see
from vivek.session.settings import Settings
from vivek.tools.registry import cards, text_card
from vivek.workspace.calls import Calls
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.spool import Spool
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

NATIVE = ("read", "search", "find", "run")
"""What a model may call in its server's own way, where a probe found that it does so."""

REQUESTS = ("read", "search", "find", "run", "script")
"""What a model may ask for by a line of text; that a long result goes on is said below it."""


def put_together(
    lineup: Lineup,
    place: Place,
    store: Store,
    thread_id: str,
    settings: Settings,
    knowing: Informed,
    loaded: LoadedTemplates,
    *,
    interactive: bool,
) -> Parts:
    """Join the models and the project to what the nodes of a thread use.

    Args:
        lineup: The models.
        place: The project.
        store: Big texts.
        thread_id: The thread.
        settings: What the user set.
        knowing: What is known of the project's code.
        loaded: What prompts are made of, and the modes.
        interactive: Whether there is somebody who can be asked.

    Raises:
        ContextWindowExceededError: If a window is too small for a turn.
    """
    check_windows(lineup)
    templates = loaded.templates
    files = Files(place.root)
    journal = Journal(store, files)
    transcript = Transcript(store)
    broken: dict[str, str] = {}
    leftover: dict[str, set[str]] = {}
    treatment = Treatment(settings, lineup.models)

    def sees(served: Served) -> bool | None:
        set_by_user = settings.model.vision
        return can_see(served.spec.provider, served.info) if set_by_user is None else set_by_user

    def keep_partial(node: str, asked: str, text: str, spooled: str) -> None:
        if node != SUMMARY:  # a summary that broke off is of no use to anybody
            broken.update(node=node, asked=asked, text=text, spooled=spooled)

    def asker_of(served: Served) -> Asker:
        family = tokens.family_of(served.info.name, served.info.architecture)
        caller = Caller(
            provider=served.provider,
            model=served.spec.model,
            window=served.window,
            count=bound,
            exact=lambda text: tokens.count(text, family),
            tables=family,
            label=str(served.spec),
            server=served.server,
            known=served.known,
            thinking_tokens=treatment.profile(served).thinking_tokens,
            tools=cards(NATIVE) if served.known.tools == "native" else (),
            look=partial(served.provider.describe, served.spec.model) if served.resizable else None,
            thread_id=thread_id,
            leftover=leftover.setdefault(served.server, set()),
            keep_partial=keep_partial,
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
            aids=settings.aids,
            templates=templates,
        )

    askers = treatment.askers = {id(served): asker_of(served) for served in lineup.models}
    panel = Panel(askers[id(lineup.usual)], {node: askers[id(served)] for node, served in lineup.own.items()})

    ignored = settings.project.ignore

    def listed() -> Sequence[str]:
        return list_project(place, ignored)

    narrowest = min(asker.caller.window for asker in panel.askers)

    def noted() -> Notes:
        if place.restricted:
            return Notes()
        return load_notes(place.root, files.read, room=narrowest // NOTES_SHARE, count=panel.usual.caller.exact)

    notes = noted()
    bench = Workbench(place, files, listed, settings, interactive)

    def choose_dialect(lines: int, size: int) -> str:
        rate = panel.usual.caller.pace.known.decode_rate
        return choose(lineup.usual.known.edits, lines=lines, seconds=size / rate if rate else None)

    def context() -> NodeContext:
        files_of_turn = cache(listed)
        bench.list_files = files_of_turn
        return NodeContext(
            thread_id=thread_id,
            ask=considerate(panel, knowing, lineup.models),
            knowledge=knowing,
            emit=_nobody_listens,
            ask_user=_nobody_answers,
            store=store,
            files=files,
            stage=Stage(store),
            journal=journal,
            transcript=transcript,
            list_files=files_of_turn,
            read_notes=cache(lambda: noted().text),
            system_text=lambda notes: system_text(
                load_dialect("whole").INSTRUCTION, notes, text_card(REQUESTS), templates=templates
            ),
            count=bound,
            profile=treatment.profile(lineup.usual),
            window=panel.usual.caller.window,
            policy="ask",
            bench=bench,
            calls=Calls(store),
            choose_dialect=choose_dialect,
            profiles={node: treatment.profile(served) for node, served in lineup.own.items()},
            templates=templates,
            modes=loaded.modes,
            narrowest=narrowest,
            strategy=treatment.settings.context.strategy,
            aids=treatment.settings.aids,
            summary_room=_summary_room(panel.usual.caller) if treatment.settings.context.notes else 0,
        )

    seeing, modes = sees(lineup.usual), loaded.modes
    return Parts(
        lineup, panel, store, journal, transcript, broken, context, bench, notes, knowing, seeing, modes, treatment
    )


def _summary_room(caller: Caller) -> int:
    return summary_room(caller.window, caller.pace.known.decode_rate)


def _nobody_listens(event: Event) -> None:
    """Stand in until a node is bound to the graph."""


def _nobody_answers(payload: Mapping[str, object]) -> object:
    """Stand in until a node is bound to the graph."""
    return {"approved": False}
