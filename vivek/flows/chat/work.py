"""Reads the replies of the executor: what can be taken, what is to be mended, and in which edit dialect."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vivek.edits.engine import Outcome, read_reply
from vivek.edits.feedback import NOT_SHOWN
from vivek.edits.registry import load_dialect, step_down
from vivek.flows.chat.desk import Desk
from vivek.flows.chat.doubts import Doubts
from vivek.flows.chat.formats import WHOLE
from vivek.flows.context import Correction
from vivek.prompts.calls.arguments import BadCall
from vivek.prompts.calls.written import TextCallReader
from vivek.schema.chunk import FinishReason
from vivek.schema.control_tokens import restore
from vivek.schema.edits import Refusal
from vivek.schema.tools import ToolCall
from vivek.tools.registry import TOOLS, cards, load_tool


@dataclass(frozen=True, slots=True)
class Work:
    """What a reply came to.

    Attributes:
        outcome: Edits, requests, refusals and prose.
        unsaid: Files whose edit stood in an earlier attempt, which the transcript does not keep.
        calls: Tool calls that the model wrote as text, where it wrote nothing else that can be acted on.
    """

    outcome: Outcome
    unsaid: frozenset[str] = frozenset()
    calls: tuple[ToolCall, ...] = ()


def read_calls(reply: str) -> Sequence[ToolCall | BadCall]:
    """Return the calls of known tools that a model wrote into its text, in whatever dialect it was trained on."""
    reader = TextCallReader(cards(TOOLS))
    return (*reader.feed(restore(reply)).calls, *reader.flush("stop").calls)


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads the replies of a turn that changes nothing: whatever one looks like, only requests are acted on.

    Attributes:
        desk: What lies before the model.
        exists: The project's files.
        doubts: Tells what is wrong with an answer, which then is asked for once more.
    """

    desk: Desk
    exists: frozenset[str]
    doubts: Doubts | None = None

    def __call__(self, reply: str, finish: FinishReason) -> Work | Correction:
        """Read a reply."""
        outcome = read_reply(reply, current=self.desk.current, exists=self.exists, shown=frozenset(self.desk.current))
        calls = () if outcome.needs or outcome.asks or finish != "stop" else read_calls(reply)
        looking = tuple(call for call in calls if isinstance(call, ToolCall) and load_tool(call.name).RISK != "edit")
        asks = bool(outcome.needs or outcome.asks or looking)
        if self.doubts is not None and not asks and (doubt := self.doubts(reply)):
            return Correction(doubt, replace(self, doubts=None))
        said = Outcome(files={}, needs=outcome.needs, refusals=(), prose=reply, asks=outcome.asks)
        return Work(said, calls=looking)


def edited_by_quoting(reply: str, outcome: Outcome, paths: Collection[str], reader: "WorkReader") -> frozenset[str]:
    """Return those of the files whose edit replaces only lines that the reply quotes: nothing unseen is lost by it.

    Args:
        reply: What the model wrote.
        outcome: What was made of it.
        paths: Files that it was shown in a shorter form.
        reader: Who read the reply.
    """
    if not outcome.files.keys() & set(paths):
        return frozenset()
    current, partly = reader.desk.current, frozenset({*reader.desk.partly, *paths})
    again = read_reply(reply, current=current, exists=reader.exists, shown=frozenset(current), partly=partly)
    return frozenset(path for path in paths if path in outcome.files and again.files.get(path) == outcome.files[path])


@dataclass(frozen=True, slots=True)
class WorkReader:
    """Reads one step's replies. An edit that fails steps down one dialect, alone: what was good is kept.

    Attributes:
        desk: What lies before the model.
        exists: The project's files.
        dialects: How the edits of each file were asked for.
        largest: Tokens of the longest file that may be asked for whole.
        doubts: Tells what is wrong with a reply that does nothing, which then is asked for once more.
        taken: Edits of earlier attempts.
        placed: How those were fitted in that do not quote their lines exactly.
    """

    desk: Desk
    exists: frozenset[str]
    dialects: Mapping[str, str]
    largest: int
    doubts: Doubts | None = None
    taken: Mapping[str, bytes | None] = field(default_factory=dict)
    placed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __call__(self, reply: str, finish: FinishReason) -> Work | Correction:
        """Read a reply; one that was cut off changes nothing."""
        outcome = read_reply(
            reply,
            current=self.desk.current,
            exists=self.exists,
            shown=frozenset(self.desk.current),
            partly=frozenset(self.desk.partly),
            complete=finish == "stop",
            halving=True,  # the user decides: see V08
        )
        if finish != "stop":
            return Work(outcome)
        mendable = [refusal for refusal in outcome.refusals if refusal.reason != NOT_SHOWN]
        unsaid = frozenset(self.taken) - outcome.files.keys()
        if mendable:
            return self._mend(outcome, mendable)
        if not (outcome.files or outcome.needs or outcome.asks or outcome.refusals):
            found = read_calls(reply)
            calls = tuple(call for call in found if isinstance(call, ToolCall))
            if found and not calls:
                return Correction("\n".join(call.words for call in found if isinstance(call, BadCall)))
            if calls:
                return Work(replace(outcome, files=dict(self.taken), notes=dict(self.placed)), unsaid, calls)
            if self.doubts is not None and not self.taken and (doubt := self.doubts(reply)):
                return Correction(doubt, replace(self, doubts=None))
        placed = {**self.placed, **outcome.notes}
        return Work(replace(outcome, files={**self.taken, **outcome.files}, notes=placed), unsaid)

    def _mend(self, outcome: Outcome, refusals: list[Refusal]) -> Correction:
        """Ask again for what failed, one dialect lower where there is one."""
        dialects = dict(self.dialects)
        explained: dict[str, list[str]] = {}
        for refusal in refusals:
            lower = self._lower(refusal.path)
            if lower is not None:
                dialects[refusal.path] = lower
                explained.setdefault(lower, []).append(refusal.path)
        parts = [refusal.feedback for refusal in refusals]
        parts += [
            f"Give {', '.join(dict.fromkeys(paths))} in this way now:\n\n{load_dialect(dialect).INSTRUCTION.strip()}"
            for dialect, paths in explained.items()
        ]
        taken, placed = {**self.taken, **outcome.files}, {**self.placed, **outcome.notes}
        if taken:
            parts.append(f"Your edits of {', '.join(taken)} are taken; do not repeat them.")
        return Correction("\n\n".join(parts), replace(self, dialects=dialects, taken=taken, placed=placed))

    def _lower(self, path: str) -> str | None:
        """Return the next dialect for a file, None when it stays as it is."""
        if path not in self.desk.current:
            return None
        lower = step_down(self.dialects.get(path, WHOLE))
        if lower == WHOLE and (path in self.desk.partly or self.desk.sizes[path] > self.largest):
            return None
        return lower
