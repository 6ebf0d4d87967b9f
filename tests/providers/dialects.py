"""How each provider's server writes the same reply: what the contract test is parametrised over."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.ollama import OllamaProvider
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.providers.base import Provider
from vivek.providers.wire.http import Timeouts


@dataclass(frozen=True)
class Dialect:
    """One provider's bytes.

    Attributes:
        open: The provider for an address.
        path: Where it posts a chat.
        kind: Media type of its stream.
        piece: A piece of text as bytes.
        end: The end mark, with usage of 7 prompt and 3 reply tokens.
        error: An error inside the stream.
        noise: What a server may send that means nothing.
    """

    open: Callable[[str, Timeouts | None], Provider]
    path: str
    kind: str
    piece: Callable[[str], bytes]
    end: bytes
    error: bytes
    noise: bytes


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _event(value: object) -> bytes:
    return f"data: {_dump(value)}\n\n".encode()


def _delta(text: str) -> bytes:
    return _event({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]})


def _line(**fields: object) -> bytes:
    return (_dump({"model": "m", "created_at": "2026-08-21T10:00:00Z", **fields}) + "\n").encode()


_SSE_END = (
    _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    + _event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})
    + b"data: [DONE]\n\n"
)
_LLAMA_END = (
    _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    + _event(
        {
            "choices": [],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            "timings": {"cache_n": 5, "prompt_n": 2, "prompt_ms": 20.0, "predicted_n": 3, "predicted_ms": 30.0},
        }
    )
    + b"data: [DONE]\n\n"
)

DIALECTS = {
    "ollama": Dialect(
        open=lambda url, timeouts: OllamaProvider(url, timeouts=timeouts),
        path="/api/chat",
        kind="application/x-ndjson",
        piece=lambda text: _line(message={"role": "assistant", "content": text}, done=False),
        end=_line(
            message={"role": "assistant", "content": ""},
            done=True,
            done_reason="stop",
            total_duration=60_000_000,
            prompt_eval_count=7,
            prompt_eval_duration=20_000_000,
            eval_count=3,
            eval_duration=30_000_000,
        ),
        error=b'{"error":"the engine stumbled"}\n',
        noise=b"\r\n\n",
    ),
    "llamacpp": Dialect(
        open=lambda url, timeouts: LlamaCppProvider(url, timeouts=timeouts),
        path="/v1/chat/completions",
        kind="text/event-stream",
        piece=_delta,
        end=_LLAMA_END,
        error=_event({"error": {"code": 500, "message": "the engine stumbled", "type": "server_error"}}),
        noise=b": a comment\n\ndata:\n\n"
        + _event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}),
    ),
    "openai_compat": Dialect(
        open=lambda url, timeouts: OpenAICompatProvider(f"{url}/v1", timeouts=timeouts),
        path="/v1/chat/completions",
        kind="text/event-stream; charset=utf-8",
        piece=_delta,
        end=_SSE_END,
        error=_event({"object": "error", "message": "the engine stumbled", "code": 500}),
        noise=b": OPENROUTER PROCESSING\r\n\r\nretry: 10\nid: 3\n\n" + _event({"choices": [], "usage": None}),
    ),
}
WITHOUT_A_WIRE = frozenset({"scripted"})
WITH_AN_ENGINE = frozenset({"local"})
