"""One streamed call of a model: opened, followed to its end, closed if it runs away, and kept if it breaks off."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from vivek.errors import StreamInterruptedError
from vivek.flows.course import Ask, Call, Course, Emit
from vivek.prompts.calls.native import NativeCalls
from vivek.providers.base import Provider
from vivek.schema.events import Notice
from vivek.schema.held import Held
from vivek.schema.request import Request
from vivek.workspace.spool import Spool

FELT = 0.5
"""Seconds without a sign of the server after which a wait is told."""


@dataclass(frozen=True, slots=True)
class Streamer:
    """Streams the calls of one model.

    Attributes:
        provider: The server.
        clock: Seconds, monotonic.
        leftover: The node whose call was stopped, until the server answers again.
        keep_partial: Told (node, question, partial reply, its `spooled`) when a call is cancelled or breaks off.
        spool: Takes a reply that is only shown; None holds all of them.
    """

    provider: Provider
    clock: Callable[[], float]
    leftover: set[str] = field(default_factory=set)
    keep_partial: Callable[[str, str, str, str], None] = lambda node, question, partial, spooled: None
    spool: Callable[[], Spool] | None = None

    async def call(self, request: Request, ask: Ask, emit: Emit) -> Call:
        """Stream one call to its end, or until it only thinks or only repeats itself.

        Raises:
            ModelAPIError: If the server fails.
        """
        received = self.spool() if self.spool is not None and ask.shown else Held()
        shown = "\n".join(message.content for message in request.messages)
        course = Course(ask, emit, self.clock, shown, received, NativeCalls(request.tools))
        waiting = self._tell_wait(emit)
        stream = self.provider.stream(request)
        try:
            async for chunk in stream:
                waiting.cancel()
                self.leftover.clear()
                course.take(chunk)
                if course.call.closed:
                    break
            return course.end()
        except asyncio.CancelledError:
            self.leftover.add(ask.node)
            self.keep_partial(ask.node, ask.asked, ask.before + received.text(), course.spooled())
            raise
        except StreamInterruptedError:
            self.keep_partial(ask.node, ask.asked, ask.before + received.text(), course.spooled())
            raise
        finally:
            waiting.cancel()
            if isinstance(received, Spool):
                received.close()
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def _tell_wait(self, emit: Emit) -> asyncio.TimerHandle:
        """After a stopped call the engine may finish its batch first; a wait that can be felt is told."""
        told = Notice("The engine still finishes what was stopped; this turn waits for it.")
        return asyncio.get_running_loop().call_later(FELT, lambda: emit(told) if self.leftover else None)
