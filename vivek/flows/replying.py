"""A whole reply out of as few calls as it takes: asked again without thinking, with more room, or gone on with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError
from vivek.flows.context import Question
from vivek.flows.course import Call, Emit
from vivek.flows.reply import UNSURE, Reply, joined, reply_of
from vivek.prompts.continuing import go_on_from
from vivek.prompts.estimate import rough
from vivek.prompts.templates import SHIPPED, Templates
from vivek.prompts.transcript import join_messages
from vivek.schema.aids import AidsSpec
from vivek.schema.events import AidUsed, Notice
from vivek.schema.messages import Message

Thinks = Literal["no", "yes", "always"]
"""Whether a model thinks, as far as known, and whether it always does."""

_KNOWN: tuple[Thinks, ...] = ("no", "yes", "always")

CONTINUATIONS = 2
"""Times that a reply which was cut off is gone on with."""

MORE = 1.25
"""How much more room makes it worth asking again."""

SMALLEST = 64
"""Tokens below which a reply is not worth asking for."""

CAREFUL = 1.3
"""By how much the rough size of a text is raised where it must not be too low."""

NOTICEABLE = 16
"""Tokens from which thinking is thinking: some models leave an empty thought where they were told not to think."""


class Once(Protocol):
    """Makes one call."""

    async def __call__(
        self,
        messages: tuple[Message, ...],
        room: int,
        *,
        think: bool | None,
        schema: Mapping[str, object] | None = None,
        before: str = "",
    ) -> Call:
        """Stream one reply of at most `room` tokens; `before` is the reply so far that it goes on with."""
        ...


@dataclass(slots=True)
class Replier:
    """Gets the reply to one question.

    Attributes:
        question: What is asked.
        once: Makes one call.
        room: Tokens the reply may take at first.
        left: Tokens the window has left for it at most, thoughts included.
        cap: Tokens of thinking that come on top of the reply, for a model that thinks.
        think: Whether the model may think first; None leaves it to the model.
        thinks: Whether it does, as far as known; learns from the calls.
        readable: Whether a text is what the question wants.
        emit: Tells the user.
        templates: What is said when a reply is to be gone on with, or its result is missing.
        aids: Which helps are used.
    """

    question: Question
    once: Once
    room: int
    left: int
    cap: int
    think: bool | None
    thinks: Thinks
    readable: Callable[[str], bool]
    emit: Emit
    templates: Templates = SHIPPED
    aids: AidsSpec = field(default_factory=AidsSpec)

    async def reply(self, messages: tuple[Message, ...], *, mending: bool) -> Reply:
        """Return the reply to a prompt; `mending` leaves out the thinking, which was done the first time.

        Raises:
            ModelAPIError: If the server fails.
            ModelOutputInvalidError: If the model does nothing but think.
        """
        if self.question.schema is not None:
            return await self._object(messages, mending=mending)
        return await self._text(messages)

    async def _object(self, messages: tuple[Message, ...], *, mending: bool) -> Reply:
        """Let the model think and answer freely; only if that is no object, ask for it, held to its form."""
        think = self.think
        if self.thinks != "no" and think is not False and not mending:
            free = await self._call(messages, self.room, think=think)
            if free.spent_on_thinking:
                self._tell_thinking(free, again=True)
            elif free.finish == "stop" and self.readable(free.text):
                return reply_of(free)
            elif free.finish == "stop":
                said = Message("assistant", free.text), Message("user", self.templates.render("say_object"))
                messages = join_messages((*messages, *said))
        if self.thinks != "no":
            think = self._least_thinking()
        schema = self.question.schema
        return reply_of(await self._with_more_room(messages, think=think, schema=schema))

    async def _text(self, messages: tuple[Message, ...]) -> Reply:
        if self.question.whole:
            call = await self._with_more_room(messages, think=self.think)
        else:
            # What is asked beside the conversation is not worth the wait for thoughts.
            spared = self.question.aside and self.thinks != "no"
            call = await self._thoughtful(messages, self.room, think=self._least_thinking() if spared else self.think)
        reply = reply_of(call)
        for _ in range(CONTINUATIONS if self.aids.continuation and not self.question.aside else 0):
            spare = self.left - round(reply.tokens or CAREFUL * rough(reply.text)) - SMALLEST
            if reply.finish != "length" or call.closed or reply.spooled or not reply.text.strip() or spare < SMALLEST:
                break
            self._tell("was cut off at its limit; the model goes on with it.")
            try:
                call = await self._call(
                    join_messages((*messages, *go_on_from(reply.text, self.templates))),
                    min(2 * self.room, spare),
                    think=self.think if self.thinks == "no" else self._least_thinking(),
                    before=reply.text,
                )
            except ContextWindowExceededError:
                break  # read as a prompt, a text may have more tokens than it was written with
            reply = joined(reply, call)
        if self.question.whole and reply.finish != "stop" and not reply.cut:
            return replace(reply, cut=UNSURE)
        return reply

    async def _with_more_room(
        self, messages: tuple[Message, ...], *, think: bool | None, schema: Mapping[str, object] | None = None
    ) -> Call:
        """Ask, and once more with more room when the reply was cut off and the window has it."""
        call = await self._thoughtful(messages, self.room, think=think, schema=schema)
        more = min(2 * self.room, self.left) if self.aids.continuation else 0
        if call.finish != "length" or call.closed or more < MORE * self.room:
            return call
        self._tell(f"was cut off at {self.room:,} tokens; asking again with room for {more:,}.")
        return await self._thoughtful(messages, more, think=think, schema=schema)

    async def _thoughtful(
        self,
        messages: tuple[Message, ...],
        room: int,
        *,
        think: bool | None,
        schema: Mapping[str, object] | None = None,
    ) -> Call:
        """Ask, and once more without thinking when nothing else came of it."""
        call = await self._call(messages, room, think=think, schema=schema)
        if not call.spent_on_thinking:
            return call
        again = self.aids.thinking and think is not False and self.thinks != "always"
        self._tell_thinking(call, again=again)
        if again:
            call = await self._call(messages, room, think=False, schema=schema)
        if call.spent_on_thinking:
            msg = f"The model only thought as {self.question.node} and gave no answer."
            hint = "Ask for less at once, or choose a model that can answer without thinking with `--model`."
            raise ModelOutputInvalidError(msg, hint=hint)
        return call

    async def _call(
        self,
        messages: tuple[Message, ...],
        room: int,
        *,
        think: bool | None,
        schema: Mapping[str, object] | None = None,
        before: str = "",
    ) -> Call:
        if self.thinks == "always" or (self.thinks == "yes" and think is not False):
            room = min(room + self.cap, self.left)
        call = await self.once(messages, room, think=think, schema=schema, before=before)
        if call.thought >= NOTICEABLE:
            self.thinks = "always" if think is False else max(self.thinks, "yes", key=_KNOWN.index)
        return call

    def _least_thinking(self) -> bool | None:
        """Return what to ask for when thinking is of no use; some models cannot be kept from it."""
        return None if self.thinks == "always" else False

    def _tell(self, what: str) -> None:
        self.emit(AidUsed("continuation", self.question.node))
        self.emit(Notice(f"The {self.question.node}'s reply {what}"))

    def _tell_thinking(self, call: Call, *, again: bool) -> None:
        thought = f"thought for about {round(call.thought):,} tokens" if call.thought else "used up its room unseen"
        then = "asked once more without thinking." if again else "this model cannot be kept from it."
        self.emit(AidUsed("thinking", self.question.node))
        self.emit(Notice(f"The {self.question.node} {thought} and gave no answer; {then}"))
