"""Bytes as servers write them, in the three shapes there are, and what a request says in each."""

import json
from typing import Any

Body = dict[str, Any]  # the JSON of a request, as it came
VECTORS = ([0.5, -0.25], [1.0, 2.0])


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def event(value: object) -> bytes:
    return f"data: {dump(value)}\n\n".encode()


def delta(text: str) -> bytes:
    return event({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]})


def line(**fields: object) -> bytes:
    return (dump({"model": "m", "created_at": "2026-08-21T10:00:00Z", **fields}) + "\n").encode()


SSE_END = (
    event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    + event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})
    + b"data: [DONE]\n\n"
)
LLAMA_END = (
    event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    + event(
        {
            "choices": [],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            "timings": {"cache_n": 5, "prompt_n": 2, "prompt_ms": 20.0, "predicted_n": 3, "predicted_ms": 30.0},
        }
    )
    + b"data: [DONE]\n\n"
)


def call_piece(index: int, **entry: object) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": index, **entry}]}}]})


CALLS = (
    call_piece(0, id="c0", type="function", function={"name": "look", "arguments": ""}),
    call_piece(0, function={"arguments": '{"path": '})
    + call_piece(1, id="c1", function={"name": "run", "arguments": '{"n"'}),
    call_piece(0, function={"arguments": '"a.py"}'}) + call_piece(1, function={"arguments": ": 1}"}),
    event({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}) + b"data: [DONE]\n\n",
)


def whole_call(ident: str, name: str, **arguments: object) -> dict[str, object]:
    return {"id": ident, "function": {"index": 0, "name": name, "arguments": arguments}}


EMBEDS = (
    "/v1/embeddings",
    {"object": "list", "data": [{"index": place, "embedding": VECTORS[place]} for place in (1, 0)]},
)


def data_urls(body: Body) -> list[tuple[str, str]]:
    urls = [part["image_url"]["url"] for part in body["messages"][-1]["content"] if part["type"] == "image_url"]
    parts = [url.removeprefix("data:").split(";base64,") for url in urls]
    return [(kind, data) for kind, data in parts]


def named_event(kind: str, **fields: object) -> bytes:
    """Return an event of Anthropic's, which bears its kind twice."""
    return f"event: {kind}\ndata: {dump({'type': kind, **fields})}\n\n".encode()


def call_block(index: int, ident: str, name: str, *arguments: str) -> bytes:
    """Return a whole block that is a call, its arguments in pieces."""
    block = {"type": "tool_use", "id": ident, "name": name, "input": {}}
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in arguments]
    return (
        named_event("content_block_start", index=index, content_block=block)
        + b"".join(named_event("content_block_delta", index=index, delta=delta) for delta in deltas)
        + named_event("content_block_stop", index=index)
    )


def message_end(reason: str) -> bytes:
    """Return the end of a reply of Anthropic's with its figures."""
    figures = {"input_tokens": 7, "output_tokens": 3}
    return named_event("message_delta", delta={"stop_reason": reason}, usage=figures) + named_event("message_stop")


def said_to_anthropic(body: Body) -> list[tuple[str, str]]:
    system = [("system", block["text"]) for block in body["system"]]
    return system + [(each["role"], block["text"]) for each in body["messages"] for block in each["content"]]
