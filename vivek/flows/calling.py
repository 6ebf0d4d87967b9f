"""Calls one model: tells what will take long, holds the counts against each other, learns how fast it is."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from vivek.errors import ContextWindowExceededError, LimitReachedError, ModelAPIError
from vivek.flows.course import Ask, Call, Emit
from vivek.flows.ledger import Ledger
from vivek.flows.measuring import Counted, Gauge
from vivek.flows.pacing import Lap, Pace
from vivek.flows.streaming import Streamer
from vivek.prompts.estimator import Estimator
from vivek.providers.base import Provider
from vivek.schema.counts import PromptCount
from vivek.schema.events import CallDone, Notice
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo
from vivek.schema.request import Request
from vivek.schema.tools import ToolCard
from vivek.workspace.spool import Spool

LOOK_SECONDS = 2.0
"""What a look at the loaded model may take; it only adds to what is known."""


class Meter(Protocol):
    """Holds a run to its limits."""

    def grant(self, room: int) -> int:
        """Count a call and return how many of `room` tokens its reply may take, or raise `LimitReachedError`."""
        ...

    def spend(self, tokens: int, *, cut: bool) -> None:
        """Count what a reply took; raise `LimitReachedError` if it was cut for want of tokens."""
        ...


@dataclass(slots=True, eq=False)
class Caller:
    """One model as a thread uses it.

    Attributes:
        provider: The server.
        model: The model's name there.
        window: Tokens it holds; lowered when the server turns out to hold fewer.
        count: Tokens of a text, cheap and never too low.
        exact: Tokens of a text by the token tables; loaded only when a prompt nears the window.
        tables: The family whose tables these are.
        label: `provider/model`, for people.
        server: What tells its server from others.
        known: What was measured of it here before.
        thinking_tokens: Most that it may think before it answers.
        tools: What it may call in its server's own way, in every call of a thread or in none.
        look: Looks at the model as it is loaded now; None where that never changes.
        thread_id: The conversation, for engines that keep a cache for each.
        leftover: The node whose call was stopped, until the server answers again.
        keep_partial: Told (node, question, partial reply, its `spooled`) when a call is cancelled or breaks off.
        spool: Takes a reply that is only shown; None holds all of them.
        clock: Seconds, monotonic.
        meter: Holds the run to its limits; None for one without limits.
        counts: Whether its server counts a prompt beforehand, None before it was asked.
        ledger: How each of its prompts went on from the one before.
        gauge: What its server counted.
        estimator: What it makes of texts, as far as its server's counts taught.
        pace: How fast it is.
    """

    provider: Provider
    model: str
    window: int
    count: Callable[[str], int]
    exact: Callable[[str], int]
    tables: str = ""
    label: str = ""
    server: str = ""
    known: Known = field(default_factory=lambda: Known(""))
    thinking_tokens: int = 1024
    tools: tuple[ToolCard, ...] = ()
    look: Callable[[], Awaitable[ModelInfo]] | None = None
    thread_id: str = ""
    leftover: set[str] = field(default_factory=set)
    keep_partial: Callable[[str, str, str, str], None] = lambda node, question, partial, spooled: None
    spool: Callable[[], Spool] | None = None
    clock: Callable[[], float] = time.monotonic
    meter: Meter | None = None
    counts: bool | None = field(init=False, default=None)
    ledger: Ledger = field(init=False, default_factory=Ledger)
    gauge: Gauge = field(init=False)
    estimator: Estimator = field(init=False)
    pace: Pace = field(init=False)
    _looked: bool = field(init=False, default=False)
    _digest: str | None = field(init=False, default=None)
    _begun: int = field(init=False, default=0)
    _running: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.label = self.label or f"{self.provider.name}/{self.model}"
        self.estimator = Estimator(self.exact, self.tables, self.known.tokens)
        self.gauge = Gauge(self.label, self.window, self.count, self.estimator.unlearned)
        self.pace = Pace(replace(self.known, model=self.label), self.window)
        self._digest = self.known.digest

    @property
    def overhead(self) -> int:
        """Return the tokens that the tools take at the head of every prompt."""
        return self.count(self.head) + 16 * len(self.tools) if self.tools else 0

    @property
    def head(self) -> str:
        """Return about what the tools are at the head of every prompt: each server writes them in its own way."""
        return "\n".join(f"{card.name}{card.description}{dict(card.parameters)}" for card in self.tools)

    @property
    def learned(self) -> Known:
        """Return what is known of the model by now."""
        return replace(self.pace.known, tokens=self.estimator.calibration)

    @property
    def prompt(self) -> PromptCount:
        """Return the figures of the newest prompt."""
        return self.gauge.newest

    async def call(self, request: Request, ask: Ask, size: int, counted: Counted, emit: Emit) -> Call:
        """Make one call.

        Args:
            request: What is sent; model, window and thread are filled in here.
            ask: Who asks.
            size: Tokens of the prompt as counted here.
            counted: Who counted them.
            emit: Tells the user.

        Raises:
            ModelAPIError: If the server fails.
            ContextWindowExceededError: If the server refused the prompt as too long, or read less than was sent.
            LimitReachedError: If the run may not make this call, or the reply took the last of its tokens.
        """
        messages = request.messages
        if (slow := self.pace.before(self.gauge.new_tokens(messages, size, counted))) is not None:
            emit(slow)
        # A server that ignores schemas, as a probe found, is not sent any: the reply is read and checked all the same.
        schema = None if self.known.schema is False else request.schema
        where = {"model": self.model, "window": self.window, "thread_id": self.thread_id}
        filled = replace(request, **where, schema=schema, tools=self.tools)  # type: ignore[arg-type]  # fields of Request
        if self.meter is not None:
            filled = replace(filled, max_tokens=self.meter.grant(request.max_tokens))
        streamer = Streamer(self.provider, self.clock, self.leftover, self.keep_partial, self.spool)
        self._begun += 1
        begun, alone = self._begun, not self._running
        self._running += 1
        try:
            call = await streamer.call(filled, ask, emit)
        except ContextWindowExceededError as error:
            # One that does not say what it holds has told all the same that it is less than this.
            error.window = error.window or size
            self._narrow(error.window)
            raise
        finally:
            self._running -= 1
        by = call.answered_by or self.label
        emit(CallDone(ask.node, call.measured, call.seconds, call.until_text, by, call.finish))
        self._spend(call, ask, shortened=filled.max_tokens < request.max_tokens)
        if not call.answered_by:
            self.ledger.note(ask.node, messages, call.usage)
        if call.answered_by or call.closed:
            return call  # the figures of another model, or none at all, prove and teach nothing
        if (unchecked := self.gauge.check(messages, call.usage, size, counted)) is not None:
            emit(unchecked)
        read = call.usage.prompt_tokens
        if read is not None and not any(message.images for message in messages):
            self.estimator.note([message.content for message in messages], self.head, read)
        if alone and begun == self._begun:  # what calls side by side take says nothing of the speed of one
            for notice in self.pace.after(_lap(call, self.gauge.fresh)):
                emit(notice)
        await self._look_again(call, size, emit)
        return call

    def _spend(self, call: Call, ask: Ask, *, shortened: bool) -> None:
        """Take a reply from the run's limits; one that they cut is kept like one that broke off."""
        if self.meter is None:
            return
        written = call.usage.completion_tokens
        try:
            self.meter.spend(
                self.count(call.text) if written is None else written, cut=shortened and call.finish == "length"
            )
        except LimitReachedError:
            self.keep_partial(ask.node, ask.asked, ask.before + call.text, call.spooled)
            raise

    def _narrow(self, window: int | None) -> None:
        """Take the window that a server told when it refused a prompt: the next one is made to fit it."""
        if window is not None and 0 < window < self.window:
            self.window = self.gauge.window = self.pace.window = window

    async def _look_again(self, call: Call, size: int, emit: Emit) -> None:
        """Look at what was loaded for a call: a server that is short of memory lowers the window by itself."""
        if self.look is None or (self._looked and not call.loaded):
            return
        self._looked = True
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                info = await self.look()
        except (ModelAPIError, TimeoutError):
            return
        if (placed := self.pace.placed(info)) is not None:
            emit(placed)
        if info.digest and self._digest and info.digest != self._digest:
            emit(Notice(f"The server has other weights for {self.label} now than at the start of this session."))
            self.estimator = Estimator(self.exact, self.tables)  # and maybe another vocabulary
        self._digest = info.digest or self._digest
        if info.window_loaded is None or info.window_loaded >= self.window:
            return
        read, written = call.usage.prompt_tokens, call.usage.completion_tokens
        used = (size if read is None else read) + (self.count(call.text) if written is None else written)
        emit(self._lowered(info.window_loaded, used))

    def _lowered(self, loaded: int, used: int) -> Notice:
        """Go on with the window that is really there.

        Raises:
            ContextWindowExceededError: If prompt and reply cannot have fitted it.
        """
        msg = f"The server loaded {self.label} with a window of {loaded:,} tokens instead of {self.window:,}"
        hint = f"Free memory, use a smaller model, or start vivek with `--window {max(1, loaded // 1024)}k`."
        self._narrow(loaded)
        if used > loaded:
            msg = f"{msg}, which prompt and reply do not fit ({used:,}): its reply is not used."
            raise ContextWindowExceededError(msg, hint=hint, needed=used, window=loaded, answered=True)
        return Notice(f"{msg}; vivek goes on with {loaded:,}.", hint=hint)


def _lap(call: Call, fresh: int | None) -> Lap:
    until = None if call.first_token is None else call.first_token - call.started
    return Lap(call.usage, fresh, until, call.measured.decode_seconds, call.loaded)
