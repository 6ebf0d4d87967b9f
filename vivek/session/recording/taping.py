"""Records turns while they run, so that they can be run again without a model: what went into each node, and what came.

Texts lie in the content store, where the transcript keeps most of them anyway. A recording never fails a turn.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from vivek.config.redaction import redact
from vivek.errors import WorkspaceError
from vivek.flows.asking import Asker
from vivek.flows.chat.state import THREAD_KEYS
from vivek.flows.context import NodeContext
from vivek.flows.panel import Panel
from vivek.session.logs import LOGGER
from vivek.session.models.known_text import dump_known
from vivek.session.parts import Parts
from vivek.session.recording.watching import (
    LONGEST_LIST,
    Pending,
    WatchedFiles,
    WatchedKnowledge,
    WatchedProvider,
    WatchedQuestions,
)
from vivek.workspace.store import Store
from vivek.workspace.tapes import Tapes

FORM = 1
"""The form of a recording; another one is not replayed."""

PLAYED_BACK = frozenset({"act", "check", "approve"})
"""Nodes that are about the world and the user: what they returned is taken as it was."""

MOST = 1024 * 1024
"""Characters of a part of a recording; a longer one is left out."""

Node = Callable[[Any, NodeContext], Any]  # Any: see `flows.graph.Node`
Packed = dict[str, Any]  # Any: JSON values


@dataclass(slots=True)
class Tape:
    """The recording of one thread while it goes on.

    Attributes:
        store: Where it is kept, all of a turn at once: a sync to disk for every text would be felt.
        thread_id: The thread.
        panel: Its models.
    """

    store: Store
    thread_id: str
    panel: Panel
    _pending: Pending = field(default_factory=Pending)
    _steps: list[Packed] = field(default_factory=list)
    _start: Packed = field(default_factory=dict)
    _calls: list[Packed] = field(default_factory=list)

    def around(self, name: str, node: Node) -> Node:
        """Return a node that is recorded when it runs."""

        async def run(state: Any, ctx: NodeContext) -> Any:  # Any: see Node
            turn = int(state.get("turns", 0)) + 1
            if name == "planner":  # with it a turn begins, once more after a kill
                self._begin(state)
            self._calls = []
            step: Packed = {"node": name, "reads": {}, "dialects": [], "looked": False, "calls": self._calls}
            watched = ctx if name in PLAYED_BACK else self._watched(ctx, step)
            try:
                update = await node(state, watched)
            except BaseException:
                self._keep(ctx, turn)
                raise
            self._steps.append({**step, "update": dict(update)})
            if name == "formatter":
                self._keep(ctx, turn)
            return update

        return run

    def listen(self, panel: Panel) -> None:
        """Record what the models of a thread are asked, and what they say."""
        for asker in panel.askers:
            asker.caller.provider = WatchedProvider(asker.caller.provider, self._pending, self.note_call)

    def note_call(self, call: Packed) -> None:
        """Add a call to the step that is under way."""
        self._calls.append(call)

    def _begin(self, state: Mapping[str, Any]) -> None:
        thread = {key: value for key, value in state.items() if key in THREAD_KEYS}
        own = {key: value for key, value in state.items() if key not in THREAD_KEYS}
        self._start = {"thread": thread, "turn": own}
        self._steps = []
        self._pending.clear()

    def _keep(self, ctx: NodeContext, turn: int) -> None:
        """Keep what was recorded since the last time."""
        if not self._steps:
            return
        try:
            scene = self._pending.put_text(json.dumps(scene_of(self.panel, ctx), sort_keys=True))
            text = redact(json.dumps({"form": FORM, "scene": scene, **self._start, "steps": self._steps}))
            json.loads(text)  # what was redacted may have lost a quote
            if len(text) <= MOST:
                self._write(turn, text)
        except (WorkspaceError, TypeError, ValueError) as error:
            LOGGER.warning("turn %s of %s is not recorded: %s", turn, self.thread_id, error)
        self._steps, self._start = [], {}
        self._pending.clear()

    def _write(self, turn: int, text: str) -> None:
        tapes = Tapes(self.store)
        with self.store.transaction():
            if self._start:
                tapes.begin(self.thread_id, turn)
            for data in self._pending.contents:
                self.store.put(data)
            tapes.add(self.thread_id, turn, text)

    def _watched(self, ctx: NodeContext, step: Packed) -> NodeContext:
        def list_files() -> Sequence[str]:
            listed = ctx.list_files()
            text = "\n".join(listed)
            step["list"] = self._pending.put_text(text) if len(text) <= LONGEST_LIST else ""
            return listed

        def read_notes() -> str:
            notes = ctx.read_notes()
            step["notes"] = self._pending.put_text(redact(notes))
            return notes

        def choose_dialect(lines: int, size: int) -> str:
            chosen = ctx.choose_dialect(lines, size)
            step["dialects"].append(chosen)
            return chosen

        return replace(
            ctx,
            files=WatchedFiles(ctx.files, step["reads"], self._pending),
            list_files=list_files,
            read_notes=read_notes,
            choose_dialect=choose_dialect,
            knowledge=WatchedKnowledge(ctx.knowledge, step),
            ask=WatchedQuestions(ctx.ask, step, self._pending),
        )


def record(parts: Parts, thread_id: str) -> Callable[[str, Node], Node]:
    """Record a thread from now on; return what is to be put around its nodes."""
    tape = Tape(parts.store, thread_id, parts.panel)
    tape.listen(parts.panel)
    return tape.around


def scene_of(panel: Panel, ctx: NodeContext) -> Packed:
    """Return how the models of a thread are treated, as JSON types."""
    askers = list(panel.askers)
    return {
        "models": [_model(asker) for asker in askers],
        "own": {node: askers.index(asker) for node, asker in panel.own.items()},
        "profile": asdict(ctx.profile),
        "profiles": {node: asdict(profile) for node, profile in ctx.profiles.items()},
        "window": ctx.window,
        "narrowest": ctx.narrowest,
        "strategy": ctx.strategy,
        "summary_room": ctx.summary_room,
        "aids": asdict(ctx.aids),
    }


def _model(asker: Asker) -> Packed:
    caller = asker.caller
    known = replace(caller.known, prefill_rate=None, decode_rate=None, load_seconds=None)
    return {
        "label": caller.label,
        "window": caller.window,
        "known": dump_known(known),
        "think": asker.think,
        "thinks": asker.thinks,
        "sees": asker.sees,
    }
