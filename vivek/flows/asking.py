"""One question to the model that a node works with: fit, count, ask, read, mend, commit.

Joins providers and prompts, which do not know each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError
from vivek.flows.calling import Caller
from vivek.flows.context import Answer, Correction, Question
from vivek.flows.course import Ask, Call, Emit
from vivek.flows.measuring import Counted
from vivek.flows.replying import SMALLEST, Replier, Reply, Thinks
from vivek.prompts.budget import fit, told_of
from vivek.prompts.build import join_sections
from vivek.prompts.templates import render
from vivek.prompts.transcript import Entry, Transcript, join_messages
from vivek.schema.budget import Fit
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Notice
from vivek.schema.messages import Message
from vivek.schema.report import ModelCalls, TurnUsage
from vivek.schema.request import Request

T = TypeVar("T")

_UNUSABLE = "could not be used"
_END = 8_000  # characters


@dataclass(slots=True, eq=False)
class Asker:
    """Asks one model for the nodes of a thread.

    Attributes:
        caller: The model.
        transcript: What was said so far.
        think: Whether the model may think first; None leaves it to the model.
        thinks: Whether it does, as far as known.
        shared: Whether other models speak in the same thread, so that each has to count for itself.
        sees: Whether it may be shown pictures; one that cannot see reads the line that names each of them.
    """

    caller: Caller
    transcript: Transcript
    think: bool | None = None
    thinks: Thinks = "no"
    shared: bool = False
    sees: bool = True

    async def __call__(
        self, question: Question, read: Callable[[str, FinishReason], T | Correction], usage: TurnUsage, emit: Emit
    ) -> Answer[T]:
        """Ask, mend at most `question.corrections` times, and commit what was accepted."""
        window = self.caller.window
        base = self._base(question.head)
        room = min(question.reply_room, max(SMALLEST, window // 2))
        # A model that thinks does so in the room of its reply.
        thinking = 0 if self.thinks == "no" or self.think is False else self.caller.thinking_tokens
        reserved = max(room, min(room + thinking, window // 2))
        fitted = self._fit(question, base, reserved)
        for news in told_of(fitted, question.node, window, base):
            emit(news)
        asked = join_sections(fitted.kept)
        prompt = self.transcript.request(question.head, asked, question.pictures)
        if not self.sees:
            prompt = tuple(replace(message, images=()) for message in prompt)
        size, counted = await self._size(prompt, base, fitted, reserved)
        exchange = _Exchange(self, question, asked, prompt, size, counted, usage, emit)
        value, reply = await exchange.settle(read, room)
        head = self._commit(question, asked, reply, size if exchange.read is None else exchange.read, base)
        names = tuple(s.name for s in fitted.kept), tuple(s.name for s in fitted.dropped)
        return Answer(value, reply.text, head, *names, reply.finish, exchange.usage, reply.cut, reply.spooled)

    def too_long(self, needed: int) -> ContextWindowExceededError:
        """Return that a prompt needs more than the window holds."""
        model, window = self.caller.model, self.caller.window
        msg = f"The prompt needs {needed:,} tokens, the window of {model} holds {window:,}; nothing was sent."
        hint = "Shorten the request, name fewer files, or use a model with a larger window."
        return ContextWindowExceededError(msg, hint=hint, needed=needed, window=window)

    def _base(self, head: str) -> int:
        """Return the tokens of what was said so far, as this model counts them."""
        ratio = self.caller.gauge.ratio
        if not self.shared or ratio is None:
            return self.transcript.tokens(head)
        return round(ratio * sum(self.caller.count(message.content) for message in self.transcript.messages(head)))

    def _fit(self, question: Question, base: int, reply_room: int) -> Fit:
        margin = max(32, self.caller.window // 64)
        room = self.caller.window - base - reply_room - margin - self.caller.overhead
        sections = question.sections
        if sum(section.tokens for section in sections) > room:
            sections = [replace(section, tokens=self.caller.exact(section.text)) for section in sections]
        try:
            return fit(sections, room)
        except ContextWindowExceededError as error:
            raise self.too_long(base + reply_room + margin + (error.needed or 0)) from error

    async def _size(self, prompt: Sequence[Message], base: int, fitted: Fit, reply_room: int) -> tuple[int, Counted]:
        """Return the prompt's size and who counted it; the token tables are the last resort."""
        counted = await self.caller.provider.count_tokens(prompt)
        pictured = sum(image.tokens for message in prompt for image in message.images)
        if counted is not None:
            # Nobody can tell the size of a picture before it was read: with one the count is as rough as ours.
            rough = pictured or self.caller.tools
            return counted + pictured + self.caller.overhead, "bound" if rough else "server"
        estimate = self.caller.overhead + base + pictured + sum(section.tokens for section in fitted.kept)
        if estimate + reply_room <= self.caller.window * 3 // 4:
            return estimate, "bound"
        size = self.caller.overhead + sum(self.caller.exact(message.content) + 8 for message in prompt)
        return size + pictured, "bound" if pictured else "tables"

    def _commit(self, question: Question, asked: str, reply: Reply, size: int, base: int) -> str:
        # Where the server counted the whole prompt, what earlier rows were taken for too much or too little ends here.
        base = self.transcript.tokens(question.head) if self.shared else base
        # Of a reply that is too long to be held only the two ends go into the transcript.
        tokens = self.caller.count(reply.text) if reply.tokens is None or reply.spooled else reply.tokens
        said = [
            Entry("user", question.node, asked, size - base, question.pictures),
            Entry("assistant", question.node, reply.text, tokens),
        ]
        return self.transcript.append(question.head, said)


