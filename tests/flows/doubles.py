"""A server that says, thinks and counts what a test wants, and ways to ask it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from vivek.flows.asking import Asker
from vivek.flows.calling import Caller
from vivek.flows.context import Answer, AskModel, Correction, Question
from vivek.prompts.estimate import bound
from vivek.prompts.transcript import Transcript
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.budget import Section
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.events import Event, Notice
from vivek.schema.messages import Message
from vivek.schema.models import ModelInfo
from vivek.schema.report import TurnUsage
from vivek.schema.request import Request, Sampling

Read = Callable[[str, FinishReason], str | Correction]


def four_bytes(text: str) -> int:
    """Return the tokens of a text as the double counts them."""
    return -(-len(text.encode()) // 4)


def size_of(messages: Sequence[Message]) -> int:
    """Return the tokens of a prompt as the double counts them."""
    return sum(four_bytes(message.content) + 4 for message in messages)


@dataclass
class Said:
    """One reply: thoughts first, then text, in pieces of twelve characters.

    `usage` is made from the texts when None; `read` replaces only the prompt's count; `chunks` come before all.
    """

    text: str = ""
    thinking: str = ""
    finish: FinishReason = "stop"
    usage: Usage | None = None
    read: int | None = None
    chunks: tuple[Chunk, ...] = ()
    answered_by: str = ""


@dataclass
class Server(ScriptedProvider):
    """A server with a script of replies; it counts a prompt beforehand only if told so."""

    said: list[Said | str]
    counts: bool = False
    requests: list[Request] = field(default_factory=list)
    closed: int = 0
    window: int = 32_768

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Say the next reply of the script."""
        self.requests.append(request)
        reply = self.said.pop(0)
        reply = Said(reply) if isinstance(reply, str) else reply
        try:
            for chunk in reply.chunks:
                yield chunk
            for at in range(0, len(reply.thinking), 12):
                yield Chunk(thinking=reply.thinking[at : at + 12])
            for at in range(0, len(reply.text), 12):
                yield Chunk(text=reply.text[at : at + 12], answered_by=reply.answered_by)
            usage = reply.usage or Usage(
                prompt_tokens=size_of(request.messages) if reply.read is None else reply.read,
                completion_tokens=four_bytes(reply.text + reply.thinking),
            )
            yield Chunk(usage=usage, finish=reply.finish, answered_by=reply.answered_by)
        finally:
            self.closed += 1

    async def describe(self, model: str) -> ModelInfo:
        """Return the window."""
        return ModelInfo(model, window_loaded=self.window, loaded=True)

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt, or that it cannot be told."""
        return size_of(request.messages) if self.counts else None


def caller_of(provider: ScriptedProvider, window: int = 32_768, **more: object) -> Caller:
    """Return a caller of a double."""
    return Caller(
        provider=provider,
        model="default",
        window=window,
        count=bound,
        exact=four_bytes,
        **more,  # type: ignore[arg-type]  # what a test names
    )


def asker_of(provider: ScriptedProvider, transcript: Transcript, window: int = 32_768, **more: object) -> Asker:
    """Return an asker of a double; `think`, `thinks`, `shared` and `aids` go to it, all else to its caller."""
    own = {name: more.pop(name) for name in ("think", "thinks", "shared", "aids") if name in more}
    return Asker(caller_of(provider, window, **more), transcript, **own)  # type: ignore[arg-type]  # as above


def section(name: str, text: str, *, priority: int = 100, required: bool = True) -> Section:
    """Return a section with its cheap count."""
    return Section(name, text, bound(text), priority, required)


def question(head: str, *sections: Section, room: int = 512, **more: object) -> Question:
    """Return a question of the executor."""
    asked = sections or (section("request", "What is this?"),)
    return Question("executor", head, asked, room, Sampling(), **more)  # type: ignore[arg-type]  # as above


def as_it_is(text: str, finish: FinishReason) -> str | Correction:
    """Take every reply."""
    return text


async def ask(asker: AskModel, asked: Question, read: Read = as_it_is) -> tuple[Answer[str], list[Event]]:
    """Ask and return the answer with the events."""
    events: list[Event] = []
    answer = await asker(asked, read, TurnUsage(), events.append)
    return answer, events


def notices(events: Sequence[Event]) -> list[str]:
    """Return the texts of the notices among events."""
    return [event.text for event in events if isinstance(event, Notice)]
