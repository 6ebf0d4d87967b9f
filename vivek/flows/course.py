"""One call of a model while it streams: chunks become events and one value. It asks nobody and waits for nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from vivek.errors import StreamInterruptedError
from vivek.prompts.calls.native import NativeCalls, as_text
from vivek.prompts.continuing import Joiner
from vivek.prompts.estimate import rough
from vivek.prompts.repetition import LoopWatch
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.events import Event, Notice, PhaseChanged, PrefillProgress, TextDelta, ThinkingDelta
from vivek.schema.held import HELD_CHARACTERS, Held
from vivek.schema.tools import ToolCall
from vivek.workspace.spool import Spool

Emit = Callable[[Event], None]
Closed = Literal["", "thinking", "loop", "restart"]

_TELLING_TOKENS, _TELLING_SECONDS = 8, 0.1


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks what in one call.

    Attributes:
        node: Whose call it is.
        asked: The last user message, kept with what was received of a call that breaks off.
        thinking_cap: Tokens that may be thought before the first word of the reply.
        before: The reply so far, when this call goes on with it.
        shown: Whether the reply is only shown, never read as edits or an object: then it may be of any length.
        watched: Whether a reply that repeats itself without end is stopped.
    """

    node: str
    asked: str
    thinking_cap: int
    before: str = ""
    shown: bool = False
    watched: bool = True


@dataclass(slots=True)
class Call:
    """What one call gave.

    Attributes:
        text: The reply, or what is new in it when it goes on with an earlier one; the two ends of a very long one.
        spooled: SHA-256 (hex) of the whole reply in the content store when `text` holds its ends only, else "".
        thought: Tokens that were thought: as the server says, else about; 0 for none.
        usage: The figures as the server gave them.
        finish: Why it ended.
        closed: Why it was closed before its end, or "".
        repeated: What was repeated without end, shortened.
        loaded: Whether the server loaded the model for it.
        answered_by: Who answered instead of the model that was asked, or "".
        why: What was told when another answered.
        started: When it began, in seconds of the clock.
        first_token: When the first piece came, thought or said.
        first_text: When the first piece of the reply came.
        ended: When it was over.
    """

    text: str = ""
    spooled: str = ""
    thought: float = 0.0
    usage: Usage = field(default_factory=Usage)
    finish: FinishReason = "other"
    closed: Closed = ""
    repeated: str = ""
    loaded: bool = False
    answered_by: str = ""
    why: str = ""
    started: float = 0.0
    first_token: float | None = None
    first_text: float | None = None
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return self.ended - self.started

    @property
    def until_text(self) -> float | None:
        """Return the seconds until the first piece of the reply, None when there was none."""
        return None if self.first_text is None else self.first_text - self.started

    @property
    def measured(self) -> Usage:
        """Return the server's figures; where it does not say how long it wrote, our clock does.

        The first token was there when the clock began. A reply that came at once, or nearly, tells nothing of a speed.
        """
        tokens, first = self.usage.completion_tokens, self.first_token
        if self.usage.decode_seconds is not None or first is None or tokens is None:
            return self.usage
        writing = self.ended - first
        if tokens < _TELLING_TOKENS or writing < _TELLING_SECONDS:
            return self.usage
        return replace(self.usage, decode_seconds=writing * tokens / (tokens - 1))

    @property
    def spent_on_thinking(self) -> bool:
        """Tell whether it gave nothing because it thought, or spent its room unseen."""
        if self.closed == "thinking":
            return True
        return not self.text.strip() and (self.thought > 0 or self.finish == "length")


