"""What happens during a turn, from every node to console, JSON lines and metrics."""

from dataclasses import dataclass, fields

from vivek.schema.checks import Check
from vivek.schema.chunk import FinishReason, Phase, Progress, Usage
from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange
from vivek.schema.index import ContextGathered
from vivek.schema.plain import as_plain
from vivek.schema.plan import Plan
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.schema.report import TurnReport
from vivek.schema.review import Review


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A turn begins; `window` in tokens, `window_source` says who gave it."""

    thread_id: str
    model: str
    window: int
    window_source: str


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A node of the graph begins."""

    node: str


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The server enters a phase for a node."""

    node: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class PrefillProgress:
    """How far the prompt is read, in tokens; `remaining_seconds` is None before it can be told."""

    node: str
    processed: int
    total: int
    cached: int
    remaining_seconds: float | None

    @classmethod
    def of(cls, node: str, progress: Progress) -> "PrefillProgress":
        """Return a server's progress with the time that is left, reckoned from what it has computed so far."""
        done = progress.processed - progress.cached
        left = progress.total - progress.processed
        remaining = progress.seconds * left / done if done > 0 and progress.seconds > 0 else None
        return cls(node, progress.processed, progress.total, progress.cached, remaining)


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A part of a reply, and how many pieces the server sent it in: about one for each token."""

    node: str
    text: str
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """A part of what the model thinks; `pieces` as in `TextDelta`."""

    node: str
    text: str
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class CallDone:
    """One model call ended, `model` answered; wall time; the server's figures, its writing time else by our clock."""

    node: str
    usage: Usage
    seconds: float
    time_to_first_token: float | None
    model: str = ""
    finish: FinishReason | None = None


@dataclass(frozen=True, slots=True)
class PlanReady:
    """The plan of the turn; `made` is False when rules skipped the model call."""

    plan: Plan
    made: bool


@dataclass(frozen=True, slots=True)
class AidUsed:
    """Something that helps a small model was used: `facts`, `advice` or `correction`, and which."""

    aid: str
    detail: str


@dataclass(frozen=True, slots=True)
class BudgetSpent:
    """What a prompt holds, and what was left out, as (section, tokens); what was shortened, before and after."""

    node: str
    window: int
    kept: tuple[tuple[str, int], ...]
    dropped: tuple[tuple[str, int], ...]
    shrunk: tuple[tuple[str, int, int], ...] = ()
    reply_room: int = 0


@dataclass(frozen=True, slots=True)
class EditStaged:
    """A change waits in the stage."""

    change: FileChange


@dataclass(frozen=True, slots=True)
class EditRefused:
    """An edit of the model was not taken."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A request of the model is carried out, such as `search` for `def total`."""

    tool: str
    argument: str


@dataclass(frozen=True, slots=True)
class ToolDone:
    """What came of it, in one line for the user; not `ok` means that it was refused or failed."""

    tool: str
    argument: str
    told: str
    ok: bool


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check of the staged change runs a command."""

    name: str
    command: str


@dataclass(frozen=True, slots=True)
class OutputDelta:
    """What a command writes while it runs."""

    text: str


@dataclass(frozen=True, slots=True)
class CheckDone:
    """A check of the staged change ended."""

    check: Check


@dataclass(frozen=True, slots=True)
class ReviewDone:
    """The reviewer's verdict; `iteration` counts verdicts of this turn from 1."""

    review: Review
    iteration: int


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """The user must decide on one diff; `contents` are (path, SHA-256 in hex) of new bytes that can be edited first."""

    diff: str
    changes: tuple[FileChange, ...]
    checks: tuple[Check, ...]
    concerns: tuple[Concern, ...] = ()
    notes: tuple[str, ...] = ()
    contents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EditApplied:
    """A file of the user was changed."""

    change: FileChange


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know; `hint` is what to do about it, or ""."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TurnDone:
    """The turn ended; always the last event."""

    report: TurnReport


Question = ApprovalRequested | TrustRequested | CommandRequested
"""What waits for a `Decision`."""

Event = (
    TurnStarted
    | NodeStarted
    | PhaseChanged
    | PrefillProgress
    | TextDelta
    | ThinkingDelta
    | CallDone
    | PlanReady
    | ContextGathered
    | AidUsed
    | BudgetSpent
    | EditStaged
    | EditRefused
    | ToolStarted
    | ToolDone
    | CheckStarted
    | OutputDelta
    | CheckDone
    | ReviewDone
    | ApprovalRequested
    | TrustRequested
    | CommandRequested
    | EditApplied
    | Notice
    | TurnDone
)


def event_as_plain(event: Event) -> dict[str, object]:
    """Return an event as one JSON object: its class name under `event`, then its fields."""
    return {"event": type(event).__name__, **{each.name: as_plain(getattr(event, each.name)) for each in fields(event)}}
