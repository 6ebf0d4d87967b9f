"""Makes a prompt that fits the window: what was said, what else has room, and how large the whole came out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vivek.errors import ContextWindowExceededError
from vivek.flows.calling import Caller
from vivek.flows.context import Question
from vivek.flows.measuring import Counted, Reading
from vivek.flows.replying import SMALLEST
from vivek.prompts.budget import fit, is_tight, measured
from vivek.prompts.build import join_sections
from vivek.prompts.transcript import Transcript
from vivek.schema.budget import Count, Fit, Section
from vivek.schema.messages import Message
from vivek.schema.request import Request

NEAR = 0.75
"""Share of the window above which a prompt is counted as exactly as can be; below it, what is cheap will do."""

TRIES = 5
"""Times that a choice of parts is made, because the whole may come out larger than they were taken for."""

SPARE = 32
"""Tokens kept free for what joins texts and cannot be counted in any one of them."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt to be sent.

    Attributes:
        fitted: What it tells, and what was left out.
        asked: Its last user message.
        messages: All of it.
        base: Tokens of what was said before.
        size: Tokens of all of it.
        counted: Who counted them.
    """

    fitted: Fit
    asked: str
    messages: tuple[Message, ...]
    base: int
    size: int
    counted: Counted


@dataclass(frozen=True, slots=True)
class Sizer:
    """Makes the prompts of one model.

    Attributes:
        caller: The model.
        transcript: What was said so far.
        shared: Whether other models speak in the same thread, so that each has to count for itself.
        sees: Whether it may be shown pictures.
        think: Whether the model is to think first.
    """

    caller: Caller
    transcript: Transcript
    shared: bool
    sees: bool
    think: bool | None

    async def prompt(self, question: Question, reserved: int) -> Prompt:
        """Return the prompt of a question, with room for a reply of about `reserved` tokens.

        The server is asked for its count at most once while the prompt is far from filling the window: when it does
        not go on from the last one. What it read before is known, and need not be counted again.

        Raises:
            ContextWindowExceededError: If what cannot be left out does not fit.
            ModelAPIError: If the server is asked and does not answer.
        """
        said = self.transcript.messages(question.head)
        known = self.caller.gauge.read_of(said)
        base = self._base(question.head, said, known)
        room = self.caller.window - base - reserved - SPARE
        sections, count = question.sections, self.caller.count
        tight = is_tight(sections, room)
        if tight:
            if known is None:
                base = await self._counted_base(question, said, base, reserved)
            # Where the server counts the whole in the end, its parts need not be taken for more than they are.
            count = self.caller.estimator.about if self.caller.counts else self.caller.estimator.most
            sections = tuple(measured(section, count) for section in sections)
        least = sum(section.floor for section in sections if section.required)
        spare = max(0, self.caller.window - base - reserved - SPARE - least)
        over = 0
        for left in reversed(range(TRIES)):
            fitted = self._fit(sections, count, base, reserved + over)
            asked = join_sections(fitted.kept)
            messages = self.transcript.request(question.head, asked, question.pictures)
            if not self.sees:
                messages = tuple(replace(message, images=()) for message in messages)
            cheap = base + sum(section.tokens for section in fitted.kept)
            size, counted = await self._size(question, messages, cheap, reserved, tight=tight)
            missing = size + min(SMALLEST, question.reply_room) - self.caller.window
            if missing <= 0 or not left or all(section.required for section in fitted.kept):
                break
            # Another choice of parts may be taken for too little in its turn: each try leaves more room than the last,
            # counted from what was chosen and not from what was free. The last one says only what has to be said.
            over += fitted.left + ((missing + SPARE) << (TRIES - 1 - left))
            over = spare if left == 1 else min(over, spare)
        return Prompt(fitted, asked, messages, base, size, counted)

    def too_long(self, needed: int) -> ContextWindowExceededError:
        """Return that a prompt needs more than the window holds."""
        caller = self.caller
        msg = f"The prompt needs {needed:,} tokens, the window of {caller.model} holds {caller.window:,}"
        larger = f"`--window {-(-needed // 1024)}k`" if caller.look else f"a window of {needed:,} in its server"
        hint = f"Shorten the request, name fewer files, or give the model more: {larger}."
        return ContextWindowExceededError(f"{msg}; nothing was sent.", hint=hint, needed=needed, window=caller.window)

    def _base(self, head: str, said: tuple[Message, ...], known: Reading | None) -> int:
        """Return the tokens of what was said so far, as this model counts them, tools included."""
        gauge, caller = self.caller.gauge, self.caller
        if self.shared and known is not None:
            more = sum(caller.count(message.content) for message in said[len(known.messages) :])
            return known.read + round((gauge.ratio or 1.0) * more)
        if self.shared and gauge.ratio is not None:
            return caller.overhead + round(gauge.ratio * sum(caller.count(message.content) for message in said))
        # What the server read in an earlier call had the tools in it.
        return self.transcript.tokens(head) + (0 if known else caller.overhead)

    async def _counted_base(self, question: Question, said: Sequence[Message], base: int, reserved: int) -> int:
        """Return the tokens of what was said so far where the cheap count leaves too little room."""
        caller = self.caller
        texts = [message.content for message in said]
        counted = await self._counted(question, self.transcript.request(question.head, "."), reserved)
        if counted is None:
            return min(base, caller.estimator.prompt(texts, caller.head)[1])
        caller.estimator.note([*texts, "."], caller.head, counted)
        return counted + sum(image.tokens for message in said for image in message.images)

    def _fit(self, sections: Sequence[Section], count: Count, base: int, reserved: int) -> Fit:
        try:
            return fit(sections, self.caller.window - base - reserved - SPARE, count=count)
        except ContextWindowExceededError as error:
            raise self.too_long(base + reserved + SPARE + (error.needed or 0)) from error

    async def _size(
        self, question: Question, messages: tuple[Message, ...], cheap: int, reserved: int, *, tight: bool
    ) -> tuple[int, Counted]:
        """Return the size of a prompt and who counted it; the token tables are the last resort."""
        caller = self.caller
        # Nobody can tell the size of a picture before it was read: with one, any count is as rough as ours.
        pictured = sum(image.tokens for message in messages for image in message.images)
        near = tight or cheap + pictured + reserved > caller.window * NEAR
        known = caller.gauge.read_of(messages)
        if near or known is None:
            counted = await self._counted(question, messages, reserved)
            if counted is not None:
                return counted + pictured, "bound" if pictured else "server"
        if not near:
            return cheap + pictured, "bound"
        texts = [message.content for message in (messages[len(known.messages) :] if known else messages)]
        most = caller.estimator.prompt(texts, "" if known else caller.head, begun=known is not None)[1]
        return (known.read if known else 0) + most + pictured, "bound" if pictured else "tables"

    async def _counted(self, question: Question, messages: Sequence[Message], reserved: int) -> int | None:
        """Return what the server makes of a prompt, pictures left out; None where it does not count."""
        if self.caller.counts is False:
            return None
        request = Request(
            model=self.caller.model,
            messages=tuple(replace(message, images=()) for message in messages),
            max_tokens=reserved,
            window=self.caller.window,
            schema=question.schema,
            think=self.think,
            tools=self.caller.tools,
        )
        counted = await self.caller.provider.count_tokens(request)
        self.caller.counts = counted is not None
        return counted
