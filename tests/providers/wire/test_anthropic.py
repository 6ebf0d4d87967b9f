import base64
from typing import Any

from tests.providers.conversation import ask
from vivek.providers.wire.anthropic import chat_body, from_list, prompt_body, thinks_adaptively
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCall, ToolCard

MARK = {"type": "ephemeral"}
CARD = ToolCard("read", "Read a file.", {"type": "object", "properties": {"path": {"type": "string", "maxLength": 9}}})


def body_of(*messages: Message, **fields: Any) -> dict[str, Any]:
    return chat_body(Request(model="m", messages=messages, max_tokens=64, **fields))


def user(text: str) -> Message:
    return Message("user", text)


def test_the_system_text_stands_beside_the_messages_and_is_marked_for_the_cache() -> None:
    body = chat_body(ask("hello"))

    assert body["system"] == [{"type": "text", "text": "Be brief.", "cache_control": MARK}]
    said = [{"role": "user", "content": [{"type": "text", "text": "hello", "cache_control": MARK}]}]
    assert body["messages"] == said
    assert (body["model"], body["max_tokens"], body["stream"]) == ("m", 64, True)


def test_the_last_two_messages_of_the_user_are_marked_so_that_the_earlier_prefix_is_found_again() -> None:
    body = body_of(user("one"), Message("assistant", "a"), user("two"), Message("assistant", "b"), user("three"))

    marked = [turn["content"][-1]["text"] for turn in body["messages"] if "cache_control" in turn["content"][-1]]
    assert marked == ["two", "three"]


def test_a_picture_comes_before_its_text() -> None:
    body = body_of(Message("user", "what is it?", images=(Image("image/png", b"\x89PNG"),)))

    picture, text = body["messages"][0]["content"]
    assert picture == {
        "type": "image",
        "source": {
            "type": "base64",
            "media_type": "image/png",
            "data": base64.b64encode(b"\x89PNG").decode(),
        },
    }
    assert text["text"] == "what is it?"


def test_calls_and_results_of_tools_take_their_own_blocks() -> None:
    call = ToolCall("t1", "read", '{"path": "a.py"}')
    told = (Message("tool", "text of a", tool_call_id="t1"), Message("tool", "text of b", tool_call_id="t2"))

    body = body_of(user("read it"), Message("assistant", "", tool_calls=(call,)), *told, tools=(CARD,))

    asked, answered = body["messages"][1:]
    assert asked == {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "t1", "name": "read", "input": {"path": "a.py"}}],
    }
    assert answered["role"] == "user"
    assert [(block["type"], block["tool_use_id"], block["content"]) for block in answered["content"]] == [
        ("tool_result", "t1", "text of a"),
        ("tool_result", "t2", "text of b"),
    ]
    assert body["tools"] == [
        {"name": "read", "description": "Read a file.", "input_schema": dict(CARD.parameters)},
    ]
    assert "tool_choice" not in body


def test_a_schema_is_sent_without_the_bounds_that_the_api_refuses() -> None:
    schema = {
        "type": "object",
        "properties": {
            "steps": {"type": "array", "items": {"type": "string", "maxLength": 9, "minLength": 1}, "maxItems": 3},
            "maxLength": {"enum": [1, None]},
        },
        "required": ["steps"],
    }

    body = chat_body(ask(schema=schema, tools=(CARD,)))

    assert body["output_config"] == {
        "format": {
            "type": "json_schema",
            "schema": {
                "type": "object",
                "properties": {
                    "steps": {"type": "array", "items": {"type": "string"}},
                    "maxLength": {"enum": [1, None]},
                },
                "required": ["steps"],
                "additionalProperties": False,
            },
        }
    }
    assert body["tool_choice"] == {"type": "none"}


def test_thinking_is_left_to_the_model_switched_off_or_given_a_limit() -> None:
    assert "thinking" not in chat_body(ask())
    assert chat_body(ask(think=False))["thinking"] == {"type": "disabled"}
    assert chat_body(ask(think=True))["thinking"] == {"type": "adaptive"}
    limited = chat_body(ask(think=True, max_tokens=4000), adaptive=False)
    assert limited["thinking"] == {"type": "enabled", "budget_tokens": 2000}


def test_temperature_and_top_p_are_not_sent_together() -> None:
    body = chat_body(ask(sampling=Sampling(temperature=0.2, top_p=0.9, top_k=40, repeat_penalty=1.1, seed=3)))

    assert (body["temperature"], body["top_k"]) == (0.2, 40)
    assert not {"top_p", "repeat_penalty", "seed"} & body.keys()
    assert chat_body(ask(sampling=Sampling(top_p=0.9)))["top_p"] == 0.9


def test_what_the_api_refuses_in_a_text_is_not_sent() -> None:
    said = prompt_body((user("one"), Message("assistant", "yes. \n"), user(" "), user("two")))["messages"]

    assert isinstance(said, list)
    assert [(turn["role"], turn["content"][0]["text"]) for turn in said] == [
        ("user", "one"),
        ("assistant", "yes."),
        ("user", "two"),
    ]


def test_the_list_tells_window_and_abilities_where_the_server_does() -> None:
    entry = {
        "id": "claude-x",
        "max_input_tokens": 200_000,
        "capabilities": {
            "image_input": {"supported": True},
            "structured_outputs": {"supported": False},
            "thinking": {
                "supported": True,
                "types": {"adaptive": {"supported": False}, "enabled": {"supported": True}},
            },
        },
    }

    info = from_list(entry)

    assert (info.name, info.window_loaded, info.window_maximum) == ("claude-x", 200_000, 200_000)
    assert info.abilities == {"vision", "thinking", "tools"}
    assert info.sources["vision"] == info.sources["window_loaded"] == "/v1/models"
    assert thinks_adaptively(entry) is False
    bare = from_list({"id": "old"})
    assert bare.window_loaded is None
    assert bare.abilities == {"tools"}
    assert thinks_adaptively({"id": "old"}) is None
