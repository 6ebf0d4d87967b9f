"""Plays a recorded turn to the nodes that run it again, and holds what they ask and return against it."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vivek.errors import ThreadError, WorkspaceError
from vivek.flows.context import NodeContext
from vivek.prompts.transcript import Transcript
from vivek.schema.messages import Message
from vivek.schema.replayed import Difference, Differing
from vivek.schema.request import Request
from vivek.session.recording.spoken import WithListing
from vivek.session.recording.taping import PLAYED_BACK, Node
from vivek.session.recording.watching import asked, digest_of
from vivek.workspace.files import Files
from vivek.workspace.store import Store

Packed = dict[str, Any]  # Any: JSON values

_MEASURED = frozenset({"usage", "sums"})
"""What is measured anew each time."""

_FOUND = frozenset({"files", "found", "overview", "named", "notices", "listed", "glimpsed", "partly", "plan", "answer"})
"""What the planner returned because of the index, which is not recorded."""

_SHOWN = 160  # characters of either side


class DiffersError(Exception):
    """A node did something else than was recorded."""

    def __init__(self, found: Difference) -> None:
        super().__init__(found.place)
        self.found = found


class EndOfTapeError(Exception):
    """The recording ends before the turn does."""


@dataclass(slots=True)
class Player:
    """One recorded turn.

    Attributes:
        store: Holds the texts.
        root: The folder that stands for the user's project.
        steps: What was recorded of each node, in order.
        done: Nodes that did the same so far.
    """

    store: Store
    root: Path
    steps: Sequence[Packed]
    done: int = 0
    _step: Packed = field(default_factory=dict)
    _calls: list[Packed] = field(default_factory=list)

    def around(self, name: str, node: Node) -> Node:
        """Return what runs in a node's place."""

        async def run(state: Any, ctx: NodeContext) -> Any:  # Any: see Node
            if self.done == len(self.steps):
                raise EndOfTapeError
            step = self._step = self.steps[self.done]
            if step["node"] != name:
                self._fail(name, "way", "the next node", step["node"], name)
            if name not in PLAYED_BACK:
                self._calls = list(step["calls"])
                self._lay_files(step["reads"])
                self._compare(name, step, await node(state, self._context(ctx, step)))
            self.done += 1
            return step["update"]

        return run

    def spoken(self, request: Request) -> Packed:
        """Return the reply to a request that was recorded, and hold the two requests against each other."""
        node = str(self._step["node"])
        while self._calls and "counted" in self._calls[0]:
            self._calls.pop(0)
        if not self._calls:
            self._fail(node, "calls", "one more question to the model", "", request.messages[-1].content)
        call, now = self._calls.pop(0), asked(request, self.store.put_text)
        if now["asked"] != call["asked"]:
            then = self._text(call["asked"])
            self._fail_at(node, f"message {len(request.messages)}", then, request.messages[-1].content)
        if now["before"] != call["before"]:
            self._fail_before(node, request.messages[:-1])
        if now["schema"] != call["schema"]:
            self._fail(node, "prompt", "the form of the reply", str(call["schema"]), str(now["schema"]))
        return call

    def counted(self) -> int | None:
        """Return what the server made of a prompt then."""
        if self._calls and "counted" in self._calls[0]:
            return self._calls.pop(0)["counted"]  # type: ignore[no-any-return]  # JSON: a number or null
        return None

    def text(self, sha: str) -> str:
        """Return a text that the recording names."""
        return self._text(sha)

    def _context(self, ctx: NodeContext, step: Packed) -> NodeContext:
        dialects = iter(step["dialects"])
        listed = self._text(step["list"]).split("\n") if step.get("list") else sorted(step["reads"])
        notes = self._text(step["notes"]) if step.get("notes") else ""
        listing = self._text(step["listing"]) if step.get("listing") and step["looked"] else None
        return replace(
            ctx,
            files=Files(self.root),
            list_files=lambda: [path for path in listed if path],
            read_notes=lambda: notes,
            choose_dialect=lambda lines, size: next(dialects, "whole"),
            ask=ctx.ask if listing is None else WithListing(ctx.ask, listing),
        )

    def _lay_files(self, reads: Mapping[str, str | None]) -> None:
        """Put the files that a node read where it finds them, as they were."""
        for path, sha in reads.items():
            place = self.root / path
            if not place.resolve().is_relative_to(self.root) or place.parts[len(self.root.parts)] == ".vivek":
                continue
            if sha is None:
                place.unlink(missing_ok=True)
            elif self.store.has(sha):
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.is_dir():
                    shutil.rmtree(place)
                place.write_bytes(self.store.get(sha))

    def _compare(self, name: str, step: Packed, now: Mapping[str, Any]) -> None:
        then: Packed = step["update"]
        if any("counted" not in call for call in self._calls):
            self._fail(name, "calls", "a question to the model that is not asked any more", "asked", "not asked")
        ignored = _MEASURED | (_FOUND if name == "planner" and step["looked"] else frozenset())
        for key in [*then, *(key for key in now if key not in then)]:
            if key in ignored or then.get(key) == _plain(now.get(key)):
                continue
            if key == "head":
                self._fail_chain(name, str(then.get(key)), str(now.get(key)))
            self._fail(name, "output", key, self._shown(then.get(key)), self._shown(now.get(key)))

    def _fail_chain(self, node: str, then: str, now: str) -> None:
        """Fail with the first message that differs in what was committed."""
        was, is_ = (self._messages(head) for head in (then, now))
        for number, (old, new) in enumerate(zip(was, is_, strict=False), 1):
            if old != new:
                self._fail_at(node, f"message {number}", old.content, new.content)
        self._fail(node, "output", "the transcript", f"{len(was)} messages", f"{len(is_)} messages")

    def _fail_before(self, node: str, now: Sequence[Message]) -> None:
        """Fail with the first message before the last one that differs; those of then are in the transcript."""
        head = self._step["update"].get("head")
        for number, (old, new) in enumerate(zip(self._messages(str(head)), now, strict=False), 1):
            if old.content != new.content:
                self._fail_at(node, f"message {number}", old.content, new.content)
        self._fail(node, "prompt", "the messages before the last one", "", digest_of(now))

    def _messages(self, head: str) -> tuple[Message, ...]:
        try:
            return Transcript(self.store).messages(head)
        except (ThreadError, WorkspaceError):
            return ()

    def _fail_at(self, node: str, where: str, then: str, now: str) -> None:
        old, new = then.splitlines(), now.splitlines()
        at = next(
            (n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
        )
        lines = ["".join(lines[at : at + 1]) for lines in (old, new)]
        self._fail(node, "prompt", f"{where}, line {at + 1}", *lines)

    def _fail(self, node: str, kind: Differing, place: str, then: str, now: str) -> None:
        raise DiffersError(Difference(node, self.done + 1, kind, place, _short(then), _short(now)))

    def _shown(self, value: object) -> str:
        """Return a value for people: a text by its hash as the text."""
        if isinstance(value, str) and len(value) == 64 and self.store.has(value):
            return self._text(value)
        return str(value)

    def _text(self, sha: str) -> str:
        return self.store.get_text(sha)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _plain(value: Any) -> Any:  # Any: JSON values, but for tuples
    """Return a value as JSON gives it back."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return {str(key): _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
