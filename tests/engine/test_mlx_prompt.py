"""From messages to a prompt by the chat template of a model folder, with the library that reads the templates."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vivek.errors import RequestInvalidError
from vivek.providers.engine.mlx.folder import load_folder
from vivek.providers.engine.mlx.model import load_tokenizer
from vivek.providers.engine.mlx.prompt import build_prompt, fold_system, render
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall, ToolCard

pytestmark = pytest.mark.engine

TALK = (Message("system", "Be brief."), Message("user", "Hello."), Message("assistant", "Hi."), Message("user", "Go."))
CARD = ToolCard("look", "Reads a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "[{{ m.role }}]{{ m.content }}{% endfor %}"
)
DEAF = "{% for m in messages %}{% if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endif %}{% endfor %}"
STRICT = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate.') }}{% endif %}[{{ m.role }}]{{ m.content }}{% endfor %}"
)
THINKING = (
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
    "{% if enable_thinking is not defined or enable_thinking %}<think>\n{% else %}<no>{% endif %}"
)
ALWAYS_THINKING = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}<think>\n"
TOOLS = (
    "{% for t in tools or [] %}{{ t | tojson }}\n{% endfor %}{% for m in messages %}[{{ m.role }}]{{ m.content }}"
    "{% for c in m.tool_calls or [] %}{{ c.function.name }}({{ c.function.arguments | tojson }}){% endfor %}"
    "{% if m.tool_call_id %}#{{ m.tool_call_id }}{% endif %}{% endfor %}"
)

Open = Callable[[str], Any]


@pytest.fixture
def opened(mlx_folder: Path, tmp_path: Path) -> Open:
    """Return a way to get the tokenizer of the tiny model with another chat template; "" leaves none."""

    def with_template(template: str) -> Any:
        folder = shutil.copytree(mlx_folder, tmp_path / "model")
        path = folder / "chat_template.jinja"
        path.write_text(template) if template else path.unlink()
        return load_tokenizer(load_folder(folder))

    return with_template


def asked(*messages: Message, **more: Any) -> Request:
    return Request("m", messages or TALK, 10, **more)


def text_of(tokenizer: Any, request: Request) -> str:
    """Return the text that the tokens of a prompt stand for."""
    return str(tokenizer.decode(build_prompt(tokenizer, request).tokens))


def test_messages_are_written_as_the_template_says(mlx_folder: Path) -> None:
    tokenizer = load_tokenizer(load_folder(mlx_folder))

    assert text_of(tokenizer, asked()) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello.<|im_end|>\n"
        "<|im_start|>assistant\nHi.<|im_end|>\n<|im_start|>user\nGo.<|im_end|>\n<|im_start|>assistant\n"
    )
    prompt = build_prompt(tokenizer, asked())
    assert prompt.tokens.count(tokenizer.convert_tokens_to_ids("<|im_start|>")) == 5
    assert not prompt.opens_thought


@pytest.mark.parametrize("template", [NO_SYSTEM, DEAF])
def test_system_text_goes_to_the_user_where_the_template_has_no_place_for_it(opened: Open, template: str) -> None:
    assert render(opened(template), TALK, {}) == "[user]Be brief.\n\nHello.[assistant]Hi.[user]Go."


def test_folding_leaves_the_messages_as_they_are_but_for_the_first() -> None:
    said: list[dict[str, object]] = [
        {"role": "system", "content": "one"},
        {"role": "assistant", "content": "hi"},
        {"role": "system", "content": "two"},
        {"role": "user", "content": "three"},
    ]

    assert fold_system(said) == [
        {"role": "assistant", "content": "hi"},
        {"role": "user", "content": "one\n\ntwo\n\nthree"},
    ]
    assert fold_system(said[:1]) == [{"role": "user", "content": "one"}]


@pytest.mark.parametrize(
    ("template", "messages"),
    [(STRICT, TALK[1:2] * 2), (STRICT, TALK + TALK[3:]), ("{{ messages[9].content.x }}", TALK)],
)
def test_what_a_template_refuses_is_told_in_its_words(
    opened: Open, template: str, messages: tuple[Message, ...]
) -> None:
    with pytest.raises(RequestInvalidError, match="chat template of the model refuses") as caught:
        render(opened(template), messages, {})

    assert "must alternate" in caught.value.message or "no element 9" in caught.value.message


def test_a_template_that_is_no_jinja_is_told(opened: Open) -> None:
    with pytest.raises(RequestInvalidError, match="refuses these messages"):
        render(opened("{% if %}"), TALK, {})


def test_a_model_without_a_template_cannot_chat(opened: Open) -> None:
    with pytest.raises(RequestInvalidError, match="no chat template") as caught:
        build_prompt(opened(""), asked())

    assert "made for chat" in caught.value.hint


def test_thinking_is_left_to_the_template_unless_it_is_asked_for(opened: Open) -> None:
    tokenizer = opened(THINKING)

    assert text_of(tokenizer, asked(think=True)).endswith("<think>\n")
    assert build_prompt(tokenizer, asked(think=True)).opens_thought
    assert text_of(tokenizer, asked(think=False)).endswith("Go.<no>")
    assert text_of(tokenizer, asked(schema={"type": "object"})).endswith("Go.<no>")
    assert text_of(tokenizer, asked(schema={"type": "object"}, think=True)).endswith("Go.<no>")


@pytest.mark.parametrize("more", [{"think": False}, {"schema": {"type": "object"}}])
def test_a_thought_that_the_template_begins_anyway_is_ended(opened: Open, more: dict[str, Any]) -> None:
    tokenizer = opened(ALWAYS_THINKING)

    prompt = build_prompt(tokenizer, asked(**more))

    assert str(tokenizer.decode(prompt.tokens)).endswith("Go.<think>\n\n</think>\n\n")
    assert not prompt.opens_thought
    assert build_prompt(tokenizer, asked()).opens_thought


def test_tools_and_their_calls_are_handed_on_as_templates_want_them(opened: Open) -> None:
    call = ToolCall("c1", "look", json.dumps({"path": "a.py"}))
    said = [
        Message("user", "Look."),
        Message("assistant", "", tool_calls=(call,)),
        Message("tool", "x = 1", tool_call_id="c1"),
    ]

    card, talk = text_of(opened(TOOLS), asked(*said, tools=(CARD,))).split("\n", 1)

    assert json.loads(card) == {
        "type": "function",
        "function": {"name": "look", "description": "Reads a file.", "parameters": dict(CARD.parameters)},
    }
    assert talk == '[user]Look.[assistant]look({"path": "a.py"})[tool]x = 1#c1'


def test_arguments_that_are_no_json_are_shown_as_they_are(opened: Open) -> None:
    said = Message("assistant", "", tool_calls=(ToolCall("c1", "look", "{path"),))

    assert text_of(opened(TOOLS), asked(Message("user", "Look."), said)).endswith('look("{path")')
