"""One model call: fit, count, stream, read, mend, commit; joins providers and prompts, which do not know each other."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from vivek.errors import ContextWindowExceededError, ModelOutputInvalidError, StreamInterruptedError
from vivek.flows.context import Answer, Correction, Question
from vivek.prompts.budget import fit, told_of
from vivek.prompts.build import join_sections
from vivek.prompts.transcript import Entry, Transcript, join_messages
from vivek.providers.base import Provider
from vivek.schema.budget import Fit
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.events import (
    CallDone,
    Event,
    Notice,
    PhaseChanged,
    PrefillProgress,
    TextDelta,
    ThinkingDelta,
)
from vivek.schema.messages import Message
from vivek.schema.report import TurnUsage
from vivek.schema.request import Request

T = TypeVar("T")
Emit = Callable[[Event], None]

SMALLEST_REPLY = 64
"""Tokens below which a reply is not worth asking for."""

FELT = 0.5
"""Seconds without a sign of the server after which a wait is told."""

SUSPICIOUS = 0.25
"""The cheap count is up to three times the true one; a server that read less than this share of it..."""

TRUNCATED = 0.75
"""...and less than this share of what the token tables count has dropped something (P1)."""


@dataclass(slots=True)
class _Call:
    """What one stream has given so far."""

    text: str = ""
    usage: Usage = field(default_factory=Usage)
    finish: FinishReason = "other"
    started: float = 0.0
    first_text: float | None = None
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the model of one thread.

    Attributes:
        provider: The server.
        model: The model's name there.
        window: Tokens it holds.
        transcript: What was said so far.
        count: Tokens of a text, cheap and never too low.
        exact: Tokens of a text by the token tables; loaded only when a prompt nears the window.
        think: Whether the model may think first; None leaves it to the model.
        leftover: The node whose call was stopped, until the server answers again.
        keep_partial: Told (node, question, partial reply) when a call is cancelled or breaks off.
        clock: Seconds, monotonic.
    """

    provider: Provider
    model: str
    window: int
    transcript: Transcript
    count: Callable[[str], int]
    exact: Callable[[str], int]
    think: bool | None = None
    leftover: set[str] = field(default_factory=set)
    keep_partial: Callable[[str, str, str], None] = lambda node, question, partial: None
    clock: Callable[[], float] = time.monotonic

    async def __call__(
        self, question: Question, read: Callable[[str, FinishReason], T | Correction], usage: TurnUsage, emit: Emit
    ) -> Answer[T]:
        """Ask, mend at most `question.corrections` times, and commit what was accepted."""
        base = self.transcript.tokens(question.head)
        reply_room = min(question.reply_room, max(SMALLEST_REPLY, self.window // 2))
        fitted = self._fit(question, base, reply_room)
        for news in told_of(fitted, question.node, self.window, base):
            emit(news)
        asked = join_sections(fitted.kept)
        prompt = self.transcript.request(question.head, asked)
        size, exact = await self._size(prompt, base, fitted, reply_room)
        attempt: tuple[Message, ...] = ()
        reason = ""
        for tries_left in range(question.corrections, -1, -1):
            messages = join_messages((*prompt, *attempt))
            room = self._reply_room(reply_room, size + sum(self.count(m.content) for m in attempt))
            call = await self._stream(question, messages, room, emit, asked)
            if not attempt:
                self._compare(call.usage, prompt, size, exact=exact)
            usage = usage.with_call(call.usage, call.ended - call.started, _since(call.started, call.first_text))
            emit(CallDone(question.node, call.usage, call.ended - call.started, _since(call.started, call.first_text)))
            value = read(call.text, call.finish)
            if not isinstance(value, Correction):
                head = self._commit(question, asked, call, size, base, first=not attempt)
                names = tuple(s.name for s in fitted.kept), tuple(s.name for s in fitted.dropped)
                return Answer(value, call.text, head, *names, call.finish, usage)
            if tries_left:
                emit(Notice(f"The {question.node}'s reply could not be used; asking it again."))
            reason = value.text
            attempt = (Message("assistant", call.text or "(nothing)"), Message("user", reason))
        msg = f"The model's answer as {question.node} could not be used: {reason.strip().splitlines()[0]}"
        raise ModelOutputInvalidError(msg, hint="Ask for less at once, or choose a larger model with `--model`.")

    def _fit(self, question: Question, base: int, reply_room: int) -> Fit:
        room = self.window - base - reply_room - self._margin()
        sections = question.sections
        if sum(section.tokens for section in sections) > room:
            sections = [replace(section, tokens=self.exact(section.text)) for section in sections]
        try:
            return fit(sections, room)
        except ContextWindowExceededError as error:
            needed = base + reply_room + self._margin() + (error.needed or 0)
            raise self._too_long(needed) from error

    def _margin(self) -> int:
        return max(32, self.window // 64)

    async def _size(self, prompt: Sequence[Message], base: int, fitted: Fit, reply_room: int) -> tuple[int, bool]:
        """Return the prompt's size and whether the engine itself counted it; the token tables are the last resort."""
        counted = await self.provider.count_tokens(prompt)
        if counted is not None:
            return counted, True
        estimate = base + sum(section.tokens for section in fitted.kept)
        if estimate + reply_room > self.window * 3 // 4:
            estimate = sum(self.exact(message.content) + 8 for message in prompt)
        return estimate, False

    def _reply_room(self, wanted: int, size: int) -> int:
        room = min(wanted, self.window - size)
        if room < min(SMALLEST_REPLY, wanted):
            needed = size + min(SMALLEST_REPLY, wanted)
            raise self._too_long(needed)
        return room

    def _too_long(self, needed: int) -> ContextWindowExceededError:
        msg = f"The prompt needs {needed:,} tokens, the window of {self.model} holds {self.window:,}; nothing was sent."
        hint = "Shorten the request, name fewer files, or use a model with a larger window."
        return ContextWindowExceededError(msg, hint=hint, needed=needed, window=self.window)

    async def _stream(
        self, question: Question, messages: tuple[Message, ...], room: int, emit: Emit, asked: str
    ) -> _Call:
        request = Request(
            model=self.model,
            messages=messages,
            max_tokens=room,
            window=self.window,
            sampling=question.sampling,
            schema=question.schema,
            think=False if question.schema is not None and self.think is not None else self.think,
        )
        call = _Call(started=self.clock())
        waiting = self._tell_wait(emit)
        stream = self.provider.stream(request)
        try:
            async for chunk in stream:
                waiting.cancel()
                self.leftover.clear()
                self._take(call, chunk, question.node, emit)
        except asyncio.CancelledError:
            self.leftover.add(question.node)
            self.keep_partial(question.node, asked, call.text)
            raise
        except StreamInterruptedError:
            self.keep_partial(question.node, asked, call.text)
            raise
        finally:
            waiting.cancel()
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
        call.ended = self.clock()
        return call

    def _tell_wait(self, emit: Emit) -> asyncio.TimerHandle:
        """After a stopped call the engine may finish its batch first; a wait that can be felt is told."""
        told = Notice("The engine still finishes what was stopped; this turn waits for it.")
        return asyncio.get_running_loop().call_later(FELT, lambda: emit(told) if self.leftover else None)

    def _take(self, call: _Call, chunk: Chunk, node: str, emit: Emit) -> None:
        if chunk.phase is not None:
            emit(PhaseChanged(node, chunk.phase))
        if chunk.progress is not None:
            emit(PrefillProgress.of(node, chunk.progress))
        if chunk.note:
            emit(Notice(chunk.note))
        if chunk.thinking:
            emit(ThinkingDelta(node, chunk.thinking))
        if chunk.text:
            if call.first_text is None:
                call.first_text = self.clock()
            call.text += chunk.text
            emit(TextDelta(node, chunk.text))
        if chunk.usage is not None:
            call.usage = chunk.usage
        if chunk.finish is not None:
            call.finish = chunk.finish

    def _compare(self, usage: Usage, prompt: Sequence[Message], size: int, *, exact: bool) -> None:
        """Hold the server's prompt count against ours (P1).

        Raises:
            ContextWindowExceededError: If the server read clearly less than was sent.
        """
        read = usage.prompt_tokens
        if read is None or size < 500 or read >= size * (0.98 if exact else SUSPICIOUS):
            return
        if not exact:
            size = sum(self.exact(message.content) for message in prompt)
            if read >= size * TRUNCATED:
                return
        msg = f"The server read {read:,} of about {size:,} prompt tokens: it cut the prompt; its reply is not used."
        hint = "Raise the server's context window, or use `ollama/…`, where vivek sets it."
        raise ContextWindowExceededError(msg, hint=hint, needed=size, window=read)

    def _commit(self, question: Question, asked: str, call: _Call, size: int, base: int, *, first: bool) -> str:
        read = call.usage.prompt_tokens if first else None
        # The server counted the whole prompt: what earlier rows were taken for too much or too little ends here.
        asked_tokens = (read if read is not None else size) - base
        reply_tokens = call.usage.completion_tokens
        if reply_tokens is None:
            reply_tokens = self.count(call.text)
        said: list[Entry] = [
            Entry("user", question.node, asked, asked_tokens),
            Entry("assistant", question.node, call.text, reply_tokens),
        ]
        return self.transcript.append(question.head, said)


def _since(start: float, moment: float | None) -> float | None:
    return None if moment is None else moment - start
