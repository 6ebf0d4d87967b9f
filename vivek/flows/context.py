"""What a node may use: values and callables, no graph library and no settings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from vivek.flows.bench import Bench, Ignorance, Knowledge
from vivek.prompts.modes import SHIPPED_MODES, Modes
from vivek.prompts.strategies import Strategy
from vivek.prompts.templates import SHIPPED, Templates
from vivek.prompts.transcript import Transcript
from vivek.schema.aids import AidsSpec
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Event
from vivek.schema.models import Profile
from vivek.schema.pictures import Picture
from vivek.schema.report import TurnUsage
from vivek.schema.request import Sampling
from vivek.workspace.calls import Calls
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reader of replies says when a reply cannot be used.

    Attributes:
        text: The text of the re-ask.
        read: Who reads the next reply, when this one was of use in part; None for the same reader.
    """

    text: str
    read: "Callable[[str, FinishReason], Any] | None" = None  # Any: the value of the question it belongs to


@dataclass(frozen=True, slots=True)
class Question:
    """One call of a model, before it is fitted to the window.

    Attributes:
        node: Who asks.
        head: The transcript it goes on from.
        sections: The parts of the last user message, in order.
        reply_room: Tokens the reply may take.
        sampling: How tokens are drawn.
        schema: A JSON schema for the reply, or None for text.
        corrections: How many times an unusable reply may be mended.
        whole: Whether a reply is of use only as a whole, as edits are: one that was cut off is asked again with more
            room before the model goes on with it.
        pictures: Pictures that the last user message shows.
        aside: Whether it is a question of vivek's own, beside the conversation: neither it nor its reply is committed,
            and a reply that is cut off is taken as it is.
    """

    node: str
    head: str
    sections: Sequence[Section]
    reply_room: int
    sampling: Sampling
    schema: dict[str, object] | None = None
    corrections: int = 1
    whole: bool = False
    pictures: tuple[Picture, ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came of a question.

    Attributes:
        value: The reply as read by the caller's reader.
        text: The reply itself.
        head: The transcript with the question and this reply committed.
        kept: Names of the sections that fitted.
        dropped: Names of those that did not.
        finish: Why the reply ended.
        usage: The turn's figures with this call's added.
        cut: Why it is no whole reply, or "".
        spooled: SHA-256 (hex) of the whole reply in the store when `text` holds only its two ends, else "".
        shrunk: Names of the sections that were said in a shorter form.
    """

    value: T
    text: str
    head: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    finish: FinishReason
    usage: TurnUsage
    cut: str = ""
    spooled: str = ""
    shrunk: tuple[str, ...] = ()


class AskModel(Protocol):
    """Asks the model of the thread one question."""

    async def __call__(
        self,
        question: Question,
        read: Callable[[str, FinishReason], T | Correction],
        usage: TurnUsage,
        emit: Callable[[Event], None],
    ) -> Answer[T]:
        """Stream the reply, have it read, commit it to the transcript.

        Raises:
            ModelAPIError: If the server fails.
            ContextWindowExceededError: If the required sections do not fit.
            ModelOutputInvalidError: If no reply could be read, corrections included.
        """
        ...


@dataclass(frozen=True, slots=True)
class NodeContext:
    """Everything a node may touch during one turn.

    Attributes:
        thread_id: The thread the turn belongs to.
        ask: Asks the model.
        emit: Tells the user and the metrics.
        ask_user: Stops the turn until the user has decided; a node calls it first of all.
        store: Big texts, by hash.
        files: The user's files.
        stage: Edits that wait.
        journal: The only way to the user's files for a change.
        transcript: What the model has been told in this thread.
        list_files: The project's files, read once a turn.
        read_notes: The project's notes as they stand now.
        system_text: The system text for given notes.
        count: Tokens of a text, cheap and never too low.
        profile: How the executor's model is treated.
        window: Tokens it holds.
        policy: What may be applied without asking.
        profiles: How the models of other nodes are treated, by node, where they have their own.
        strategy: What a new generation carries over of the conversation.
        summary_room: Tokens that a summary by the model may take, 0 if it is not asked for one.
        aids: What helps a small model along.
        knowledge: What is known of the project's code.
        templates: What the nodes' prompts are made of.
        modes: The modes that a turn may have.
        narrowest: Tokens of the smallest window of the thread's models, which all read the same transcript.
        bench: Where commands run, and what the user allows.
        calls: Which commands were begun, and which ended.
        choose_dialect: The edit dialect for a file of so many lines and tokens.
    """

    thread_id: str
    ask: AskModel
    emit: Callable[[Event], None]
    ask_user: Callable[[dict[str, Any]], Any]  # Any: what the user said comes back as JSON and is validated by the node
    store: Store
    files: Files
    stage: Stage
    journal: Journal
    transcript: Transcript
    list_files: Callable[[], Sequence[str]]
    read_notes: Callable[[], str]
    system_text: Callable[[str], str]
    count: Callable[[str], int]
    profile: Profile
    window: int
    policy: ApprovalPolicy
    bench: Bench
    calls: Calls
    choose_dialect: Callable[[int, int], str]
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    narrowest: int | None = None
    templates: Templates = SHIPPED
    modes: Modes = SHIPPED_MODES
    knowledge: Knowledge = field(default_factory=Ignorance)
    strategy: Strategy = "summary"
    summary_room: int = 0
    aids: AidsSpec = field(default_factory=AidsSpec)

    def profile_of(self, node: str) -> Profile:
        """Return how the model of a node is treated."""
        return self.profiles.get(node, self.profile)
