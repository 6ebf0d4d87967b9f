"""How each provider's server writes the same reply: what the contract tests are parametrised over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.providers.wording import (
    CALLS,
    EMBEDS,
    LLAMA_END,
    SSE_END,
    VECTORS,
    Body,
    call_block,
    data_urls,
    delta,
    event,
    line,
    message_end,
    named_event,
    said_to_anthropic,
    whole_call,
)
from vivek.providers.adapters.anthropic import AnthropicProvider
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.lmstudio import LMStudioProvider
from vivek.providers.adapters.ollama import OllamaProvider
from vivek.providers.adapters.openai import OpenAIProvider
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.providers.adapters.openrouter import OpenRouterProvider
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
        calls: The pieces of two calls at once, `look` with `{"path": "a.py"}` and `run` with `{"n": 1}`, and the end
            mark that follows them; empty where the provider has no native calls.
        said: (role, text) of every message of a body, the system's among them.
        tools: The names of the tools that the body of a request offers.
        pictures: The (media type, base64) of the pictures in the last message of a body; None where it can show none.
        embeds: Where it asks for vectors, and what answers for two texts; None where it cannot.
        described: What its server answers at which path when the model `m` is described; empty when nothing is known.
        facts: The facts and abilities of `m` that follow from it.
    """

    open: Callable[[str, Timeouts | None], Provider]
    path: str
    kind: str
    piece: Callable[[str], bytes]
    end: bytes
    error: bytes
    noise: bytes
    calls: Sequence[bytes] = ()
    said: Callable[[Body], list[tuple[str, str]]] = lambda body: [
        (each["role"], each["content"]) for each in body["messages"]
    ]
    tools: Callable[[Body], list[str]] = lambda body: [each["function"]["name"] for each in body["tools"]]
    pictures: Callable[[Body], list[tuple[str, str]]] | None = None
    embeds: tuple[str, object] | None = None
    described: Mapping[str, object] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()