@dataclass(slots=True)
class _Exchange:
    """The calls of one question."""

    asker: Asker
    question: Question
    asked: str
    prompt: tuple[Message, ...]
    size: int
    counted: Counted
    usage: TurnUsage
    emit: Emit
    read: int | None = None

    async def settle(self, read: Callable[[str, FinishReason], T | Correction], room: int) -> tuple[T, Reply]:
        """Return the value of the first reply that can be used, with that reply.

        Raises:
            ModelOutputInvalidError: If none could be, corrections included.
        """
        node = self.question.node
        attempt: tuple[Message, ...] = ()
        reason = ""
        empty = False
        for tries_left in range(self.question.corrections, -1, -1):
            reply = await self._reply(read, room, attempt)
            nothing = self.question.schema is None and not reply.text.strip() and not reply.cut
            value = Correction(render("say_something")) if nothing else read(reply.text, reply.finish)
            if not isinstance(value, Correction):
                return value, reply
            read = value.read or read
            reason = "it was empty." if nothing else value.text.strip().splitlines()[0]
            if nothing and empty:
                break
            if tries_left:
                self.emit(Notice(f"The {node}'s reply {'was empty' if nothing else _UNUSABLE}; asking it again."))
            empty = nothing
            attempt = (Message("assistant", _brief(reply.text) or "(nothing)"), Message("user", value.text))
        msg = f"The model's answer as {node} {_UNUSABLE}: {reason}"
        raise ModelOutputInvalidError(msg, hint="Ask for less at once, or choose a larger model with `--model`.")

    async def _reply(
        self, read: Callable[[str, FinishReason], object], room: int, attempt: tuple[Message, ...]
    ) -> Reply:
        asker = self.asker
        size = self._size_of(attempt)
        left = asker.caller.window - size
        if left < min(SMALLEST, room):
            raise asker.too_long(size + min(SMALLEST, room))
        replier = Replier(
            question=self.question,
            once=self.once,
            room=min(room, left),
            left=left,
            cap=asker.caller.thinking_tokens,
            think=asker.think,
            thinks=asker.thinks,
            readable=lambda text: not isinstance(read(text, "stop"), Correction),
            emit=self.emit,
        )
        try:
            return await replier.reply(join_messages((*self.prompt, *attempt)), mending=bool(attempt))
        finally:
            asker.thinks = replier.thinks

    async def once(
        self,
        messages: tuple[Message, ...],
        room: int,
        *,
        think: bool | None,
        schema: Mapping[str, object] | None = None,
        before: str = "",
    ) -> Call:
        """Make one call and add its figures to the turn's."""
        caller, node = self.asker.caller, self.question.node
        more = messages[len(self.prompt) :]
        request = Request(
            model=caller.model,
            messages=messages,
            max_tokens=room,
            sampling=self.question.sampling,
            schema=schema,
            think=think,
        )
        shown = self.question.schema is None and not self.question.whole and not before
        ask = Ask(node, self.asked, caller.thinking_tokens, before, shown)
        counted: Counted = "bound" if more else self.counted
        call = await caller.call(request, ask, self._size_of(more), counted, self.emit)
        by = ModelCalls(node, caller.label)
        if call.answered_by:
            by = ModelCalls(node, call.answered_by, instead_of=caller.label, why=call.why)
        self.usage = self.usage.with_call(call.usage, call.seconds, call.until_text, by=by)
        if not more and not call.answered_by:
            self.read = call.usage.prompt_tokens
        return call

    def _size_of(self, more: Sequence[Message]) -> int:
        return self.size + sum(self.asker.caller.count(message.content) for message in more)


def _brief(text: str) -> str:
    """Return a reply that is to be mended; of a long one, its two ends: repeated whole it would fill the window."""
    if len(text) <= 2 * _END:
        return text
    return f"{text[:_END]}\n[...]\n{text[-_END:]}"
