"""Has a model read what a thread's next prompt begins with, before there is one. Commits and counts nothing."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from vivek.flows.asking import Asker
from vivek.flows.course import Emit
from vivek.flows.measuring import Reading
from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk
from vivek.schema.events import PhaseChanged, PrefillProgress
from vivek.schema.messages import Message
from vivek.schema.request import Request

_NODE = "executor"  # whose prompt it is the beginning of
_LAST = "."  # stands where the request will: templates want the user to speak last
_MOST = 8  # pieces of a reply: a server that does not stop at one token has read the prompt all the same


async def read_ahead(asker: Asker, head: str | None, system: str, emit: Emit) -> None:
    """Send the beginning of the next prompt, ask for a single token, and forget it.

    Args:
        asker: Who will ask.
        head: The transcript that the next question goes on from, None before the first one.
        system: What a transcript begins with that has no head yet.
        emit: Told how far the model is read and the prompt with it.

    Raises:
        ModelAPIError: If the server fails.
        ThreadError: If the transcript is damaged.
    """
    caller = asker.caller
    said = (Message("system", system),) if head is None else asker.transcript.messages(head)
    messages = (*said, Message("user", _LAST)) if head is None else asker.transcript.request(head, _LAST)
    if not asker.sees:
        messages = tuple(replace(message, images=()) for message in messages)
    request = Request(
        model=caller.model,
        messages=messages,
        max_tokens=1,
        window=caller.window,
        think=asker.think,
        tools=caller.tools,
        thread_id=caller.thread_id,
    )

    read, written = None, 0
    async with aclosing(_streamed(caller.provider, request)) as chunks:
        async for chunk in chunks:
            if chunk.phase is not None and chunk.phase != "decode":
                emit(PhaseChanged(_NODE, chunk.phase))
            if chunk.progress is not None:
                emit(PrefillProgress.of(_NODE, chunk.progress))
            if chunk.usage is not None:
                read = chunk.usage.prompt_tokens
            written += bool(chunk.text or chunk.thinking)
            if written > _MOST:
                break
    if read is not None:
        caller.gauge.went_ahead(Reading(said, read, read, 0))


async def _streamed(provider: Provider, request: Request) -> AsyncGenerator[Chunk, None]:
    """Stream a request; whatever ends this ends the request at once."""
    stream = provider.stream(request)
    try:
        async for chunk in stream:
            yield chunk
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
