"""Every node's prompt in every window: that it fits, what it weighs, and how it reads."""

from collections.abc import Callable

import pytest

from tests.prompts.scenes import (
    CROWDED,
    MARGIN,
    NODES,
    ORDINARY,
    WINDOWS,
    Prompt,
    Scene,
    baseline_tokens,
    fixed_tokens,
    prompt,
    spoken_tokens,
    tokens_of,
)
from vivek.edits.dialects.whole import INSTRUCTION
from vivek.prompts.build import system_text
from vivek.providers.profiles import profile_for
from vivek.schema.models import ModelInfo
from vivek.session.wiring import REQUESTS
from vivek.tools.registry import text_card

SHOWN_HEAD, SHOWN_TAIL = 14, 6
"""Lines of a long section that a golden file shows of its beginning and of its end."""


def _brief(text: str) -> str:
    lines = text.split("\n")
    missing = len(lines) - SHOWN_HEAD - SHOWN_TAIL
    if missing <= 1:
        return text
    return "\n".join([*lines[:SHOWN_HEAD], f"(... {missing} lines ...)", *lines[-SHOWN_TAIL:]])


def _readable(node: str, window: str, said: Prompt) -> str:
    names = {section.name: section.tokens for section in said.fitted.shrunk}
    heads = [
        f"{section.name}: {section.tokens} tokens" + (f" of {names[section.name]}" if section.name in names else "")
        for section in said.fitted.kept
    ]
    parts = [f"# {node} in {window}: {said.tokens} tokens", f"## system: {tokens_of(said.system)} tokens"]
    parts.append(_brief(said.system))
    for head, section in zip(heads, said.fitted.kept, strict=True):
        parts += [f"## {head}", _brief(section.text)]
    parts += [f"## left out: {section.name}, {section.tokens} tokens" for section in said.fitted.dropped]
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("node", NODES)
def test_the_prompt_of_a_crowded_task_reads_as_it_should(
    node: str, window: str, golden: Callable[[str, str], None]
) -> None:
    golden(f"windows/{node}_{window}.md", _readable(node, window, prompt(node, CROWDED, WINDOWS[window])))


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("scene", [ORDINARY, CROWDED], ids=["ordinary", "crowded"])
@pytest.mark.parametrize("node", NODES)
def test_every_prompt_fits_with_its_reply(node: str, scene: Scene, window: str) -> None:
    said = prompt(node, scene, WINDOWS[window])
    reply = min(NODES[node][1], WINDOWS[window] // 2)

    assert said.tokens + reply + MARGIN // 2 <= WINDOWS[window]
    assert {"instruction"} <= {section.name for section in said.fitted.kept}


@pytest.mark.parametrize("node", NODES)
def test_an_ordinary_task_loses_nothing_in_any_window(node: str) -> None:
    for window in WINDOWS.values():
        fitted = prompt(node, ORDINARY, window).fitted
        assert (fitted.dropped, fitted.shrunk) == ((), ())


@pytest.mark.parametrize("node", NODES)
def test_a_prompt_is_at_most_half_of_the_verbose_one(node: str) -> None:
    small = prompt(node, ORDINARY, WINDOWS["8k"]).tokens

    assert fixed_tokens(node) <= baseline_tokens(node) / 2
    assert small <= (baseline_tokens(node) + spoken_tokens(node, ORDINARY)) / 2


@pytest.mark.parametrize("name", ["qwen2.5-coder:1.5b", "qwen2.5-coder:7b", "qwen2.5-coder:32b"])
def test_the_rules_keep_to_the_weight_that_a_model_of_this_size_can_bear(name: str) -> None:
    system = system_text(INSTRUCTION, requests=text_card(REQUESTS))

    assert tokens_of(system) <= profile_for(ModelInfo(name)).fixed_tokens
