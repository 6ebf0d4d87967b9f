"""One question to the model that a node works with: fit, count, ask, read, mend, commit.

Joins providers and prompts, which do not know each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError
from vivek.flows.calling import Caller
from vivek.flows.context import Answer, Correction, Question
from vivek.flows.course import Ask, Call, Emit
from vivek.flows.measuring import Counted
from vivek.flows.reply import Reply
from vivek.flows.replying import SMALLEST, Replier, Thinks
from vivek.flows.sizing import Prompt, Sizer
from vivek.prompts.budget import told_of
from vivek.prompts.objects.object import REFUSED
from vivek.prompts.templates import SHIPPED, Templates
from vivek.prompts.transcript import Entry, Transcript, join_messages
from vivek.schema.aids import AidsSpec
from vivek.schema.chunk import FinishReason
from vivek.schema.events import AidUsed, Notice
from vivek.schema.messages import Message
from vivek.schema.report import ModelCalls, TurnUsage
from vivek.schema.request import Request, Sampling

T = TypeVar("T")

_UNUSABLE = "could not be used"
_END = 8_000  # characters
_AGAINST_CIRCLES = 1.1


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
        templates: What is said when a reply is of no use.
        aids: Which helps are used.
    """

    caller: Caller
    transcript: Transcript
    think: bool | None = None
    thinks: Thinks = "no"
    shared: bool = False
    sees: bool = True
    templates: Templates = SHIPPED
    aids: AidsSpec = field(default_factory=AidsSpec)

    async def __call__(
        self, question: Question, read: Callable[[str, FinishReason], T | Correction], usage: TurnUsage, emit: Emit
    ) -> Answer[T]:
        """Ask, mend at most `question.corrections` times, and commit what was accepted."""
        window = self.caller.window
        room = min(question.reply_room, max(SMALLEST, window // 2))
        # A model that thinks does so in the room of its reply.
        thinking = 0 if self.thinks == "no" or self.think is False else self.caller.thinking_tokens
        reserved = max(room, min(room + thinking, window // 2))
        prompt = await self._sizer.prompt(question, reserved)
        fitted = prompt.fitted
        for news in told_of(fitted, question.node, window, prompt.base, reserved):
            emit(news)
        exchange = _Exchange(self, question, prompt, usage, emit)
        value, reply = await exchange.settle(read, room)
        head = question.head
        if not question.aside:
            head = self._commit(question, prompt, reply, exchange.read)
        names = tuple(s.name for s in fitted.kept), tuple(s.name for s in fitted.dropped)
        shrunk = tuple(s.name for s in fitted.shrunk)
        return Answer(value, reply.text, head, *names, reply.finish, exchange.usage, reply.cut, reply.spooled, shrunk)

    @property
    def _sizer(self) -> Sizer:
        return Sizer(self.caller, self.transcript, self.shared, self.sees, self.think)

    def too_long(self, needed: int) -> ContextWindowExceededError:
        """Return that a prompt needs more than the window holds."""
        return self._sizer.too_long(needed)

    def _commit(self, question: Question, prompt: Prompt, reply: Reply, read: int | None) -> str:
        # Where the server counted the whole prompt, what earlier rows were taken for too much or too little ends here.
        asked = prompt.size if read is None else read
        new = asked - self.transcript.tokens(question.head)
        # Of a reply that is too long to be held only the two ends go into the transcript.
        tokens = self.caller.count(reply.text) if reply.tokens is None or reply.spooled else reply.tokens
        said = [
            Entry("user", question.node, prompt.asked, new, question.pictures),
            Entry("assistant", question.node, reply.text, tokens),
        ]
        return self.transcript.append(question.head, said)


@dataclass(slots=True)
class _Exchange:
    """The calls of one question."""

    asker: Asker
    question: Question
    prompt: Prompt
    usage: TurnUsage
    emit: Emit
    read: int | None = None
    circled: bool = False

    async def settle(self, read: Callable[[str, FinishReason], T | Correction], room: int) -> tuple[T, Reply]:
        """Return the value of the first reply that can be used, with that reply.

        Raises:
            ModelOutputInvalidError: If none could be, corrections included.
        """
        node = self.question.node
        attempt: tuple[Message, ...] = ()
        refused: list[str] = []
        reason = ""
        empty = False
        for tries_left in range(self.question.corrections, -1, -1):
            reply = await self._reply(read, room, attempt)
            nothing = self.question.schema is None and not reply.text.strip() and not reply.cut
            circles = bool(reply.repeated and tries_left and not self.circled)
            value: T | Correction
            if nothing:
                value, what = Correction(self.asker.templates.render("say_something")), "was empty"
            elif circles:
                said = self.asker.templates.render("say_once", repeated=reply.repeated)
                value, what = Correction(said), f"repeated `{reply.repeated}` without end"
            else:
                value, what = read(reply.text, reply.finish), _UNUSABLE
            if not isinstance(value, Correction):
                return value, reply
            read = value.read or read
            refused += [reply.text] if reply.text.strip() else []
            named = nothing or circles
            reason = f"it {what}." if named else value.text.strip().splitlines()[0].removeprefix(f"{REFUSED} ")
            if nothing and (empty or not self.asker.aids.correction):
                break
            attempt = (Message("assistant", _brief(reply.text) or "(nothing)"), Message("user", value.text))
            if self._left(attempt) < min(SMALLEST, room):
                reason = f"{reason} The window has no room to ask it again."
                break
            if tries_left:
                self.emit(AidUsed("correction", reason))
                self.emit(Notice(f"The {node}'s reply {what}; asking it again."))
            empty, self.circled = nothing, self.circled or circles
        msg = f"The model's answer as {node} {_UNUSABLE}: {reason}"
        error = ModelOutputInvalidError(msg, hint="Ask for less at once, or choose a larger model with `--model`.")
        error.reply = "\n\n".join(refused)
        raise error

    async def _reply(
        self, read: Callable[[str, FinishReason], object], room: int, attempt: tuple[Message, ...]
    ) -> Reply:
        asker = self.asker
        left = self._left(attempt)
        if left < min(SMALLEST, room):
            raise asker.too_long(self._size_of(attempt) + min(SMALLEST, room))
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
            templates=asker.templates,
            aids=asker.aids,
        )
        try:
            return await replier.reply(join_messages((*self.prompt.messages, *attempt)), mending=bool(attempt))
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
        more = messages[len(self.prompt.messages) :]
        request = Request(
            model=caller.model,
            messages=messages,
            max_tokens=room,
            sampling=self._sampling(),
            schema=schema,
            think=think,
        )
        shown = self.question.schema is None and not self.question.whole and not before
        aids = self.asker.aids
        cap = caller.thinking_tokens if aids.thinking else caller.window
        ask = Ask(node, self.prompt.asked, cap, before, shown, watched=aids.correction)
        counted: Counted = "bound" if more else self.prompt.counted
        call = await caller.call(request, ask, self._size_of(more), counted, self.emit)
        by = ModelCalls(node, caller.label)
        if call.answered_by:
            by = ModelCalls(node, call.answered_by, instead_of=caller.label, why=call.why)
        self.usage = self.usage.with_call(call.measured, call.seconds, call.until_text, by=by)
        if not more and not call.answered_by:
            self.read = call.usage.prompt_tokens
        return call

    def _sampling(self) -> Sampling:
        """Return how tokens are drawn: after a circle with a penalty on what was said, code or not."""
        usual = self.question.sampling
        return (
            replace(usual, repeat_penalty=max(usual.repeat_penalty or 1.0, _AGAINST_CIRCLES)) if self.circled else usual
        )

    def _left(self, more: Sequence[Message]) -> int:
        return self.asker.caller.window - self._size_of(more)

    def _size_of(self, more: Sequence[Message]) -> int:
        return self.prompt.size + sum(self.asker.caller.count(message.content) for message in more)


def _brief(text: str) -> str:
    """Return a reply that is to be mended; of a long one, its two ends: repeated whole it would fill the window."""
    if len(text) <= 2 * _END:
        return text
    return f"{text[:_END]}\n[...]\n{text[-_END:]}"