DIALECTS = {
    "ollama": Dialect(
        open=lambda url, timeouts: OllamaProvider(url, timeouts=timeouts),
        path="/api/chat",
        kind="application/x-ndjson",
        piece=lambda text: line(message={"role": "assistant", "content": text}, done=False),
        end=line(
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
        calls=(
            line(message={"role": "assistant", "content": "", "tool_calls": [whole_call("c0", "look", path="a.py")]}),
            line(message={"role": "assistant", "content": "", "tool_calls": [whole_call("c1", "run", n=1)]}),
            line(message={"role": "assistant", "content": ""}, done=True, done_reason="stop"),
        ),
        # It is not told what kind of picture it gets.
        pictures=lambda body: [("image/png", data) for data in body["messages"][-1]["images"]],
        embeds=("/api/embed", {"model": "m", "embeddings": VECTORS, "prompt_eval_count": 4}),
    ),
    "llamacpp": Dialect(
        open=lambda url, timeouts: LlamaCppProvider(url, timeouts=timeouts),
        path="/v1/chat/completions",
        kind="text/event-stream",
        piece=delta,
        end=LLAMA_END,
        error=event({"error": {"code": 500, "message": "the engine stumbled", "type": "server_error"}}),
        noise=b": a comment\n\ndata:\n\n"
        + event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}),
        calls=CALLS,
        pictures=data_urls,
        embeds=EMBEDS,
    ),
    "openai_compat": Dialect(
        open=lambda url, timeouts: OpenAICompatProvider(f"{url}/v1", timeouts=timeouts),
        path="/v1/chat/completions",
        kind="text/event-stream; charset=utf-8",
        piece=delta,
        end=SSE_END,
        error=event({"object": "error", "message": "the engine stumbled", "code": 500}),
        noise=b": keepalive 3/9\r\n\r\nretry: 10\nid: 3\n\n" + event({"choices": [], "usage": None}),
        calls=CALLS,
        pictures=data_urls,
        embeds=EMBEDS,
        described={
            "/v1/models": {"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 8192, "root": "o/weights"}]}
        },
        facts=frozenset({"window_loaded", "digest", "structured_output"}),
    ),
    "lmstudio": Dialect(
        open=lambda url, timeouts: LMStudioProvider(url, timeouts=timeouts),
        path="/v1/chat/completions",
        kind="text/event-stream",
        piece=delta,
        end=SSE_END,
        error=event({"error": {"message": "the engine stumbled", "type": "server_error"}}),
        noise=b": ping\n\n" + event({"choices": [{"index": 0, "delta": {"role": "assistant"}}]}),
        calls=CALLS,
        pictures=data_urls,
        embeds=EMBEDS,
        described={
            "/api/v1/models": {
                "models": [
                    {
                        "key": "m",
                        "type": "llm",
                        "architecture": "qwen2",
                        "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
                        "size_bytes": 4_000_000_000,
                        "params_string": "7B",
                        "loaded_instances": [{"id": "m", "config": {"context_length": 8192}}],
                        "max_context_length": 32768,
                        "capabilities": {"vision": True, "trained_for_tool_use": True, "reasoning": True},
                    }
                ]
            }
        },
        facts=frozenset(
            {"window_loaded", "window_maximum", "parameters", "quantisation", "architecture", "size_bytes", "digest"}
            | {"structured_output", "vision", "tools", "thinking"}
        ),
    ),
    "openai": Dialect(
        open=lambda url, timeouts: OpenAIProvider(f"{url}/v1", timeouts=timeouts),
        path="/v1/chat/completions",
        kind="text/event-stream; charset=utf-8",
        piece=delta,
        end=SSE_END,
        error=event({"error": {"message": "the engine stumbled", "type": "server_error", "param": None}}),
        noise=event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": "", "refusal": None}}]}),
        calls=CALLS,
        pictures=data_urls,
        embeds=EMBEDS,
        described={"/v1/models": {"data": [{"id": "m", "object": "model", "owned_by": "you"}]}},
    ),
    "openrouter": Dialect(
        open=lambda url, timeouts: OpenRouterProvider(f"{url}/api/v1", timeouts=timeouts),
        path="/api/v1/chat/completions",
        kind="text/event-stream",
        piece=delta,
        end=SSE_END,
        error=event(
            {
                "error": {"code": "server_error", "message": "the engine stumbled"},
                "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
            }
        ),
        noise=b": OPENROUTER PROCESSING\n\n",
        calls=CALLS,
        pictures=data_urls,
        embeds=("/api/v1/embeddings", EMBEDS[1]),
        described={
            "/api/v1/models": {
                "data": [
                    {
                        "id": "m",
                        "canonical_slug": "m-2026",
                        "context_length": 131072,
                        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
                        "top_provider": {"context_length": 65536},
                        "supported_parameters": ["tools", "reasoning", "structured_outputs", "seed"],
                        "default_parameters": {"temperature": 0.7},
                    }
                ]
            }
        },
        facts=frozenset(
            {"window_loaded", "window_maximum", "digest", "sampling", "vision", "tools", "thinking"}
            | {"structured_output"}
        ),
    ),
    "anthropic": Dialect(
        open=lambda url, timeouts: AnthropicProvider(f"{url}/v1", timeouts=timeouts),
        path="/v1/messages",
        kind="text/event-stream; charset=utf-8",
        piece=lambda text: named_event("content_block_delta", index=0, delta={"type": "text_delta", "text": text}),
        end=named_event(
            "message_delta", delta={"stop_reason": "end_turn"}, usage={"input_tokens": 7, "output_tokens": 3}
        )
        + named_event("message_stop"),
        error=named_event("error", error={"type": "api_error", "message": "the engine stumbled"}),
        noise=named_event("ping") + named_event("something_new", index=0),
        calls=(
            call_block(1, "c0", "look", '{"path": ', '"a.py"}'),
            call_block(2, "c1", "run", '{"n"', ": 1}"),
            message_end("tool_use"),
        ),
        said=said_to_anthropic,
        tools=lambda body: [each["name"] for each in body["tools"]],
        pictures=lambda body: [
            (each["source"]["media_type"], each["source"]["data"])
            for each in body["messages"][-1]["content"]
            if each["type"] == "image"
        ],
        described={
            "/v1/models?limit=1000": {
                "data": [{"id": "m", "max_input_tokens": 200_000, "capabilities": {"image_input": {"supported": True}}}]
            }
        },
        facts=frozenset({"window_loaded", "window_maximum", "vision", "tools"}),
    ),
}
WITHOUT_A_WIRE = frozenset({"scripted"})
WITH_AN_ENGINE = frozenset({"local", "mlx"})