class Course:
    """One call while it streams.

    Args:
        ask: Who asks what.
        emit: Tells the user.
        clock: Seconds, monotonic.
        shown: What the model read; to repeat it is no loop.
        received: Takes the reply.
        native: Takes the calls that the server tells apart from the text.
    """

    def __init__(
        self,
        ask: Ask,
        emit: Emit,
        clock: Callable[[], float],
        shown: str,
        received: Held | Spool,
        native: NativeCalls,
    ) -> None:
        self.call = Call(started=clock())
        self._ask = ask
        self._emit = emit
        self._clock = clock
        self._note = ""
        self._received = received
        self._pieces = 0
        self._watch = LoopWatch(shown)
        self._joiner = Joiner(ask.before) if ask.before else None
        self._native = native

    def spooled(self) -> str:
        """Move a reply that is too long to be held into the store; return its SHA-256, "" for any other."""
        return self._received.keep() if isinstance(self._received, Spool) and self._received.cut else ""

    def take(self, chunk: Chunk) -> None:
        """Tell and keep what a chunk brings."""
        call, node = self.call, self._ask.node
        if chunk.phase is not None:
            call.loaded = call.loaded or chunk.phase == "load"
            self._emit(PhaseChanged(node, chunk.phase))
        if chunk.progress is not None:
            self._emit(PrefillProgress.of(node, chunk.progress))
        if chunk.note:
            self._note = chunk.note
            self._emit(Notice(chunk.note))
        if chunk.answered_by:
            call.answered_by, call.why = chunk.answered_by, self._note
        self._pieces += chunk.pieces
        if chunk.thinking:
            self._think(chunk.thinking)
        if chunk.text:
            self._say(chunk.text)
        if chunk.tool_calls:
            call.first_token = self._clock() if call.first_token is None else call.first_token
            self._native.feed(chunk.tool_calls)
        if chunk.usage is not None:
            call.usage = chunk.usage
        if chunk.finish is not None:
            call.finish = chunk.finish

    def end(self) -> Call:
        """Return the call with what was held back."""
        call = self.call
        if self._joiner is not None:
            self._put(self._joiner.finish())
            if self._joiner.restarted:
                call.closed = "restart"
        # A native call joins the text, as a model without them would have written it: one kind of transcript for all.
        self._put("".join(as_text(each) for each in self._native.finish(call.finish) if isinstance(each, ToolCall)))
        call.finish = "stop" if call.finish == "tool_calls" else call.finish
        if call.finish == "length" and not call.closed and self._ask.watched and (repeated := self._watch.end()):
            call.closed, call.repeated = "loop", repeated
        call.ended = self._clock()
        call.text, call.spooled = self._received.text(), self.spooled()
        if call.usage.thinking_tokens is not None:
            call.thought = call.usage.thinking_tokens
        return call

    def _think(self, thinking: str) -> None:
        call = self.call
        if call.first_token is None:
            call.first_token = self._clock()
        self._emit(ThinkingDelta(self._ask.node, thinking, self._count()))
        call.thought += rough(thinking)
        if not self._received.length and call.thought > self._ask.thinking_cap:
            call.closed = "thinking"

    def _say(self, text: str) -> None:
        call = self.call
        if call.first_text is None:
            call.first_text = self._clock()
            call.first_token = call.first_text if call.first_token is None else call.first_token
        self._put(self._joiner.feed(text) if self._joiner is not None else text)
        if self._joiner is not None and self._joiner.restarted:
            call.closed = "restart"
            return
        call.repeated = self._watch.feed(text) if self._ask.watched else ""
        if call.repeated:
            call.closed = "loop"

    def _put(self, text: str) -> None:
        if not text:
            return
        too_long = isinstance(self._received, Held) and self._received.length + len(text) > HELD_CHARACTERS
        if too_long:
            text = text[: HELD_CHARACTERS - self._received.length]
        self._received.add(text)
        self._emit(TextDelta(self._ask.node, text, self._count()))
        if too_long:
            msg = f"The {self._ask.node}'s reply has more than {HELD_CHARACTERS:,} characters: it is broken off."
            raise StreamInterruptedError(msg, hint="What arrived is kept. Ask for less at once.", partial="")

    def _count(self) -> int:
        """Return how many pieces of the server are told with the next event."""
        pieces, self._pieces = self._pieces, 0
        return pieces
