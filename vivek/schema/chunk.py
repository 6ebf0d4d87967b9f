"""What comes back from a provider, piece by piece."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.tools import ToolCallPiece

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "other"]
Phase = Literal["load", "prefill", "decode"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Figures of one call as the server measured them; None means unknown, never 0 for unknown.

    Attributes:
        prompt_tokens: Tokens of the whole prompt, the cached part included.
        cached_tokens: Prompt tokens taken from the server's cache.
        completion_tokens: Tokens of the reply.
        load_seconds: Time to load the model.
        prefill_seconds: Time to compute the part of the prompt that was not cached.
        decode_seconds: Time to generate the reply.
        thinking_tokens: Tokens of the reply that were thought, not said.
        cost: What the call cost, in the currency or credits of the provider, as it says itself.
    """

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    load_seconds: float | None = None
    prefill_seconds: float | None = None
    decode_seconds: float | None = None
    thinking_tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the server has read the prompt, in tokens; seconds since the prefill began."""

    processed: int
    total: int
    cached: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """One streamed piece of a reply; the last one carries `finish`, and `usage` when the server told it.

    Attributes:
        text: Text of the reply.
        thinking: Text the model thought; never stored or sent back.
        phase: Set when the server enters a phase.
        progress: How far the prompt is read.
        note: Something the user should know (a retry, a fallback).
        usage: The figures of the call.
        finish: Why the reply ended; set once, on the last chunk.
        tool_calls: Pieces of native tool calls.
        answered_by: `provider/model` of who answers; set where another than the first of a fallback list does.
        pieces: How many pieces of text and thinking the server sent it in; about one for each token.
    """

    text: str = ""
    thinking: str = ""
    phase: Phase | None = None
    progress: Progress | None = None
    note: str = ""
    usage: Usage | None = None
    finish: FinishReason | None = None
    tool_calls: tuple[ToolCallPiece, ...] = ()
    answered_by: str = ""
    pieces: int = 1
