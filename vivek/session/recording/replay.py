"""Runs a recorded thread again, without a model and beside the user's files, and tells the first node that differs."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from vivek.errors import ThreadError, WorkspaceError
from vivek.flows.context import NodeContext
from vivek.providers.registry import parse_model
from vivek.schema.aids import AidsSpec
from vivek.schema.models import ModelInfo, Profile
from vivek.schema.replayed import Replayed
from vivek.schema.request import Sampling
from vivek.session.knowledge.informed import inform
from vivek.session.models.known_text import parse_known
from vivek.session.models.lineup import Lineup
from vivek.session.models.serving import Served
from vivek.session.options import Choices
from vivek.session.pages.templates import load_templates
from vivek.session.parts import Parts
from vivek.session.place import Place, prepare_data
from vivek.session.recording.playing import DiffersError, EndOfTapeError, Player
from vivek.session.recording.spoken import Spoken
from vivek.session.recording.taping import FORM
from vivek.session.settings import load_settings
from vivek.session.spec import IndexSpec
from vivek.session.threads.index import ThreadIndex
from vivek.session.trust import Trust
from vivek.session.wiring import put_together
from vivek.workspace.store import Store
from vivek.workspace.tapes import Tapes, copy_before

Packed = dict[str, Any]  # Any: JSON values


def replay_thread(place: Place, thread_id: str, *, turn: int | None = None) -> Replayed:
    """Run the recorded turns of a thread again and compare what each node asks and returns with what it did.

    Args:
        place: The project; nothing in it is touched.
        thread_id: Id or unique prefix.
        turn: The only turn to run, None for all that were recorded.

    Raises:
        ThreadError: If there is no such thread, or it was not recorded.
        WorkspaceError: If a recording cannot be read.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root)
    return asyncio.run(replay_recorded(place, found.id, turn=turn))


async def replay_recorded(place: Place, thread_id: str, *, turn: int | None = None) -> Replayed:
    """Run recorded turns again; see `replay_thread`."""
    with Store.open(place.data) as store, TemporaryDirectory(prefix="vivek-replay-") as folder:
        recorded = Tapes(store).turns(thread_id)
        wanted = recorded if turn is None else [number for number in recorded if number == turn]
        if not wanted:
            which = f"Thread {thread_id}" if turn is None else f"Turn {turn} of thread {thread_id}"
            msg = f"{which} was not recorded."
            listed = ", ".join(map(str, recorded))
            how = "Turns are recorded as they run, unless `session.recording` is off."
            raise ThreadError(msg, hint=f"Recorded turns: {listed}." if listed else how)
        aside = _aside(folder)
        copy_before(store, aside.data, thread_id, wanted[0])
        return await _replay(place, aside, thread_id, wanted)


def _aside(folder: str) -> Place:
    """Return a folder as the place of a project."""
    root = Path(os.path.realpath(folder))
    place = Place(root, root / ".vivek", restricted=False)
    prepare_data(place)
    return place


async def _replay(place: Place, aside: Place, thread_id: str, turns: Sequence[int]) -> Replayed:
    steps, skipped = 0, []
    with Store.open(aside.data) as store:
        tapes = Tapes(store)
        for turn in turns:
            tape = _Tape.load(tapes, thread_id, turn)
            if tape is None:
                skipped.append(turn)
                continue
            player = Player(store, aside.root, tape.steps)
            try:
                await _run(place, aside, store, thread_id, tape, player)
            except EndOfTapeError:
                skipped.append(turn)
            except DiffersError as error:
                return Replayed(
                    thread_id, tuple(turns), steps + player.done, tuple(skipped), replace(error.found, turn=turn)
                )
            steps += player.done
    return Replayed(thread_id, tuple(turns), steps, tuple(skipped), None)


@dataclass(frozen=True, slots=True)
class _Tape:
    """The recording of one turn, put together."""

    scene: Packed
    thread: Packed
    turn: Packed
    steps: list[Packed] = field(default_factory=list)

    @classmethod
    def load(cls, tapes: Tapes, thread_id: str, turn: int) -> "_Tape | None":
        """Return a recording, None when its begin is missing or it is of another form."""
        try:
            parts = [json.loads(text) for text in tapes.parts(thread_id, turn)]
            if not parts or any(part["form"] != FORM for part in parts) or "thread" not in parts[0]:
                return None
            scene = json.loads(tapes.text(parts[0]["scene"]))
            return cls(scene, parts[0]["thread"], parts[0]["turn"], [step for part in parts for step in part["steps"]])
        except (ValueError, TypeError, KeyError, WorkspaceError) as error:
            msg = f"The recording of turn {turn} of thread {thread_id} is damaged: {error}"
            raise WorkspaceError(msg, hint="Replay another turn with `--turn`.") from error


async def _run(place: Place, aside: Place, store: Store, thread_id: str, tape: _Tape, player: Player) -> None:
    from vivek.flows.chat.build import build_chat

    settings = load_settings(aside, Choices())
    settings = replace(settings, index=replace(IndexSpec(), enabled=False))
    async with AsyncExitStack() as stack:
        knowing = await stack.enter_async_context(inform(aside, settings, resident=False))
        loaded = load_templates(place, Trust.open())
        lineup = _lineup(tape.scene, player)
        parts = put_together(lineup, aside, store, thread_id, settings, knowing, loaded, interactive=False)
        stack.callback(parts.bench.end_turn)
        _treat(parts, tape.scene)
        graph = build_chat(None, around=player.around)
        stream: AsyncIterator[Any] = graph.astream(  # Any: events, which nobody reads
            {"thread": tape.thread, "turn": tape.turn},
            {"recursion_limit": 10 * len(tape.steps) + 10},
            context=_context(parts, tape.scene),
            stream_mode="custom",
        )
        async for _ in stream:
            pass


def _lineup(scene: Packed, player: Player) -> Lineup:
    served = []
    for model in scene["models"]:
        spec, window = parse_model(model["label"]), int(model["window"])
        info = ModelInfo(spec.model, window_loaded=window, window_maximum=window, loaded=True)
        known = parse_known(model["known"].encode())
        served.append(Served(Spoken(spec.provider, info, player), spec, info, window, "recorded", known=known))
    return Lineup(served[0], {node: served[number] for node, number in scene["own"].items()})


def _treat(parts: Parts, scene: Packed) -> None:
    """Treat the models as they were treated."""
    for asker, model in zip(parts.panel.askers, scene["models"], strict=True):
        asker.think, asker.thinks, asker.sees = model["think"], model["thinks"], model["sees"]
        asker.aids = AidsSpec(**scene["aids"])


def _context(parts: Parts, scene: Packed) -> NodeContext:
    return replace(
        parts.context(),
        profile=_profile(scene["profile"]),
        profiles={node: _profile(packed) for node, packed in scene["profiles"].items()},
        window=scene["window"],
        narrowest=scene["narrowest"],
        strategy=scene["strategy"],
        summary_room=scene["summary_room"],
        aids=AidsSpec(**scene["aids"]),
    )


def _profile(packed: Mapping[str, Any]) -> Profile:  # Any: JSON values
    return Profile(**{**packed, "sampling": Sampling(**packed["sampling"])})
