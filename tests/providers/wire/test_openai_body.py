from tests.providers.conversation import ask
from vivek.providers.wire.openai import chat_body
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCall, ToolCard

SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
LOOK = ToolCard("look", "Show.", SCHEMA)


def test_the_body_has_only_what_every_server_knows() -> None:
    request = ask(sampling=Sampling(temperature=0.0, top_p=0.5, top_k=40, repeat_penalty=1.1, seed=7), schema=SCHEMA)

    assert chat_body(request) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 64,
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 7,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
        },
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert chat_body(ask()).keys() == {"model", "messages", "stream", "stream_options", "max_tokens"}


def test_openai_itself_has_another_name_for_the_bound_of_a_reply() -> None:
    body = chat_body(ask(), room="max_completion_tokens")
    assert body["max_completion_tokens"] == 64
    assert "max_tokens" not in body


def test_tools_stay_in_the_prompt_beside_a_schema_but_none_may_be_called() -> None:
    offered = {"type": "function", "function": {"name": "look", "description": "Show.", "parameters": SCHEMA}}

    free, bound = chat_body(ask(tools=(LOOK,))), chat_body(ask(tools=(LOOK,), schema=SCHEMA))

    assert free["tools"] == bound["tools"] == [offered]
    assert "tool_choice" not in free
    assert bound["tool_choice"] == "none"
    assert "tool_choice" not in chat_body(ask(schema=SCHEMA))


def test_calls_and_their_results_are_said_as_they_were() -> None:
    messages = (
        Message("user", "look"),
        Message("assistant", "", tool_calls=(ToolCall("c1", "look", '{"path": "a"}'),)),
        Message("tool", "x = 1", tool_call_id="c1"),
    )
    called = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"path": "a"}'}}
    assert chat_body(Request("m", messages, 9))["messages"] == [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": "", "tool_calls": [called]},
        {"role": "tool", "content": "x = 1", "tool_call_id": "c1"},
    ]


def test_pictures_are_parts_of_a_message() -> None:
    pictures = (Image("image/png", b"one"), Image("image/jpeg", b"two"))
    shown = Message("user", "compare", images=pictures)
    parts = [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,b25l"}},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,dHdv"}},
    ]
    silent = Message("user", "", images=pictures)
    assert chat_body(Request("m", (shown, silent), 9))["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "compare"}, *parts]},
        {"role": "user", "content": parts},
    ]
